"""What runs leave behind: resumable, canonical, whole."""

import json
import subprocess
import sys

import made_up
import numpy as np
import pytest

from lstm_lab.judging.measures import Count
from lstm_lab.suite.results import HISTORY_SEEDS, Store, canonical, key

SHARED = ("experiment", "config", "variant", "trainer", "start", "settings", "provenance", "chance", "lookup_table")


@pytest.fixture
def config(tmp_path):
    return made_up.guess(made_up.checkout(tmp_path))


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
    store.runs.write_bytes(whole + b'{"experiment": "0900_guess", "conf')
    assert len(store.records()) == 1
    made_up.write(tmp_path, [made_up.record(config, 1)])
    assert store.runs.read_bytes().startswith(whole + b'{"of"')
    assert [record["seed"] for record in store.records()] == [0, 1]


def test_damaged_line_in_the_middle_is_refused_by_number_and_left_alone(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, seed) for seed in range(3)])
    lines = store.runs.read_text().splitlines()
    damaged = "\n".join([*lines[:2], lines[2][:40], lines[3]]) + "\n"
    store.runs.write_text(damaged)
    with pytest.raises(ValueError, match="line 3 is not a run"):
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
    assert lines[1].endswith('"seed":0,"loss":[0.1235,2],"accuracy":[0.5,NaN]}')
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
    with pytest.raises(ValueError, match=r"line 3 is not a run, or its shared line is not above it: repair or delete"):
        store.records()


def test_a_damaged_shared_line_is_refused_by_number_when_read_and_before_anything_is_run(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    lines = store.runs.read_text().splitlines(keepends=True)
    store.runs.write_text(lines[0][:60] + "\n" + lines[1])
    with pytest.raises(ValueError, match="line 1 is not a run"):
        store.records()
    with pytest.raises(ValueError, match="line 1 is not a run"), store.writing():
        pytest.fail("the folder was opened for writing")


def test_the_lines_of_two_files_can_be_put_into_one(tmp_path, config):
    one = made_up.write(tmp_path / "one", [made_up.record(config, 0), made_up.record(config, 0, "deaf")])
    two = made_up.write(tmp_path / "two", [made_up.record(config, 1, "deaf"), made_up.record(config, 1)])
    apart = [*one.records(), *two.records()]
    one.runs.write_bytes(one.runs.read_bytes() + two.runs.read_bytes())
    assert one.records() == apart


def test_a_line_torn_within_a_letter_of_several_bytes_is_dropped_too(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    store.runs.write_bytes(store.runs.read_bytes() + '{"experiment": "…'.encode()[:-1])
    assert [record["seed"] for record in store.records()] == [0]


def test_a_whole_line_that_is_no_run_is_refused(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    store.runs.write_bytes(b"{}\n" + store.runs.read_bytes())
    with pytest.raises(ValueError, match="line 1 is not a run"):
        store.records()


def test_a_file_of_runs_that_cannot_be_written_is_refused_before_anything_is_run(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    store.histories.unlink(missing_ok=True)
    store.histories.mkdir()
    with pytest.raises(ValueError, match=r"histories.jsonl cannot be written"), store.writing():
        pytest.fail("the folder was opened for writing")


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": "0"},
        {"seed": None},
        {"seed": [0]},
        {"seed": 0.5},
        {"seed": True},
        {"config": ["0"]},
        {"measures": {"right": True}},
        {"measures": {"right": [11, 10]}},
        {"measures": {"right": "AB"}},
        {"measures": {"right": [0, 0]}},
        {"chance": None},
        {"chance": {"right": "1"}},
        {"lookup_table": [1]},
        {"seconds": "0.25"},
        {"provenance": {}},
    ],
)
def test_a_run_that_no_report_could_show_is_refused_by_number(tmp_path, config, changes):
    store = made_up.write(tmp_path, [made_up.record(config, 0), made_up.record(config, 1)])
    shared, run, last = store.runs.read_text().splitlines()
    store.runs.write_text("\n".join([shared, json.dumps(json.loads(run) | changes), last]) + "\n")
    with pytest.raises(ValueError, match="line 2 is not a run"):
        store.records()


@pytest.mark.parametrize("missing", ["seconds", "measures", "seed", "of"])
def test_a_run_that_lacks_a_field_is_refused_by_number(tmp_path, config, missing):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    shared, run = store.runs.read_text().splitlines()
    rest = {name: value for name, value in json.loads(run).items() if name != missing}
    store.runs.write_text(f"{shared}\n{json.dumps(rest)}\n")
    with pytest.raises(ValueError, match="line 2 is not a run"):
        store.records()


def test_two_shared_lines_of_one_name_are_refused_unless_they_are_the_same(tmp_path, config):
    """Else the runs below the second would count as another variant's."""
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    shared, run = store.runs.read_text().splitlines()
    store.runs.write_text("\n".join([shared, shared, run]) + "\n")
    assert len(store.records()) == 1
    store.runs.write_text("\n".join([shared, shared.replace('"main"', '"deaf"'), run]) + "\n")
    with pytest.raises(ValueError, match="line 2 is not a run"):
        store.records()


def test_a_last_run_that_lacks_only_its_end_of_line_is_kept(tmp_path, config):
    """An editor may leave it out. The run is read, so it counts as there, and must not be dropped then."""
    store = made_up.write(tmp_path, [made_up.record(config, 0), made_up.record(config, 1)])
    store.runs.write_bytes(store.runs.read_bytes().removesuffix(b"\n"))
    made_up.write(tmp_path, [made_up.record(config, 2)])
    assert [record["seed"] for record in store.records()] == [0, 1, 2]


def test_a_line_of_brackets_is_refused_by_number(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, 0)])
    store.runs.write_bytes(b"[" * 100_000 + b"\n" + store.runs.read_bytes())
    with pytest.raises(ValueError, match="line 1 is not a run"):
        store.records()
