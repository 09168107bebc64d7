"""What runs leave behind: resumable, canonical, whole."""

import json
import subprocess
import sys

import made_up
import numpy as np
import pytest

from lstm_lab.judging.measures import Count
from lstm_lab.suite.results import HISTORY_SEEDS, Store, canonical, key


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
    assert store.runs.read_bytes().startswith(whole + b'{"experiment"')
    assert [record["seed"] for record in store.records()] == [0, 1]


def test_damaged_line_in_the_middle_is_refused_by_number_and_left_alone(tmp_path, config):
    store = made_up.write(tmp_path, [made_up.record(config, seed) for seed in range(3)])
    lines = store.runs.read_text().splitlines()
    damaged = "\n".join([lines[0], lines[1][:40], lines[2]]) + "\n"
    store.runs.write_text(damaged)
    with pytest.raises(ValueError, match="line 2 is not a run"):
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


def test_lines_are_plain_json_with_the_names_of_the_file_format(tmp_path, config):
    line = json.loads(made_up.write(tmp_path, [made_up.record(config, 0)]).runs.read_text())
    assert line["measures"] == {"right": [9, 10], "said": "AB", "loss": 0.5}
    assert line["memoryless"] == {"right": 5}
    assert "lookup_table" not in line
    assert '"memoryless": {"right": 5}' in canonical([made_up.record(config, 0)])


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
