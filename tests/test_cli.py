"""The command line: what it prints, and that what a user got wrong is one line and exit status 2."""

import errno
import importlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import made_up
import numpy as np
import pytest
from rich.table import Table
from rich.text import Text as RichText

from lstm_lab import cli, framing, schedule
from lstm_lab.cli import columns, console, listing, options, progress, recording, terminal
from lstm_lab.cli.interrupts import interrupts
from lstm_lab.common import quiet
from lstm_lab.datasets import alphabet
from lstm_lab.inspecting import contract
from lstm_lab.judging.claims import Published
from lstm_lab.judging.measures import Count, Number, Text
from lstm_lab.probes import Measure
from lstm_lab.report import overview
from lstm_lab.suite import catalogue, running
from lstm_lab.suite.results import Store
from lstm_lab.suite.written import parse_assignments, read


@pytest.fixture
def lab(folder, lab):
    """The commands, in a made-up checkout."""
    return lab


def refused(outcome: tuple[int, str, str]) -> str:
    """The single line with which a command was refused."""
    status, _, err = outcome
    assert status == 2
    assert err.startswith("lstm-lab: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def test_list_shows_every_experiment(lab, folder):
    config = made_up.guess(folder)
    made_up.write(folder / "results", made_up.rights(config, [10] * 8 + [9, 9]))
    status, out, _ = lab("list")
    assert status == 0
    assert re.search(r"^somewhere\n0900 Guess *\n", out, re.MULTILINE)
    assert re.search(r"^nowhere\n0910 Coin *\n", out, re.MULTILINE)
    out = lab("list", "--figures")[1]
    assert re.search(r"^0900 right +9/10 \(90 %\) +8 of 10 seeds all right, 49–94 %", out, re.MULTILINE)
    assert "figures from results/, the reference runs" in out


def test_a_list_has_room_for_titles_and_answers(lab, folder):
    toml, title = folder / "configs" / "0910_coin.toml", "Coin, thrown: " + "is it fair, or is it not? " * 5
    answer = "It is fair. " * 12
    text = toml.read_text().replace('"Coin"', f'"{title.strip()}"')
    toml.write_text(f'answer = "{answer.strip()}"\n{text}')
    out = lab("list")[1]
    assert max(map(len, out.splitlines())) <= 80
    lines = [line.rstrip() for line in out.splitlines()]
    first = next(number for number, line in enumerate(lines) if line.startswith("0910 Coin"))
    said = next(number for number, line in enumerate(lines) if line.startswith("       It is fair."))
    assert " ".join(line.strip() for line in lines[first:said]) == f"0910 {title.strip()}"
    assert all(line.startswith("     ") for line in lines[first + 1 : said])
    assert "…" not in out
    assert " ".join(" ".join(lines[said:]).split()).startswith(answer.strip())


def test_a_long_list_has_the_first_sentence_of_each_answer(lab, folder, monkeypatch):
    toml = folder / "configs" / "0910_coin.toml"
    toml.write_text(f'answer = "It is 0.5 fair. It is not."\n{toml.read_text()}')
    assert "It is 0.5 fair. It is not." in lab("list")[1]
    monkeypatch.setattr(listing, "FEW", 1)
    out = lab("list")[1]
    assert "It is 0.5 fair." in out
    assert "It is not." not in out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["0910"], ["0910"]),
        (["09"], ["0900", "0910"]),
        (["GUESS"], ["0900"]),
        (["somewhere", "coin"], ["0900", "0910"]),
        (["published"], ["0900"]),
        (["all"], ["0900", "0910"]),
    ],
)
def test_ids_and_words_narrow_the_list(lab, words, found):
    assert re.findall(r"^09\d\d", lab("list", *words)[1], re.MULTILINE) == found


def test_show_prints_what_a_lesson_shows(lab):
    status, out, err = lab("show", "coin", "--set", "throws=3")
    assert (status, err) == (0, "")
    lines = [line for line in map(str.strip, out.splitlines()) if line]
    said = ["changed: throws = 3 (reference: 10)", "Question: Is a coin fair? Or is it not?", "Look at: the heads"]
    assert lines[:4] == ["0910 · Coin", *said]
    assert re.fullmatch(r"setting +value +what it is +allowed", lines[4])
    assert re.fullmatch(r"throws +3 +How often the coin is thrown\. +0 or more", lines[6])
    assert lines[7:] == ["3 throws [heads, tails]", "run it: lstm-lab run 0910 --set throws=3"]


