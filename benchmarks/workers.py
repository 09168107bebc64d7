"""Processes and a Dask cluster: what a second worker gains, and what sending runs to workers costs.

    python benchmarks/workers.py [--quick]

A scheduler and its workers are processes of this machine, on loopback. Nothing else should run here meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from threading import Event

import table
from threadpoolctl import threadpool_limits

from lstm_lab.suite import catalogue
from lstm_lab.suite.dispatch import Failed, trained
from lstm_lab.suite.engines import Engine, Part, Processes
from lstm_lab.suite.engines.cluster import Cluster
from lstm_lab.suite.planning import Request, planned
from lstm_lab.suite.training import outcomes
from lstm_lab.trainers.kept import keep_programs

EXPERIMENT = "0110"
GRID = {"units": [16, 32, 64]}
TASKS = 1000
ROUNDS = 3
TIMES, SHARE = 1.8, 0.02  # the project's targets: two workers against one, and what a worker takes more


def main() -> None:
    arguments = table.options(__doc__, "a twentieth of the runs").parse_args()
    keep_programs()
    less = 20 if arguments.quick else 1
    declared = catalogue.load(catalogue.find(EXPERIMENT)).over(GRID)
    cells = tuple(declared.config.cells())
    sweep = Request(seeds=tuple(range(120 // less)), variants=cells)
    tasks = Request(seeds=tuple(range(TASKS // len(cells) // less)))
    engines = {"processes": _processes, "Dask": _dask}
    rounds = []
    for _ in range(ROUNDS):  # one after the other, so that a slow minute of the machine meets them all
        seconds = {"here": _alone(planned(declared, tasks, weigh=True))}
        for name, engine in engines.items():
            for workers in (1, 2):
                seconds[f"{name} {workers}"] = _measured(engine, workers, planned(declared, sweep, weigh=True))
            seconds[f"{name} tasks"] = _measured(engine, 1, planned(declared, tasks, weigh=True))
        rounds.append(seconds)
    wall = {name: median(seconds[name] for seconds in rounds) for name in rounds[0]}
    gains, costs = [], []
    for name in engines:
        one, two = wall[f"{name} 1"], wall[f"{name} 2"]
        gains.append([name, *(table.figure(each) for each in (one, two, one / two)), _met(one / two >= TIMES)])
        share = wall[f"{name} tasks"] / wall["here"] - 1
        costs.append(
            [name, *map(table.figure, (wall["here"], wall[f"{name} tasks"])), f"{share:.1%}", _met(share < SHARE)]
        )
    table.write(
        "workers",
        "Two workers against one, and what sending costs",
        ["engine", "one worker, s", "two workers, s", "times", f"{TIMES} or more"],
        gains,
        f"{len(cells)} cells of {EXPERIMENT} with {len(sweep.seeds)} seeds each. All workers have started and have "
        f"trained one run of each cell before the clock starts. Nothing is recorded. Medians of {ROUNDS} rounds.",
        [
            f"## {len(cells) * len(tasks.seeds):,} runs on one worker",
            table.markdown(["engine", "in this process, s", "on a worker, s", "more", f"below {SHARE:.0%}"], costs),
            "In this process the same runs are made one after the other, and nothing is sent.",
        ],
    )


def _alone(parts: list[Part]) -> float:
    """Wall seconds of all runs of some parts, one after the other, in this process."""
    for part in parts:
        outcomes(part.experiment, part.settings, part.stamps[:1], told=_nothing, device="cpu")
    began = time.perf_counter()
    with threadpool_limits(1, user_api="blas"):  # as in a worker
        for part in parts:
            outcomes(part.experiment, part.settings, part.stamps, told=_nothing, device="cpu")
    return time.perf_counter() - began


def _met(met: bool) -> str:
    return "yes" if met else "no"


def _measured(engine: Callable, workers: int, parts: list[Part]) -> float:
    """Wall seconds of all runs of some parts, on workers that are warm."""
    with engine(workers) as where:
        for part in parts:  # each worker compiles each program
            while len(where.slots(workers)) < workers:
                time.sleep(0.1)
            stop = Event()
            sent = [where.submit(slot, part, part.stamps[:1], _nothing, stop) for slot in where.slots(workers)]
            for future in sent:
                future.result()
        began = time.perf_counter()
        for _, outcome in trained({part: part.stamps for part in parts}, where, _nothing, Event()):
            assert not isinstance(outcome, Failed)
        return time.perf_counter() - began


def _nothing(*so_far) -> None: ...


@contextmanager
def _processes(workers: int) -> Iterator[Engine]:
    with Processes(workers, device="cpu") as engine:
        yield engine


@contextmanager
def _dask(workers: int) -> Iterator[Engine]:
    """A cluster of its own, which ends with the block."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder, "scheduler.json")
        shared = ("--scheduler-file", str(file), "--no-dashboard", "--host", "127.0.0.1")
        stack.enter_context(_started(folder, "scheduler", "--port", "0", *shared))
        while not (file.exists() and file.read_bytes()):
            time.sleep(0.1)
        for _ in range(workers):
            stack.enter_context(_started(folder, "worker", "--nthreads", "1", "--no-nanny", *shared))
        with Cluster(_address(file), "cpu") as engine:
            yield engine


def _address(file: Path) -> str:
    return json.loads(file.read_text())["address"]


@contextmanager
def _started(folder: str, program: str, *options: str) -> Iterator[None]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
