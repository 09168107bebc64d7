"""A run that is killed at any moment and started again: nothing lost, nothing twice, nothing corrupt."""

import json
import random
import shutil
import signal
import subprocess
import time
from collections import Counter

import made_up
import outside
import pytest

pytestmark = pytest.mark.slow
KILLS = 60 if outside.LONG else 3
SEEDS = 3000


def keys(path):
    """How often each seed stands in a file of runs."""
    return Counter(run["seed"] for run in map(json.loads, path.read_text().splitlines()) if "seed" in run)


def test_kills_at_random_moments_lose_and_repeat_nothing(tmp_path):
    folder, moments = made_up.checkout(tmp_path), random.Random(0)
    run = ("run", "0910", "--seeds", str(SEEDS))
    began = time.perf_counter()
    assert outside.lab(folder, *run, "--results", "whole")[0] == 0
    takes = time.perf_counter() - began
    kills = recorded = 0
    runs = folder / "killed" / "0910_coin" / "runs.jsonl"
    while kills < KILLS:
        process = outside.start(folder, *run, "--results", "killed")
        try:
            process.communicate(timeout=moments.uniform(0.3, 0.9) * takes)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
        found = len(whole_lines(runs))
        assert found >= recorded, "a run that was recorded is gone"
        recorded = found
        if process.returncode == 0:  # all is there before the next kill: begin anew
            shutil.rmtree(folder / "killed")
            recorded = 0
    assert outside.lab(folder, *run, "--results", "killed")[0] == 0
    assert set(keys(runs).values()) == {1}
    whole, killed = (outside.lab(folder, "export", "0910", "--results", each)[1] for each in ("whole", "killed"))
    assert len(whole.splitlines()) == SEEDS
    assert whole == killed
    assert not [path for path in (folder / "killed").rglob(".*") if path.name not in (".lock", ".gitignore")]


def whole_lines(path):
    """The seeds of the lines that are not torn."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [run["seed"] for run in map(json.loads, lines) if "seed" in run]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_with_one_line_and_keeps_what_is_there(tmp_path, number):
    folder = made_up.checkout(tmp_path)
    process = outside.start(folder, "run", "0910", "--seeds", "30000", "--results", "runs")
    runs = folder / "runs" / "0910_coin" / "runs.jsonl"
    for _ in range(1000):
        if runs.exists() and runs.read_bytes().count(b"\n") > 50:
            break
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=outside.TIMEOUT)
    assert process.returncode == 128 + number
    assert len(err.strip().splitlines()) == 1
    kept = len(keys(runs))
    assert f"interrupted: {kept} of 30000 seeds are kept" in err


def test_five_writers_at_once_write_each_run_once(tmp_path):
    folder = made_up.checkout(tmp_path)
    for _ in range(6 if outside.LONG else 1):
        shutil.rmtree(folder / "runs", ignore_errors=True)
        writers = [outside.start(folder, "run", "0910", "--seeds", "500", "--results", "runs") for _ in range(5)]
        ended = [(*writer.communicate(timeout=outside.TIMEOUT), writer.returncode) for writer in writers]
        for _, err, status in ended:
            assert status == 0 or (status == 2 and "another run is writing to it" in err)
        assert any(status == 0 for *_, status in ended)
        found = keys(folder / "runs" / "0910_coin" / "runs.jsonl")
        assert set(found.values()) == {1}
        assert len(found) == 500