def test_show_prints_the_settings_in_80_columns(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for name in catalogue.names():
        settings = catalogue.config(name).resolve()
        terminal.show_settings(settings)
        out = capsys.readouterr().out
        assert all(setting in out for setting in settings.recorded())
        assert max(map(len, out.splitlines()), default=0) <= 80


def test_a_file_s_name_is_quoted_as_toml_reads_it(monkeypatch):
    for name in ('a"b', "a\\b", "a\x7fb", "a\tb", "a\nb", "ä😀"):
        monkeypatch.setattr(
            catalogue, "config", lambda _: SimpleNamespace(settings={"data": SimpleNamespace(value="")})
        )
        (assignment,) = options.with_data([], Path(name), ["0900"])
        assert read(parse_assignments([assignment])["data"], "text") == name


def test_show_takes_no_file_where_there_is_none_to_take(lab):
    assert "0910_coin takes no file of its own" in refused(lab("show", "coin", "--data", "mine.csv"))


def printed(*items) -> str:
    with console.console.capture() as captured:
        for item in items:
            console.console.print(item)
    return captured.get()


def test_samples_are_shown_with_shapes_a_legend_and_where_state_is_reset():
    framed = framing.time_steps(alphabet.pairs(1, "ABCDEFGHI"), coding="scaled")
    order = schedule.in_sequence(reset="epoch")
    out = printed(console.framed_table(framed, 3, console.resets(order, framed, 2), "--rows N"))
    assert out.startswith("x [8 samples, 1 time step, 1 feature] float32\ny [8 samples] one of 9 classes\n")
    assert re.search(r"0 +reset +A .*B", out)
    assert re.search(r"1 +reset +B .*C", out)
    assert re.search(r"2 +C .*D", out)
    assert "one [bracket] is a time step" in out
    assert "3 of 8 samples; --rows N for more" in out
    numbers = framing.Framed(np.zeros((2, 3, 1), np.float32), np.ones((2, 1), np.float32))
    out = printed(console.framed_table(numbers, 5, console.resets(schedule.shuffled(), numbers, 1)))
    assert "y [2 samples, 1 output] float32" in out
    assert "symbols" not in out
    assert "reset" not in out
    assert "2 of 2 samples\n" in out


def test_answers_have_a_legend_and_say_what_is_left_out(capsys):
    few, many = Measure((2, 75), lines=["A → BCD"] * 25), Measure((20, 90), lines=["A → B"] * 26)
    console.show_answers({"few": few, "many": many, "said": Measure("AB", lines=["A → AB"])})
    out = capsys.readouterr().out
    assert out.startswith("input → answer   (wanted, where wrong)\n")
    assert out.count("…") == 1
    assert "first 26 samples; answers counted in all: 90" in out


def test_what_a_lesson_says_on_every_seed_has_no_rate(lab, folder):
    out = lab("run", "0910", "--seeds", "3", "--set", "throws=1")[1]
    assert "seeds all right" in out  # heads are drawn
    out = lab("run", "0910", "--seeds", "3", "--set", "throws=0")[1]
    assert "nothing trained, 3 seeds" in out
    assert "seeds all right" not in out
    assert "0/0" in out
    assert "nan" not in out
    toml = folder / "configs" / "0910_coin.toml"
    toml.write_text(toml.read_text().replace("value = 10", "value = 0"))
    lab("run", "0910", "--seeds", "3")
    report = (folder / "runs" / "0910_coin" / "REPORT.md").read_text()
    report, _, others = report.partition("## Runs with other settings")
    assert "seeds all right" in others  # of one throw
    assert "seeds all right" not in report
    assert "| heads | 0/0 |" in report
    assert re.search(r"0910 heads +— +0/0", lab("list", "--figures", "--results", "runs")[1])
    lab("report", "--results", "runs")
    assert "| heads | — | — | 0/0 |" in (folder / "runs" / "README.md").read_text()


def test_a_text_too_long_for_a_column_is_a_block(folder):
    text = "[[1, 2, 3, 4], [0, 1, 2, 3]]"
    config = made_up.guess(folder)
    config = config.model_copy(update={"published": {"same": Published(text=text), "other": Published(text="short")}})
    run = made_up.record(config, 0, trainer="none") | {
        "measures": {"right": Count(9, 10), "same": Text(text), "other": Text(text)}
    }
    out = printed(columns.result_table(config, [run], [], "title"))
    assert f"same: as published, {text}\n" in out
    assert f"other:\n  published: short\n  measured: {text}\n" in out
    assert re.search(r"right +9/10", out)


def test_the_measure_column_keeps_its_width(lab, folder, monkeypatch):
    long_name = "recurrent_kernel_unmoved"
    row = [long_name, *["4160/4160 (100 %), of everything"] * 5]
    monkeypatch.setattr(console.console, "width", 50)
    out = printed(columns.plain_table([dict(zip(["measure", *"abcde"], row, strict=True))]))
    assert "recurrent_kernel_" in out
    assert "unmoved" in out


def test_an_interruption_says_what_is_kept_and_how_to_go_on(lab, folder, monkeypatch):
    lab("run", "0910", "--seeds", "2", "--results", "mine")

    def seed(self, record, measures):
        if record["seed"] == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(progress.Watch, "seed", seed)
    status, _, err = lab("run", "0910", "--seeds", "9", "--results", "mine")
    assert status == 130
    assert err == "lstm-lab: interrupted: 4 of 9 seeds are kept; the same command does the rest\n"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_signals_end_a_run_as_an_interruption_does(lab, monkeypatch, name):
    number = getattr(signal, name)
    before = signal.getsignal(number)
    monkeypatch.setattr(progress.Watch, "seed", lambda self, record, measures: signal.raise_signal(number))
    status, _, err = lab("run", "0910", "--seeds", "9", "--results", "mine")
    assert status == 128 + number
    assert err == "lstm-lab: interrupted: 1 of 9 seeds are kept; the same command does the rest\n"
    assert signal.getsignal(number) is before


def test_a_signal_that_the_caller_ignores_stays_ignored(lab, monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        monkeypatch.setattr(progress.Watch, "seed", lambda self, record, measures: signal.raise_signal(signal.SIGHUP))
        assert lab("run", "0910", "--seeds", "2")[0] == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminal_that_is_gone_is_no_other_error(lab, monkeypatch):
    def gone(*_):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(contract, "main", gone)
    assert lab("state-contract") == (128 + signal.SIGHUP, "", "lstm-lab: interrupted\n")


def test_the_first_signal_asks_a_trainer_to_stop_and_the_second_interrupts():
    stop = Event()
    with interrupts.caught(), interrupts.gently(stop):
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert interrupts.status == 130


def test_a_signal_after_the_last_seed_is_not_lost():
    with interrupts.caught(), pytest.raises(KeyboardInterrupt), progress.Watch().stopping(Event()):
        signal.raise_signal(signal.SIGINT)


def test_a_signal_within_a_callback_that_loses_exceptions_comes_again(capsys):
    class Losing:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    def losing():
        Losing()
        Event().wait(5)

    with interrupts.caught(), pytest.raises(KeyboardInterrupt):
        losing()
    assert capsys.readouterr().err == ""


def test_a_signal_that_a_library_has_swallowed_ends_the_run_still(lab, monkeypatch):
    def swallowing(*arguments):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return record(*arguments)

    record = running._record
    monkeypatch.setattr(running, "_record", swallowing)
    kept = "1 of 9 seeds are kept; the same command does the rest"
    assert lab("run", "coin", "--seeds", "9", "--set", "throws=3")[::2] == (130, f"lstm-lab: interrupted: {kept}\n")


def test_a_signal_while_lstm_lab_is_imported_is_one_line(lab, monkeypatch):
    class Interrupting:
        def find_spec(self, name, *_):
            if name == "lstm_lab.cli.entry":
                signal.raise_signal(signal.SIGINT)

    monkeypatch.delattr(cli, "entry")
    monkeypatch.delitem(sys.modules, "lstm_lab.cli.entry")
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    assert lab("list") == (130, "", "lstm-lab: interrupted\n")


def test_an_interruption_of_what_is_printed_says_that_all_is_kept(lab, monkeypatch):
    monkeypatch.setattr(columns, "result_table", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    status, _, err = lab("run", "coin", "--set", "throws=3")
    said = "interrupted: all runs are kept; the same command shows them and writes the report"
    assert (status, err) == (130, f"lstm-lab: {said}\n")


@pytest.mark.parametrize("name", ["COLUMNS", "TERMINAL_WIDTH", "LOKY_MAX_CPU_COUNT", "KERAS_MAX_EPOCHS"])
@pytest.mark.parametrize("value", ["²", "9" * 5000, "0", "-1", "abc"])
def test_a_number_of_the_environment_that_no_library_could_read_is_as_if_it_were_not_set(lab, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert lab("--help")[0] == 0
    assert name not in os.environ


def test_no_file_takes_the_place_of_a_closed_stream():
    program = "import os; from lstm_lab import cli; os.close(2); cli._hold_streams(); os.write(2, b'x')"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[1])


def test_a_terminal_of_one_column_has_room_for_words_all_the_same(lab, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1")
    assert "0900 Guess" in lab("list")[1]


def test_bars_show_the_epochs_of_the_seeds_under_way(folder):
    watch, lesson = progress.Watch(), catalogue.load("0910_coin")

    def bars():
        return [line.rstrip() for line in printed(watch._bars.get_renderable()).splitlines()]

    watch.begin(lesson, {"main": 9})
    for seed in range(6):
        watch.epoch(seed, 0.5, 20, {"loss": 0.7, "accuracy": 0.5})
    watch.epoch(1, 12.5, 20, {"loss": 0.25, "accuracy": 0.5})
    assert [line[:15].strip() for line in bars()] == ["0910 seeds", *(f"seed {seed}, epochs" for seed in range(4))]
    assert re.fullmatch(r"0910 seeds +\S* *0/9 .*", bars()[0])
    assert "loss" not in bars()[1]  # no epoch is whole
    assert re.fullmatch(r"seed 1, epochs +\S* *12/20 .* loss 0\.2500", bars()[2])
    assert max(map(len, bars())) <= 80
    watch.seed({"seed": 1}, {})
    watch.epoch(5, 1, 20, {"loss": 0.7})
    assert [line[:15].strip() for line in bars()[1:]] == [f"seed {seed}, epochs" for seed in (0, 2, 3, 5)]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow"),
            "tensorflow cannot be imported (No mod",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "what is printed cannot be written: No space left on device",
        ),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "the current folder is not there any more"),
        (PermissionError(errno.EACCES, "Permission denied", "some/where"), "some/where: Permission denied"),
    ],
)
def test_what_the_environment_lacks_is_one_line(lab, monkeypatch, error, says):
    def raising(*_):
        raise error

    monkeypatch.setattr(contract, "main", raising)
    assert says in refused(lab("state-contract"))


