"""What runs leave behind: resumable, canonical, whole."""

import json
import os
import re
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor

import made_up
import numpy as np
import pytest

from lstm_lab.common.files import write_whole
from lstm_lab.judging.measures import Count, Text
from lstm_lab.suite import checked, results
from lstm_lab.suite.results import HISTORY_SEEDS, Store, canonical, key

DRAFT = ".lstm-lab-draft"
SHARED = ("experiment", "config", "variant", "trainer", "start", "settings", "provenance", "chance", "lookup_table")


@pytest.fixture
def config(tmp_path):
    return made_up.guess(made_up.checkout(tmp_path))


def content_of(line):
    """What a line says, without its check."""
    return {name: value for name, value in json.loads(line).items() if name != "check"}


def test_runs_are_read_back_as_written(tmp_path, config):
    records = [made_up.record(config, seed) for seed in (3, 1)]
    assert made_up.write(tmp_path, records).records() == records


def test_the_latest_run_of_a_key_counts(tmp_path, config):
    old, new = made_up.record(config, 1), made_up.record(config, 1) | {"measures": {"right": Count(1, 10)}}
    other = made_up.record(config, 2)
    assert made_up.write(tmp_path, [old, other, new]).records() == [new, other]


@pytest.mark.parametrize("field", ["config", "variant", "start", "trainer", "seed"])
def test_each_part_of_the_key_tells_runs_apart(config, field):
    record = made_up.record(config, 1)
    assert key(record) != key(record | {field: "another"})


def test_canonical_is_the_same_bytes_whoever_ran_it_in_whatever_order(config):
    records = [made_up.record(config, seed) for seed in range(3)]
    elsewhere = [record | {"seconds": 99, "provenance": {"threads": 8}} for record in reversed(records)]
    reordered = [dict(reversed(record.items())) for record in elsewhere]
    assert canonical(records) == canonical(reordered)
    assert len(canonical(records).splitlines()) == 3
    assert "seconds" not in canonical(records)


def test_canonical_shows_a_changed_measure(config):
    record = made_up.record(config, 0)
    assert canonical([record]) != canonical([record | {"measures": {"right": Count(8, 10)}}])


def test_torn_last_line_is_dropped_and_the_rest_stays_byte_for_byte(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    whole = store.runs.read_bytes()
    store.runs.write_bytes(whole + b'{"of": "0900_guess", "conf')
    assert len(store.records()) == 1
    made_up.write(tmp_path, [made_up.record(config, 1)])
    assert store.runs.read_bytes().startswith(whole + b'{"of"')
    assert [record["seed"] for record in store.records()] == [0, 1]


def test_damaged_line_in_the_middle_is_refused_by_number_and_left_alone(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, seed) for seed in range(3)])
    lines = store.runs.read_text().splitlines()
    damaged = "\n".join([*lines[:2], lines[2][:40], lines[3]]) + "\n"
    store.runs.write_text(damaged)
    with pytest.raises(ValueError, match=r"runs.jsonl line 3: it does not end with a check.*; take it from a copy"):
        store.records()
    assert store.runs.read_text() == damaged


def test_folder_held_by_another_process_is_refused_at_once(tmp_path):
    holder = (
        "import sys; from pathlib import Path; from lstm_lab.suite.results import Store\n"
        "with Store(Path(sys.argv[1]), '0900_guess').writing(): print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(ValueError, match="another run is writing to it"), Store(tmp_path, "0900_guess").writing():
            pytest.fail("two writers at once")
        process.stdin.close()
    with Store(tmp_path, "0900_guess").writing():
        pass  # let go of again


def test_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "results").write_text("a file where a folder should be")
    with pytest.raises(ValueError, match="cannot be written"), Store(tmp_path / "results", "0900_guess").writing():
        pytest.fail("wrote into a file")


