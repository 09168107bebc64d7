"""The command line: what it prints, and that what a user got wrong is one line and exit status 2."""

import json
import re
import subprocess
import sys

import made_up
import pytest

from lstm_lab import cli


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A made-up checkout as the current folder, 80 columns wide."""
    monkeypatch.chdir(made_up.checkout(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def lab(folder, monkeypatch, capsys):
    """Run `lstm-lab …` in this process: (exit status, stdout, stderr)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lstm-lab", *arguments])
        with pytest.raises(SystemExit) as exit:
            cli.main()
        printed = capsys.readouterr()
        return exit.value.code or 0, printed.out, printed.err

    return run


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
    assert re.search(r"0900.*Guess.*somewhere.*9/10", out)
    assert re.search(r"0910.*Coin.*nowhere", out)
    assert "8/10" in out


def test_show_prints_what_a_lesson_shows(lab):
    assert lab("show", "coin", "--set", "throws=3") == (0, "3 throws [heads, tails]\n", "")


def test_run_writes_runs_and_a_report_and_then_only_what_is_missing(lab, folder):
    status, out, _ = lab("run", "0910", "--seeds", "3", "--results", "mine")
    runs = folder / "mine" / "0910_coin" / "runs.jsonl"
    assert status == 0
    assert "heads" in out
    assert len(runs.read_text().splitlines()) == 3
    assert (folder / "mine" / "0910_coin" / "REPORT.md").exists()
    before = runs.read_bytes()
    assert "every run asked for is there already" in lab("run", "0910", "--seeds", "3", "--results", "mine")[1]
    assert runs.read_bytes() == before
    lab("run", "0910", "--seeds", "4", "--results", "mine")
    assert [json.loads(line)["seed"] for line in runs.read_text().splitlines()] == [0, 1, 2, 3]
    lab("run", "0910", "--seeds", "1", "--seed", "2", "--again", "--results", "mine")
    assert [json.loads(line)["seed"] for line in runs.read_text().splitlines()] == [0, 1, 2, 3, 2]


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
        (("run", "0910", "--nope"), "No such option: --nope"),
        (("run",), "Missing argument"),
        (("show", "0910", "--variant", "loaded"), "variant 'loaded' is unknown"),
        (("export", "0910"), "no runs of 0910 in results"),
        (("report",), "results folder results holds no runs"),
        (("report", "--results", "no\nwhere"), "results folder no where holds no runs"),
        (("compare", "0910"), "name two different experiments or variants"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(lab, folder, arguments, says):
    before = sorted(folder.rglob("*"))
    assert says in refused(lab(*arguments))
    assert sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts) == before


def test_a_results_folder_that_is_a_file_is_refused(lab, folder):
    (folder / "mine").write_text("not a folder")
    assert "results folder mine/0910_coin cannot be written" in refused(lab("run", "0910", "--results", "mine"))


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
    assert re.search(r"0900/deaf +5 +0/5", out)
    assert (folder / "seen.svg").read_text().count("0900/deaf") >= 1


def test_compare_refuses_what_cannot_be_compared(lab, folder):
    config = made_up.guess(folder)
    made_up.write(folder / "results", made_up.rights(config, [9]))
    assert "0900/deaf: no runs" in refused(lab("compare", "0900", "0900/deaf"))
    assert "variant 'dead' is unknown: did you mean deaf?" in refused(lab("compare", "0900", "0900/dead"))
    made_up.write(folder / "results", [made_up.record(config, 5, "deaf")])
    assert "have no seed in common" in refused(lab("compare", "0900", "0900/deaf"))
    assert "measure 'said' is no count or number" in refused(lab("compare", "0900", "0900/deaf", "--measure", "said"))
    assert "should be one of .svg" in refused(lab("compare", "0900", "0900/deaf", "--plot", "seen.jpeg"))


def test_tables_fit_80_columns(lab, folder):
    config = made_up.guess(folder)
    long_name = {"measures": {"recurrent_kernel_unmoved_in_every_layer": [4160, 4160], "right": [9, 10]}}
    made_up.write(folder / "results", [made_up.record(config, seed) | long_name for seed in range(100)])
    made_up.write(folder / "results", [made_up.record(config, seed, "deaf") | long_name for seed in range(100)])
    _, out, _ = lab("compare", "0900", "0900/deaf")
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out