def test_without_matplotlib_the_report_says_that_it_has_no_figures(lab, folder, monkeypatch):
    made_up.write(folder / "runs", made_up.rights(made_up.guess(folder), [9, 10, 8]))
    lab("report", "--results", "runs")
    report = folder / "runs" / "0900_guess" / "REPORT.md"
    assert "left out" not in report.read_text()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert lab("report", "--results", "runs")[0] == 0
    assert "The figures are left out, since matplotlib is not installed." in report.read_text()
    assert (folder / "runs" / "0900_guess" / "seeds.svg").exists()


def test_what_an_output_cannot_encode_is_left_out(folder, monkeypatch):
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "argv", ["lstm-lab", "run", "0910"])
    with pytest.raises(SystemExit) as exit:
        cli.main()
    assert exit.value.code in (0, None)
    assert b"0910 ? Coin" in output.buffer.getvalue()


@pytest.mark.parametrize("name", ["keras", "tensorflow", "unlike"])
def test_keras_is_imported_in_silence_whoever_imports_it(tmp_path, monkeypatch, capfd, name):
    (tmp_path / f"{name}.py").write_text("import os\nos.write(2, b'chatter')\nmade = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setitem(sys.modules, name, None)  # so that what is there now, or nothing, is there again afterwards
    monkeypatch.delitem(sys.modules, name)
    quiet.silence_imports()
    assert importlib.import_module(name).made
    os.write(2, b" after")
    assert capfd.readouterr().err == ("chatter after" if name == "unlike" else " after")


def test_settings_are_checked_before_the_script_is_imported(lab, folder, monkeypatch):
    monkeypatch.setattr(catalogue, "load", lambda name: pytest.fail("it may import Keras, which takes seconds"))
    for command in (("show", "0910"), ("run", "0910"), ("run", "0910/main")):
        assert "setting throws is -1: use 0 or more" in refused(lab(*command, "--set", "throws=-1"))


def test_a_percent_sign_stays_on_the_line_of_its_number(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    said = f"{'x' * 74} 83.6 %) and {'y' * 60}"
    grid = Table.grid()
    grid.add_row(said)
    for item in (said, RichText(said), grid):
        console.console.print(item)
        lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert lines == ["x" * 74, f"83.6 %) and {'y' * 60}"]


def test_control_characters_do_not_reach_the_terminal(lab):
    table = Table("a\x1b]0;b")
    table.add_row("\x1b[31mred\x9b")
    out = printed("\x1b[2Jcleared", RichText("\x7f\u202e"), table)
    assert not set("\x1b\x7f\x9b\u202e") & set(out)
    assert "␛[2Jcleared" in out
    assert "␛[31mred" in out
    assert "␛[31m" in refused(lab("report", "--results", "\x1b[31m"))


@pytest.mark.parametrize("command", ["list", "state-contract"])
def test_an_interruption_of_anything_else_is_one_line_too(lab, monkeypatch, command):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(overview, "listing", interrupted)
    monkeypatch.setattr(contract, "main", interrupted)
    assert lab(command) == (130, "", "lstm-lab: interrupted\n")


def test_run_writes_runs_and_a_report_and_then_only_what_is_missing(lab, folder):
    status, out, _ = lab("run", "0910", "--seeds", "3", "--results", "mine")
    runs = folder / "mine" / "0910_coin" / "runs.jsonl"
    assert status == 0
    assert "heads" in out

    def seeds():
        return [json.loads(line)["seed"] for line in runs.read_text().splitlines()[1:]]  # after what they share

    assert seeds() == [0, 1, 2]
    assert (folder / "mine" / "0910_coin" / "REPORT.md").exists()
    before = runs.read_bytes()
    assert "every run asked for is there already" in lab("run", "0910", "--seeds", "3", "--results", "mine")[1]
    assert runs.read_bytes() == before
    lab("run", "0910", "--seeds", "4", "--results", "mine")
    assert seeds() == [0, 1, 2, 3]
    lab("run", "0910", "--seeds", "1", "--seed", "2", "--again", "--results", "mine")
    assert seeds() == [0, 1, 2, 3, 2]


def test_a_script_takes_the_same_options_and_gives_the_same_runs(lab, folder):
    lab("run", "0910", "--seeds", "2", "--results", "one")
    done = subprocess.run(
        [sys.executable, "experiments/0910_coin.py", "--seeds", "2", "--results", "two"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "0910" in done.stdout
    assert lab("export", "0910", "--results", "one") == lab("export", "0910", "--results", "two")


def test_a_script_refuses_in_one_line(folder):
    done = subprocess.run(
        [sys.executable, "experiments/0910_coin.py", "--set", "throws=many"], capture_output=True, text=True
    )
    assert "setting throws is 'many'" in refused((done.returncode, done.stdout, done.stderr))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "0911"), "experiment '0911' is unknown: did you mean 0910_coin?"),
        (("run", "0910", "--set", "throw=3"), "setting 'throw' is unknown: did you mean throws?"),
        (("run", "0910", "--set", "throws=x"), "setting throws is 'x'"),
        (("run", "0910", "--set", "throws"), "write it as name=value"),
        (("run", "0910", "--variant", "loaded"), "variant 'loaded' is unknown"),
        (("run", "0910", "--trainer", "torch"), "--trainer is 'torch': use compiled or keras"),
        (("run", "0910", "--seeds", "0"), "--seeds"),
        (("run", "0910", "--nope"), "--nope"),
        (("run",), "Missing argument"),
        (("show", "0910", "--variant", "loaded"), "variant 'loaded' is unknown"),
        (("export", "0910"), "no runs of 0910 in results"),
        (("report",), "results folder results holds no runs"),
        (("report", "--results", ""), "Invalid value for '--results': it is empty: name a folder"),
        (("run", "0910", "--results", " "), "Invalid value for '--results': it is empty: name a folder"),
        (("report", "--results", "no\nwhere"), "results folder no where holds no runs"),
        (("compare", "0910", "0910"), "name two different experiments or variants"),
        (
            ("compare", "0910"),
            "0910: no runs under the present settings in the folder runs/: first `lstm-lab run 0910",
        ),
        (("compare", "0910", "--results", "results"), "results has the reference runs: name the folder of your own"),
        (("list", "toss"), "list 'toss': no id begins so"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(lab, folder, arguments, says):
    before = sorted(folder.rglob("*"))
    assert says in refused(lab(*arguments))
    assert sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "{}"),
        ("run", "0910", "--set", "{}=3"),
        ("run", "0910", "--set", "throws={}"),
        ("run", "0910", "--trainer", "{}"),
        ("run", "0910", "--variant", "{}"),
        ("run", "0910", "--results", "{}"),
        ("list", "{}"),
    ],
)
@pytest.mark.parametrize("typed", [3000 * "x", 1500 * "x "], ids=["word", "words"])
def test_what_was_typed_is_repeated_in_200_characters_at_most(lab, arguments, typed):
    status, _, error = lab(*(each.format(typed) for each in arguments))
    assert status == 2
    assert error.count("x") <= 200 + 10
    assert len(error) < 500