def test_histories_are_thinned_and_kept_for_the_first_seeds(tmp_path, config):
    loss = np.linspace(1, 0, 501)
    records = [made_up.record(config, seed) for seed in (0, HISTORY_SEEDS - 1, HISTORY_SEEDS)]
    curves = made_up.write(tmp_path, records, {"loss": loss}).curves()
    assert [curve["seed"] for curve in curves] == [0, HISTORY_SEEDS - 1]
    assert len(curves[0]["epochs"]) == len(curves[0]["loss"]) == 100
    assert (curves[0]["epochs"][0], curves[0]["epochs"][-1]) == (1, 501)
    assert (curves[0]["loss"][0], curves[0]["loss"][-1]) == (1.0, 0.0)
    assert curves[0]["loss"][1] == 0.99  # of 0.98999…, with four digits


def test_lines_are_plain_json_with_the_names_of_the_file_format(tmp_path, config):
    record = made_up.record(config, 0)
    shared, own = map(json.loads, made_up.write(tmp_path, [record]).runs.read_text().splitlines())
    name = shared.pop("shared")
    assert re.fullmatch("[0-9a-f]{8}", shared.pop("check"))
    assert re.fullmatch("[0-9a-f]{8}", own.pop("check"))
    assert shared == {field: record[field] for field in SHARED}
    measures = {"right": [9, 10], "said": "AB", "loss": 0.5}
    assert own == {"of": name, "seed": 0, "measures": measures, "seconds": 0.25}
    assert '"lookup_table": {"right": 5}' in canonical([record])


def test_what_runs_share_is_written_once_however_they_are_mixed_and_whenever_they_are_added(tmp_path, config):
    newer = {"provenance": {"versions": {"numpy": "2.1"}, "device": "cpu", "date": "2026-01-02"}}
    kinds = [{}, {"variant": "deaf"}, {"trainer": "keras"}, newer]
    for seed in range(3):
        store = made_up.write(tmp_path, [made_up.record(config, seed + 3 * (kind is newer), **kind) for kind in kinds])
    lines = [json.loads(line) for line in store.runs.read_text().splitlines()]
    assert ["shared" in line for line in lines] == [True, False] * 4 + [False] * 8
    expected = [made_up.record(config, seed + 3 * (kind is newer), **kind) for seed in range(3) for kind in kinds]
    assert store.records() == expected


def test_baselines_of_a_run_that_are_not_the_first_run_s_are_its_own(tmp_path, config):
    own = [{}, {"lookup_table": {"right": 6}}, {"chance": {"right": 2.0}, "lookup_table": {}}, {"chance": {"right": 1}}]
    records = [made_up.record(config, seed, **changes) for seed, changes in enumerate(own)]
    store = made_up.write(tmp_path, records)
    assert canonical(store.records()) == canonical(records)  # 1 stays 1, and 1.0 stays 1.0
    assert len(store.runs.read_text().splitlines()) == 1 + len(own)


def test_histories_share_their_epochs(tmp_path, config):
    records = [made_up.record(config, seed) for seed in range(3)]
    store = made_up.write(tmp_path, records, {"loss": np.array([0.123456, 2.0]), "accuracy": np.array([0.5, np.nan])})
    lines = store.histories.read_text().splitlines()
    assert json.loads(lines[0])["epochs"] == [1, 2]
    assert '"seed":0,"loss":[0.1235,2],"accuracy":[0.5,NaN],"check":' in lines[1]
    made_up.write(tmp_path, [made_up.record(config, 3)], {"loss": np.array([1, 2, 3])})
    assert [len(curve["epochs"]) for curve in store.curves()] == [2, 2, 2, 3]


def test_a_file_that_ends_anywhere_is_read_and_continued(tmp_path, config):
    """A power failure: a shared line may be left alone, a run is never left without it."""
    records = [made_up.record(config, 0), made_up.record(config, 1), made_up.record(config, 0, "deaf")]
    store = made_up.write(tmp_path, records)
    whole = store.runs.read_bytes()
    ends = {place + near for place, byte in enumerate(whole) if byte == ord("\n") for near in (-1, 0, 1)}
    for end in {*range(0, len(whole), 40), *ends}:
        store.runs.write_bytes(whole[:end])
        kept = len(store.records())
        assert store.records() == records[:kept]
        with store.writing():  # drops what is incomplete
            kept = len(store.records())
        made_up.write(tmp_path, records[kept:])
        assert store.runs.read_bytes() == whole