def test_a_results_folder_that_is_a_file_is_refused(lab, folder):
    (folder / "mine").write_text("not a folder")
    assert "results folder mine/0910_coin cannot be written" in refused(lab("run", "0910", "--results", "mine"))


def test_a_report_of_one_s_own_is_kept_and_nothing_is_run(lab, folder):
    (folder / "mine" / "0910_coin").mkdir(parents=True)
    (folder / "mine" / "0910_coin" / "REPORT.md").write_text("my words")
    assert "REPORT.md does not say that it is generated" in refused(lab("run", "0910", "--results", "mine"))
    assert [path.name for path in (folder / "mine" / "0910_coin").iterdir()] == ["REPORT.md"]


def test_no_command_is_help(lab):
    status, out, _ = lab()
    assert status == 0
    assert "compare" in out


def test_export_is_sorted_and_without_times(lab, folder):
    config = made_up.guess(folder)
    made_up.write(folder / "results", [made_up.record(config, seed) for seed in (2, 0, 1)])
    status, out, _ = lab("export", "all")
    assert status == 0
    assert [json.loads(line)["seed"] for line in out.splitlines()] == [0, 1, 2]
    assert "seconds" not in out


def test_compare_pairs_the_seeds_and_draws(lab, folder):
    config = made_up.guess(folder)
    records = made_up.rights(config, [9, 10, 10, 9]) + made_up.rights(config, [4, 5, 5, 4, 0], "deaf")
    made_up.write(folder / "results", records)
    status, out, _ = lab("compare", "0900", "0900/deaf", "--plot", "seen.svg")
    assert status == 0
    assert "+50.0 points" in out
    assert re.search(r"0900 − 0900/deaf +4 ", out)
    for explained in ("interval of the figure before it", "middle half", "percentage points", "NumPy draws"):
        assert out.count(explained) == 1
    assert "guessing" not in out
    assert re.search(r"0900/deaf +5 +0 of 5 seeds ", out)
    assert "from results/, the reference runs\n" in out
    assert "dark where many are" in out
    drawn = (folder / "seen.svg").read_text()
    for words in ("0900/deaf", "share right", "right (compiled trainer, scheduled start)", "area: how many"):
        assert words in drawn


def test_compare_names_the_folder_that_has_the_runs(lab, folder):
    config = made_up.guess(folder)
    made_up.write(folder / "runs", made_up.rights(config, [9, 10]) + made_up.rights(config, [4, 5], "deaf"))
    says = refused(lab("compare", "0900", "0900/deaf"))
    assert (
        "0900, 0900/deaf: no runs under the present settings in the folder results/: first `lstm-lab run 0900 --variant"
        in says
    )
    assert "or name --results runs, which has some" in says
    assert "from runs/\n" in lab("compare", "0900", "0900/deaf", "--results", "runs")[1]


def test_your_own_experiment_is_compared_with_the_reference_runs_of_another(lab, folder):
    def runs_of_mine(rights):
        mine = catalogue.config("0901_mine")
        made = {"experiment": mine.name, "config": mine.hash(mine.resolve())}
        with Store(folder / "runs", mine.name).writing() as writer:
            for run in made_up.rights(made_up.guess(folder), rights):
                writer.append(run | made)

    lab("new", "0901", "--from", "0900", "--name", "mine")
    made_up.write(folder / "results", made_up.rights(made_up.guess(folder), [4, 5]))
    for folder_named in ((), ("--results", "results"), ("--results", "runs")):
        says = refused(lab("compare", "0901", "0900", *folder_named))
        assert says.endswith("in the folder runs/: first `lstm-lab run 0901 --seeds 2`\n")
    assert "fewer than two" in refused(lab("compare", "0901/all", "0900/all"))
    runs_of_mine([9, 10])
    for folder_named in ((), ("--results", "results"), ("--results", "runs")):
        out = lab("compare", "0901", "0900", *folder_named)[1]
        assert "0901 from runs/; 0900 from results/, the reference runs\n" in out
        assert "+50.0 points" in out
    assert "0901 from runs/; 0900 from results/" in lab("compare", "0901/all", "0900/all")[1]
    changed = refused(lab("compare", "0901", "0900", "--set", "units=3"))
    assert "0901, 0900: no runs under the settings asked for in the folder runs/" in changed
    assert "--results" not in changed