def test_a_run_without_its_shared_line_is_refused_by_number(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0), made_up.record(config, 0, "deaf")])
    lines = store.runs.read_text().splitlines(keepends=True)
    store.runs.write_text("".join([*lines[:2], lines[3], lines[2]]))
    with pytest.raises(
        ValueError,
        match=r"line 3: its shared line [0-9a-f]{8} is not above it; take it from a copy, or delete the line",
    ):
        store.records()


def test_a_damaged_shared_line_is_refused_by_number_when_read_and_before_anything_is_run(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    lines = store.runs.read_text().splitlines(keepends=True)
    store.runs.write_text(lines[0][:60] + "\n" + lines[1])
    with pytest.raises(ValueError, match="line 1: it does not end with a check"):
        store.records()
    with pytest.raises(ValueError, match="line 1: it does not end with a check"), store.writing():
        pytest.fail("the folder was opened for writing")


def test_the_lines_of_two_files_can_be_put_into_one(tmp_path, config):
    one = made_up.write(tmp_path / "one", [made_up.record(config, 0), made_up.record(config, 0, "deaf")])
    two = made_up.write(tmp_path / "two", [made_up.record(config, 1, "deaf"), made_up.record(config, 1)])
    apart = [*one.records(), *two.records()]
    one.runs.write_bytes(one.runs.read_bytes() + two.runs.read_bytes())
    assert one.records() == apart


def test_a_line_torn_within_a_letter_of_several_bytes_is_dropped_too(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    store.runs.write_bytes(store.runs.read_bytes() + '{"of": "…'.encode()[:-1])
    assert [record["seed"] for record in store.records()] == [0]


def test_a_whole_line_that_is_no_run_is_refused(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    store.runs.write_bytes(b"{}\n" + store.runs.read_bytes())
    with pytest.raises(ValueError, match="line 1: it does not end with a check"):
        store.records()


def test_a_file_of_runs_that_cannot_be_written_is_refused_before_anything_is_run(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    store.histories.unlink(missing_ok=True)
    store.histories.mkdir()
    with pytest.raises(ValueError, match=r"histories.jsonl cannot be read: it is not a file"), store.writing():
        pytest.fail("the folder was opened for writing")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": "0"}, "seed is '0'"),
        ({"seed": None}, "seed is None"),
        ({"seed": [0]}, r"seed is \[0\]"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"seed": float("nan")}, "seed is nan"),
        ({"seed": True}, "seed is True"),
        ({"seed": -1}, "seed is -1"),
        ({"measures": {"right": True}}, "measures.right is True"),
        ({"measures": {"right": [11, 10]}}, r"measures.right is \[11, 10\]"),
        ({"measures": {"right": [-1, 10]}}, r"measures.right is \[-1, 10\]"),
        ({"measures": {"right": [True, 10]}}, r"measures.right is \[True, 10\]"),
        ({"measures": {"right": [float("nan"), 10]}}, r"measures.right is \[nan, 10\]"),
        ({"measures": {"right": {}}}, r"measures.right is \{\}"),
        ({"measures": {"loss": 10**400}}, "measures.loss is 1000"),
        ({"measures": {"right": [0, 10**400]}}, r"measures.right is \[0, 1000"),
        ({"measures": "AB"}, "measures is 'AB'"),
        ({"measures": {"a\n": 1}}, r"measures.a"),
        ({"measures": {"right": "AB"}}, "chance of right is 1.0: it should be of a count"),
        ({"measures": {"right": [0, 0]}}, "chance of right is 1.0: it should be of a count"),
        ({"chance": {"right": 11}}, "chance of right is 11: it should be of a count, and at most what was asked"),
        ({"chance": {"right": -1}}, "chance of right is -1"),
        ({"lookup_table": {"right": float("nan")}}, "lookup_table of right is nan"),
        ({"chance": None}, "chance is None"),
        ({"chance": {"right": "1"}}, "chance.right"),
        ({"lookup_table": [1]}, r"lookup_table is \[1\]"),
        ({"seconds": "0.25"}, "seconds is '0.25'"),
        ({"seconds": -1}, "seconds is -1"),
        ({"seconds": float("inf")}, "seconds is inf"),
        ({"shown": "AB"}, "shown is 'AB'"),
        ({"variant": "deaf"}, "variant is unknown"),  # it belongs to the shared line
        ({"note": "mine"}, "note is unknown"),
        ({"note": "x" * 100_000}, "note is unknown"),
        ({"of": "00000000"}, "its shared line 00000000 is not above it"),
    ],
)
def test_a_run_that_no_report_could_show_is_refused_by_number(tmp_path, config, changes, said):
    store = made_up.write(tmp_path, [made_up.record(config, 0), made_up.record(config, 1)])
    shared, run, last = store.runs.read_text().splitlines(keepends=True)
    store.runs.write_text(shared + made_up.line(content_of(run) | changes) + last)
    with pytest.raises(ValueError, match=f"runs.jsonl line 2: {said}") as refused:
        store.records()
    assert len(str(refused.value)) < 600 + len(str(tmp_path))


@pytest.mark.parametrize("missing", ["seconds", "measures", "seed", "of"])
def test_a_run_that_lacks_a_field_is_refused_by_number(tmp_path, config, missing):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    shared, run = store.runs.read_text().splitlines(keepends=True)
    rest = {name: value for name, value in content_of(run).items() if name != missing}
    store.runs.write_text(shared + made_up.line(rest))
    with pytest.raises(ValueError, match=f"line 2: {missing} is missing"):
        store.records()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"config": ["0"]}, r"config is \['0'\]"),
        ({"trainer": "magic"}, "trainer is 'magic'"),
        ({"settings": [1]}, r"settings is \[1\]"),
        ({"provenance": {}}, "provenance.versions is missing"),
        ({"provenance": {"versions": {}, "device": "cpu"}}, "provenance.versions is {}"),
        ({"seed": 1}, "seed is unknown"),  # it belongs to the run
        ({"settings": {"units": 5}}, "its name [0-9a-f]{8} is not the hash of what it says"),
    ],
)
def test_a_shared_line_that_is_none_is_refused_by_number(tmp_path, config, changes, said):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    shared, run = store.runs.read_text().splitlines(keepends=True)
    store.runs.write_text(made_up.line(content_of(shared) | changes) + run)
    for use in (store.records, store.writing().__enter__):
        with pytest.raises(ValueError, match=f"line 1: {said}"):
            use()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"loss": [1.0]}, "loss has 1 values for 2 epochs"),
        ({"accuracy": []}, "accuracy has 0 values for 2 epochs"),
        ({"loss": ["a", "b"]}, "loss.0 is 'a'"),
        ({"loss": None}, "loss is None"),
    ],
)
def test_a_history_that_no_figure_could_show_is_refused_by_number(tmp_path, config, changes, said):
    store = made_up.write(tmp_path, [made_up.record(config, 0)], {"loss": np.array([2.0, 1.0])})
    shared, curve = store.histories.read_text().splitlines(keepends=True)
    store.histories.write_text(shared + made_up.line(content_of(curve) | changes))
    with pytest.raises(ValueError, match=rf"histories.jsonl line 2: {said}"):
        store.curves()