def test_compare_takes_the_settings_that_run_took(lab, folder):
    config = made_up.guess(folder)
    made = {"config": config.hash(config.resolve(overrides={"epochs": 3}))}
    deaf = {"config": config.hash(config.resolve("deaf", {"epochs": 3}))}
    records = made_up.rights(config, [9, 10]) + made_up.rights(config, [4, 5], "deaf")
    changed = [r | made for r in made_up.rights(config, [1, 2])] + [
        r | deaf for r in made_up.rights(config, [2, 3], "deaf")
    ]
    made_up.write(folder / "results", records)
    made_up.write(folder / "runs", changed)
    assert "+50.0 points" in lab("compare", "0900", "0900/deaf")[1]
    assert "−10.0 points" in lab("compare", "0900", "0900/deaf", "--set", "epochs=3")[1]
    assert "no runs under the settings asked for" in refused(lab("compare", "0900", "0900/deaf", "--set", "epochs=4"))
    assert "0900: setting 'epoch' is unknown" in refused(lab("compare", "0900", "0900/deaf", "--set", "epoch=3"))
    assert "--settings is 'half'" in refused(lab("compare", "0900", "0900/deaf", "--settings", "half"))


def test_your_own_run_says_what_it_changes_and_where_it_can_be_compared(lab, folder):
    lab("run", "0910", "--results", "results")
    out = lab("run", "0910", "--set", "throws=3")[1]
    assert out.startswith("0910 · Coin\nsource: nowhere\nchanged: throws = 3 (reference: 10)\n")
    assert re.search(r"measure +recorded \(other settings\) +measured", out)
    assert "same seeds: lstm-lab compare 0910 --set throws=3\n" in out
    assert "### throws = 3 (here: 10)" in (folder / "runs" / "0910_coin" / "REPORT.md").read_text()
    assert "changed: throws = 2 (reference: 10)" in lab("run", "0910", "--settings", "smoke")[1]
    for as_it_is in ((), ("--set", "throws=10")):
        out = lab("run", "0910", *as_it_is)[1]
        assert re.search(r"measure +recorded +measured", out)
        assert not re.search("changed|other settings|same seeds", out)


def test_a_variant_says_what_it_is_and_changes(lab, folder):
    with open(folder / "configs" / "0910_coin.toml", "a") as file:
        file.write('[variants.few]\nabout = "thrown less"\nset = { throws = 3 }\n[grid]\nthrows = [10, 4]\n')
    assert "lstm-lab compare" not in lab("run", "0910", "--variant", "few", "--set", "throws=5")[1]  # with what?
    lab("run", "0910", "--variant", "few", "--results", "results")
    out = lab("run", "0910", "--variant", "few", "--set", "throws=5")[1]
    changes = "variant few: thrown less; throws = 3 (main run: 10)\nchanged: throws = 5 (reference: 3)\n"
    assert out.count(changes) == 2  # above the samples, and above the table
    assert "lstm-lab compare 0910/few --set throws=5\n" in out
    assert "\nvariants, as in `lstm-lab run 0910/few`:\n  few: thrown less\nrun it: " in lab("show", "0910")[1]
    out = lab("show", "0910/few")[1]
    assert out.startswith("0910 · Coin\nvariant few: thrown less; throws = 3 (main run: 10)\n")
    assert "variants, as in" not in out
    out = lab("run", "0910", "--variant", "all")[1]
    assert "4 variants: each table says what its variant changes\n" in out
    assert "variant throws=10\n" in out
    assert "variant throws=4: throws = 4 (main run: 10)\n" in out
    assert "changed: " not in out


def test_a_file_of_your_own_is_compared_like_a_setting(lab, folder):
    toml, script = folder / "configs" / "0910_coin.toml", folder / "experiments" / "0910_coin.py"
    data = 'data = { value = "example", about = "A file.", file = "example.csv" }'
    toml.write_text(toml.read_text().replace("[settings]", f"[settings]\n{data}"))
    script.write_text(script.read_text().replace("throws [heads", "throws {settings.data} [heads"))
    for file in ("example.csv", "mine.csv"):
        (folder / file).write_text(file)
    lab("run", "0910", "--results", "results")
    out = lab("run", "0910", "--data", "mine.csv")[1]
    assert "changed: data = mine.csv (reference: example)\n" in out
    compared = lab("compare", "0910", "--data", "mine.csv")[1]
    assert "yours: data = mine.csv (reference: example); so the data differ\n" in compared
    lab("report", "--results", "runs")
    assert "| Coin (runs with other settings only: see its report) |" in (folder / "runs" / "README.md").read_text()
    (folder / "mine.csv").unlink()
    assert lab("report", "--results", "runs")[0] == 0  # what cannot be told of these runs is not shown
    assert "Not shown: 1 in `runs.jsonl`" in (folder / "runs" / "0910_coin" / "REPORT.md").read_text()


def test_a_damaged_reference_does_not_hide_what_was_just_run(lab, folder):
    lab("run", "0910", "--results", "results")
    runs = folder / "results" / "0910_coin" / "runs.jsonl"
    runs.write_text("no run\n" + runs.read_text())
    out = " ".join(lab("run", "0910")[1].split())
    assert "the recorded figures are left out: " in out
    assert re.search(r"measure measured .* heads \d/10", out)


def test_one_id_compares_your_runs_with_the_reference_on_the_seeds_that_both_have(lab, folder):
    config = made_up.guess(folder)
    mine = config.resolve(overrides={"epochs": 3})
    changed = {"config": config.hash(mine), "settings": mine.recorded()}
    made_up.write(folder / "results", made_up.rights(config, [10, 10, 0, 0]))
    says = refused(lab("compare", "0900", "--set", "epochs=3"))
    assert "in the folder runs/: first `lstm-lab run 0900 --set epochs=3 --seeds 35`" in says
    made_up.write(folder / "runs", [r | changed for r in made_up.rights(config, [9, 8])])
    assert "in the folder runs/ (it has 0900 --set epochs=3): first `lstm-lab run 0900 --seeds 35`" in refused(
        lab("compare", "0900")
    )
    out = lab("compare", "0900", "--set", "epochs=3")[1]
    assert "from runs/; reference: results/, the reference runs\nyours: epochs = 3 (reference: 10)\n" in out
    assert re.search(r"yours +2 +0 of 2 seeds", out)
    assert re.search(r"reference +2 +2 of 2 seeds", out)
    assert re.search(r"yours − reference +2 +−15.0 points", out)
    assert "0900/deaf: no runs" in refused(lab("compare", "0900/deaf", "--set", "epochs=3"))
    made_up.write(folder / "runs", [r | {"seed": 50} for r in made_up.rights(config, [9])])
    assert "yours and reference have no seed in common: first `lstm-lab run 0900 --seeds 35`" in refused(
        lab("compare", "0900")
    )


def test_a_long_text_stands_below_the_figures_of_a_list(lab, folder):
    config = folder / "configs" / "0910_coin.toml"
    config.write_text(config.read_text() + f'[published.heads]\ntext = "{"AB" * 20}"\n')
    out = lab("list", "--figures")[1]
    assert f"\n0910 heads: as published, {'AB' * 20}\n" in out or f"0910 heads:\n  published: {'AB' * 20}\n" in out


def test_compare_names_the_other_measures(lab, folder):
    runs = made_up.rights(made_up.guess(folder), [9, 10])
    runs += made_up.rights(made_up.guess(folder), [5, 4], "deaf")
    for run in runs:
        run["measures"] |= {"sure": Count(3, 4), "said": Text("A")}
    made_up.write(folder / "results", runs)
    assert "measured too, with --measure NAME: sure\n" in lab("compare", "0900", "0900/deaf")[1]
    assert "measured too, with --measure NAME: right\n" in lab("compare", "0900", "0900/deaf", "--measure", "sure")[1]


def test_compare_names_the_command_that_makes_what_is_missing(lab, folder):
    config = made_up.guess(folder)
    made_up.write(folder / "mine", made_up.rights(config, [9, 10, 8]))
    says = refused(lab("compare", "0900", "0900/deaf", "0910", "--results", "mine"))
    assert "0900/deaf, 0910: no runs under the present settings in the folder mine/: first `lstm-lab run 0900" in says
    assert "--variant deaf --seeds 3 --results mine && lstm-lab run 0910 --seeds 3 --results mine`" in says


def test_outside_the_checkout_the_reference_runs_are_read_all_the_same(lab, folder, tmp_path_factory, monkeypatch):
    config = made_up.guess(folder)
    made_up.write(folder / "results", made_up.rights(config, [9, 10]) + made_up.rights(config, [4, 5], "deaf"))
    expected = lab("export", "0900")[1]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(catalogue, "root", lambda: folder)
    where = str(folder / "results")
    for command in (("list", "--figures"), ("compare", "0900", "0900/deaf")):
        assert f"from {where}/, the reference runs\n" in lab(*command)[1]
    assert lab("export", "0900") == (0, expected, f"lstm-lab: from {where}/, the reference runs\n")
    (elsewhere / "results").mkdir()  # what is here counts
    assert "no runs of 0900 in results" in refused(lab("export", "0900"))
    assert "figures from results/\n" in lab("list", "--figures")[1]
    assert "figures from nowhere, which is no folder" in lab("list", "--figures", "--results", "nowhere")[1]


def test_compare_refuses_what_cannot_be_compared(lab, folder):
    config = made_up.guess(folder)
    made_up.write(folder / "results", made_up.rights(config, [9]))
    assert "0900/deaf: no runs" in refused(lab("compare", "0900", "0900/deaf"))
    assert "variant 'dead' is unknown: did you mean deaf?" in refused(lab("compare", "0900", "0900/dead"))
    made_up.write(folder / "results", [made_up.record(config, 5, "deaf")])
    assert "have no seed in common" in refused(lab("compare", "0900", "0900/deaf"))
    assert "measure 'said' is no count or number" in refused(lab("compare", "0900", "0900/deaf", "--measure", "said"))
    assert "should be one of .svg" in refused(lab("compare", "0900", "0900/deaf", "--plot", "seen.jpeg"))
    assert "there is no folder no" in refused(lab("compare", "0900", "0900/deaf", "--plot", "no/seen.svg"))
    (folder / "mine.svg").write_text("<svg/>")
    (folder / "link.svg").symlink_to("mine.svg")
    os.mkfifo(folder / "pipe.svg")
    for name in ("mine", "link", "pipe"):
        says = refused(lab("compare", "0900", "0900/deaf", "--plot", f"{name}.svg"))
        assert f"{name}.svg does not say that it is generated" in says
        assert "move it away, or name another file with --plot" in says


@pytest.mark.filterwarnings("error")
def test_numbers_that_are_no_figures_are_compared_all_the_same(lab, folder):
    config = made_up.guess(folder)
    for results, values in (("runs", [1.7e308, -1.7e308, np.inf]), ("results", [np.nan, -np.inf, 0.5])):
        records = [made_up.record(config, seed) for seed in range(3)]
        for record, value in zip(records, values, strict=True):
            record |= {"measures": {"loss": Number(value)}, "chance": {}, "lookup_table": {}}
        made_up.write(folder / results, records)
    status, out, err = lab("compare", "0900")
    assert (status, err) == (0, "")
    assert "\nyours     ▒                                      ▒ and 1 not finite\n" in out
    assert "\nreference                     ▒                    and 2 not finite\n" in out