def test_a_shared_line_may_stand_twice(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    shared, run = store.runs.read_text().splitlines(keepends=True)
    store.runs.write_text(shared + shared + run)
    assert len(store.records()) == 1


def test_no_flipped_bit_is_read_as_another_result(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    whole = store.runs.read_bytes()
    shared = whole.index(b"\n")
    for place, byte in enumerate(whole):
        for bit in range(8) if place > shared else [place % 8]:  # one of each byte is enough above, for time
            store.runs.write_bytes(whole[:place] + bytes([byte ^ 1 << bit]) + whole[place + 1 :])
            with pytest.raises(ValueError, match=rf"runs\.jsonl line {1 + (place > shared)}[: ]"):
                store.records()


def test_a_measure_of_another_kind_than_on_another_seed_is_refused(tmp_path, config):
    """A mean of a count and a text is none. Variants, and runs under other settings, may measure other things."""
    store = made_up.write(tmp_path, [made_up.record(config, seed) for seed in (0, 1)])
    text, before = {"measures": {"loss": Text("AB")}, "chance": {}, "lookup_table": {}}, store.runs.read_bytes()
    with pytest.raises(ValueError, match="seed 2 is not recorded: loss is a text, but a number of seed 0"):
        made_up.write(tmp_path, [made_up.record(config, 2, **text)])
    assert store.runs.read_bytes() == before
    made_up.write(
        tmp_path, [made_up.record(config, 2, "deaf", **text), made_up.record(config, 2, **text) | {"config": "other"}]
    )
    shared, run, last = before.decode().splitlines(keepends=True)
    said = {"measures": {"loss": "AB"}, "chance": {}, "lookup_table": {}}
    store.runs.write_text(shared + run + made_up.line(content_of(last) | said))
    with pytest.raises(ValueError, match=r"runs.jsonl line 3: loss is a text, but a number of seed 0"):
        store.records()


def test_a_run_that_could_not_be_read_again_is_not_written(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    before = store.runs.read_bytes()
    for wrong in (Count(26, 25), Text("\ud800")):
        with pytest.raises(ValueError, match="the run of seed 1 is not recorded: "):
            made_up.write(tmp_path, [made_up.record(config, 1) | {"measures": {"right": wrong}, "chance": {}}])
    assert store.runs.read_bytes() == before


def test_a_last_run_that_lacks_only_its_end_of_line_is_kept(tmp_path, config):
    """An editor may leave it out. The run is read, so it counts as there, and must not be dropped then."""
    store = made_up.write(tmp_path, [made_up.record(config, 0), made_up.record(config, 1)])
    store.runs.write_bytes(store.runs.read_bytes().removesuffix(b"\n"))
    made_up.write(tmp_path, [made_up.record(config, 2)])
    assert [record["seed"] for record in store.records()] == [0, 1, 2]


@pytest.mark.parametrize("damaged", ["[" * 100_000, '{"of":' * 100_000, '{"of":"00000000"', "\0" * 100])
def test_a_line_of_anything_is_refused_by_number_and_left(tmp_path, config, damaged):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    runs = store.runs.read_bytes()
    body = damaged.encode()
    for line in (damaged.encode(), body + b',"check":"%08x"}' % zlib.crc32(body)):
        store.runs.write_bytes(line + b"\n" + runs)
        for use in (store.records, store.writing().__enter__):
            with pytest.raises(ValueError, match=r"runs\.jsonl line 1: "):
                use()
        assert store.runs.read_bytes() == line + b"\n" + runs


@pytest.mark.parametrize("end", ["\0" * 50, "my notes", '{"of":"1"} {', '{"seed": 0}', "*"])
def test_a_last_line_that_is_no_beginning_of_a_run_is_refused_and_left(tmp_path, config, end):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    damaged = store.runs.read_bytes() + end.encode()
    store.runs.write_bytes(damaged)
    for use in (store.records, store.writing().__enter__):
        with pytest.raises(ValueError, match=r"runs\.jsonl line 3: "):
            use()
    assert store.runs.read_bytes() == damaged
    assert os.listdir(store.folder) == [store.runs.name] or not list(store.folder.glob("*.torn"))


def test_what_is_torn_is_kept_beside_the_runs(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    whole = store.runs.read_bytes()
    for torn in (b'{"of":"1234', '{"of":"…'.encode()[:-1]):
        store.runs.write_bytes(whole + torn)
        with store.writing():
            assert store.runs.read_bytes() == whole
    assert (store.folder / "runs.jsonl.torn").read_bytes() == b'{"of":"1234\n' + '{"of":"…'.encode()[:-1] + b"\n"


def test_line_ends_of_windows_are_read_and_continued(tmp_path, config):
    """As git may check the files out there."""
    store = made_up.write(tmp_path, [made_up.record(config, 0), made_up.record(config, 1)])
    windows = store.runs.read_bytes().replace(b"\n", b"\r\n")
    for end in (windows, windows.removesuffix(b"\n"), windows.removesuffix(b"\r\n")):
        store.runs.write_bytes(end)
        made_up.write(tmp_path, [made_up.record(config, 2)])
        assert [record["seed"] for record in store.records()] == [0, 1, 2]
        assert store.runs.read_bytes().startswith(end)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda runs: runs.replace(b"\n", b"\r"), "runs.jsonl line 1 holds a carriage return"),
        (lambda runs: runs.decode().encode("utf-16"), "runs.jsonl is in UTF-16"),
        (lambda runs: runs.decode().encode("utf-16-be"), "runs.jsonl line 1: "),
        (lambda runs: runs.decode().encode("utf-8-sig"), "runs.jsonl begins with a byte order mark"),
    ],
)
def test_a_file_in_another_form_is_refused_by_name_and_no_byte_is_lost(tmp_path, config, changed, said):
    store = made_up.write(tmp_path, [made_up.record(config, 0), made_up.record(config, 1)])
    other = changed(store.runs.read_bytes())
    store.runs.write_bytes(other)
    for use in (store.records, store.writing().__enter__):
        with pytest.raises(ValueError, match=said):
            use()
    assert store.runs.read_bytes() == other


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, config, make):
    store = Store(tmp_path, "0900_guess")
    store.folder.mkdir()
    make(store.runs)
    for use in (store.records, store.writing().__enter__):
        with pytest.raises(ValueError, match=r"runs.jsonl cannot be read: it is not a file"):
            use()