def test_a_readme_is_refused_before_the_reports_are_made(lab, folder):
    made_up.write(folder / "results", [made_up.record(made_up.guess(folder), 0)])
    (folder / "README.md").write_text("# Mine\n")
    assert "README.md lacks the lines <!-- findings:begin -->" in refused(lab("report", "--readme"))
    os.remove(folder / "README.md")
    os.mkfifo(folder / "README.md")
    assert "README.md': that is no plain file" in refused(lab("report", "--readme"))
    os.remove(folder / "README.md")
    (folder / "README.md").write_text("<!-- findings:begin -->\n<!-- findings:end -->\n")
    (folder / "docs").mkdir()
    assert "findings.toml cannot be read: No such file" in refused(lab("report", "--readme"))
    (folder / "docs" / "findings.md").write_text("# Mine\n")
    assert "findings.md does not say that it is generated" in refused(lab("report", "--readme"))
    assert not (folder / "results" / "README.md").exists()


def test_a_script_that_is_no_file_is_refused_and_not_waited_for(lab, folder):
    script = folder / "experiments" / "0910_coin.py"
    script.unlink()
    os.mkfifo(script)
    assert "0910_coin.py is no plain file" in refused(lab("show", "0910"))
    made_up.write(folder / "results", [made_up.record(made_up.guess(folder), 0)])
    (folder / "experiments" / "0900_guess.py").write_bytes(b'"""Gr\xfc\xdfe')
    assert lab("report")[0] == 0


def test_a_folder_without_an_experiment_is_not_taken_for_the_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("experiments", "configs"):
        (tmp_path / name).mkdir()
    (tmp_path / "experiments" / "0900_guess.py").touch()
    (tmp_path / "configs" / "notes.toml").touch()
    assert catalogue.root() == Path(catalogue.__file__).resolve().parents[2]
    (tmp_path / "configs" / "0900_guess.toml").touch()
    assert catalogue.root() == tmp_path


@pytest.mark.parametrize(
    ("right", "seeds", "verdict", "last"),
    [
        (9, 35, "yes", "1 of 1 figures as published"),
        (5, 35, "no", "0 of 1 figures as published"),
        (9, 34, "not judged", "not judged: 1, with fewer seeds than the 35 that a verdict needs\n0 of 1 figures"),
    ],
)
def test_reproduce_says_of_each_figure_whether_it_comes_out(lab, folder, monkeypatch, right, seeds, verdict, last):
    config = made_up.guess(folder)
    monkeypatch.setattr(catalogue, "load", lambda name: None)
    measured = made_up.rights(config, [right] * seeds)
    store = made_up.write(folder / "reproduced", measured)
    monkeypatch.setattr(recording, "watched", lambda *_: (store.records(), {}))
    out = lab("reproduce", "--seeds", str(seeds))[1]
    header, row = (next(line for line in out.splitlines() if word in line) for word in ("as published?", "0900 right"))
    assert row[header.index("as published?") :].strip() == verdict
    assert row.index(f" of {seeds} seeds") > row.index("9/10")
    assert last in out
    assert max(map(len, out.splitlines())) <= 80


def test_cells_are_broken_where_a_reader_would_break_them():
    long = "90 of 100 seeds all right, 83–94 %\ninterquartile mean 982.3/1000 (98.2 %)"
    row = {"published": "(1, 10, 1)", "recorded": long, "now": "BCDEF on 90 of 100 seeds, 83–94 %"}
    out = printed(columns.plain_table([{"measure": "0150 cold_start_K"} | row | {"as published?": "yes"}]))
    assert max(map(len, out.splitlines())) <= 80
    wholes = (
        "90 of 100 seeds",
        "all right, 83–94 %",
        "interquartile mean",
        "982.3/1000 (98.2 %)",
        "on 90 of 100 seeds",
    )
    for whole in ("0150 cold_start_K", "(1, 10, 1)", *wholes):
        assert whole in out


def test_tables_fit_80_columns(lab, folder):
    config = made_up.guess(folder)
    long_name = {"measures": {"recurrent_kernel_unmoved_in_every_layer": Count(4160, 4160), "right": Count(9, 10)}}
    made_up.write(folder / "results", [made_up.record(config, seed) | long_name for seed in range(100)])
    made_up.write(folder / "results", [made_up.record(config, seed, "deaf") | long_name for seed in range(100)])
    _, out, _ = lab("compare", "0900", "0900/deaf")
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out


def test_a_comparison_of_different_questions_says_so(lab, folder):
    lab("run", "0910", "--seeds", "3", "--results", "results")
    lab("run", "0910", "--seeds", "3", "--set", "throws=4", "--results", "runs")
    assert "yours asks 4, reference asks 10" in lab("compare", "0910", "--set", "throws=4")[1]
    lab("run", "0910", "--seeds", "3", "--results", "runs")
    assert "asks" not in lab("compare", "0910")[1]


@pytest.mark.parametrize("error", [MemoryError(), OverflowError("int too large to convert to float")])
def test_what_is_too_large_is_one_line(lab, folder, monkeypatch, error):
    def fails(*arguments, **options):
        raise error

    monkeypatch.setattr(listing, "titles", fails)
    status, _, err = lab("list")
    assert (status, err.count("\n")) == (2, 1)
    assert "too large" in err


def test_a_toml_file_may_begin_with_a_byte_order_mark(lab, folder):
    toml = folder / "configs" / "0910_coin.toml"
    toml.write_bytes(b"\xef\xbb\xbf" + toml.read_bytes())
    assert lab("show", "0910")[0] == 0