def test_a_pipe_in_the_place_of_what_is_torn_is_refused_and_nothing_is_cut(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    with store.runs.open("ab") as file:
        file.write(b'{"of":"1234')
    before = store.runs.read_bytes()
    os.mkfifo(store.folder / "runs.jsonl.torn")
    with pytest.raises(ValueError, match=r"runs.jsonl.torn cannot be written: it is not a file; move it away"):
        store.writing().__enter__()
    assert store.runs.read_bytes() == before


def test_a_file_of_runs_that_is_larger_than_the_bound_is_refused_at_once(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    os.truncate(store.runs, 20 * 2**30)  # a hole of zeros takes no place
    for use in (store.records, store.writing().__enter__):
        with pytest.raises(ValueError, match=r"runs.jsonl, 21,474,836,480 bytes: .* above the bound of 1 GiB"):
            use()


def test_a_long_line_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(checked, "LONGEST", 1000)
    store = Store(tmp_path, "0900_guess")
    store.folder.mkdir()
    store.runs.write_bytes(b'{"of":"' + b"0" * 5000)
    with pytest.raises(ValueError, match="line 1: it is longer than 1000 bytes"):
        store.records()


def test_a_second_writer_is_kept_out_though_the_lock_is_removed(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    with store.writing() as writer:
        (store.folder / ".lock").unlink()
        with pytest.raises(ValueError, match="another run is writing to it"), store.writing():
            pytest.fail("two writers at once")
        writer.append(made_up.record(config, 1))


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_another_program_changes_is_not_appended_to(tmp_path, config, replaced):
    """Where a folder cannot be locked, two runs would write the same seeds; and runs need the shared line above."""
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    with store.writing() as writer:
        writer.append(made_up.record(config, 1))
        other = store.runs.read_bytes()
        if replaced:
            store.runs.unlink()
        else:
            other += made_up.line(content_of(other.splitlines()[1]) | {"seed": 2}).encode()
            store.runs.write_bytes(other)
        with pytest.raises(ValueError, match=r"runs.jsonl was changed by another program"):
            writer.append(made_up.record(config, 2))
    assert not store.runs.exists() if replaced else store.runs.read_bytes() == other


def test_a_new_file_and_its_folder_reach_the_disk(tmp_path, config, monkeypatch):
    """After a power failure a file is there only if its folder was written too."""
    synced, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino) or fsync(file))
    store = made_up.write(tmp_path / "new" / "results", [made_up.record(config, 0)])
    assert {each.stat().st_ino for each in (store.runs, store.folder, *list(store.folder.parents)[:3])} <= set(synced)


def test_a_page_keeps_its_permissions_when_it_is_written_again(tmp_path):
    page = tmp_path / "REPORT.md"
    write_whole(page, "first")
    for mode in (0o640, 0o444):
        page.chmod(mode)
        write_whole(page, "again")
        assert page.stat().st_mode & 0o777 == mode
    assert page.read_text() == "again"


def test_a_link_in_the_place_of_a_page_stays_one(tmp_path):
    page, link = tmp_path / "site" / "page.md", tmp_path / "REPORT.md"
    link.symlink_to(page)
    for text in ("first", "again"):  # also where it points to nothing yet
        write_whole(link, text)
        assert (link.is_symlink(), page.is_symlink(), page.read_text()) == (True, False, text)
    page.unlink()
    page.symlink_to(link)
    with pytest.raises(ValueError, match="cannot be written: it is a link to itself"):
        write_whole(link, "text")
    assert link.is_symlink()


def test_a_page_is_on_the_disk_before_it_takes_the_place_of_the_old_one(tmp_path, monkeypatch):
    """And then its name: otherwise a power failure may leave an empty page, or none."""
    done, fsync, replace = [], os.fsync, type(tmp_path).replace
    monkeypatch.setattr(os, "fsync", lambda file: done.append(os.fstat(file).st_ino) or fsync(file))
    monkeypatch.setattr(type(tmp_path), "replace", lambda draft, path: done.append("moved") or replace(draft, path))
    write_whole(tmp_path / "new" / "REPORT.md", "text")
    folder = tmp_path / "new"
    made, text, named = (path.stat().st_ino for path in (tmp_path, folder / "REPORT.md", folder))
    assert done == [made, text, "moved", named]


def test_what_a_killed_process_left_of_a_page_is_removed(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    page, others = (
        tmp_path / "REPORT.md",
        [f".REPORT.md.{os.getppid()}{DRAFT}", f".REPORT.md.mine{DRAFT}", ".REPORT.md.1"],
    )
    others.append(f".REPORT.md.{gone.pid}.draft")  # somebody else's
    old = f".REPORT.md.0{os.getppid()}{DRAFT}"  # a process with this number lives, but did not write it
    for name in [f".REPORT.md.{gone.pid}{DRAFT}", old, *others]:
        (tmp_path / name).write_text("half")
    os.utime(tmp_path / old, (0, 0))
    write_whole(page, "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([page.name, *others])


def test_two_threads_that_write_one_file_do_not_mix_it(tmp_path):
    path, texts = tmp_path / "page.md", ["a" * 5000, "b" * 5000]

    def write(text):
        for _ in range(40):
            write_whole(path, text)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, texts))
    assert path.read_text() in texts
    assert [each.name for each in tmp_path.iterdir()] == ["page.md"]


def test_what_a_git_says_that_is_no_revision_is_unknown(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, stdout=b"\xff\n"))
    assert results._git_revision.__wrapped__() == "unknown-dirty"


def test_the_revision_is_that_of_this_checkout_also_within_a_git_hook(monkeypatch):
    revision = results._git_revision.__wrapped__()
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    assert results._git_revision.__wrapped__() == revision
