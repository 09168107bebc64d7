"""Large folders of runs: how long 100,000 of them take to be read, reported and exported, and in how much memory.

    python benchmarks/size.py [--quick]

The runs are those of one sweep, 1,000 cells with 100 seeds each, and their measures are made up. They are written
without waiting for the disk. Each figure is of a process of its own, its start-up left out.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import table

from lstm_lab.judging.measures import Count, Number, Text
from lstm_lab.report import pages, tidy
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.grid import Grid
from lstm_lab.suite.results import Store

NAME = "0256_echo_lags"
MEASURES = 3  # counts; and two numbers and a text
STEPS = 50  # epochs in a history


def write(folder: Path, grid: Grid, seeds: int) -> int:
    """Write the runs of a made-up sweep; returns how many."""
    config, draws = catalogue.config(NAME).over(grid), random.Random(0)
    history = {"loss": np.linspace(1, 0, STEPS), "accuracy": np.linspace(0, 1, STEPS)}
    os.fsync = lambda _: None
    with Store(folder, NAME).writing() as writer:
        for cell in config.cells():
            settings = config.resolve(cell)
            shared = {
                "experiment": NAME,
                "config": config.hash(settings),
                "variant": cell,
                "trainer": "compiled",
                "start": "scheduled",
                "chance": {f"right_{each}": 10.0 for each in range(MEASURES)},
                "lookup_table": {f"right_{each}": 10 for each in range(MEASURES)},
                "seconds": 1.25,
                "settings": settings.recorded(),
                "provenance": {"versions": {"numpy": np.__version__}, "device": "cpu", "date": "2026-01-01"},
            }
            for seed in range(seeds):
                measures = {f"right_{each}": Count(draws.randint(0, 1000), 1000) for each in range(MEASURES)}
                measures |= {
                    "loss": Number(draws.random()),
                    "epochs": Number(draws.randint(1, 4000)),
                    "said": Text("AB"),
                }
                writer.append(shared | {"seed": seed, "measures": measures}, history)
    return seeds * len(config.cells())


def read(folder: Path) -> None:
    Store(folder, NAME).records()


def report(folder: Path) -> None:
    pages.write(NAME, Recorded(folder))


def export(folder: Path) -> None:
    tidy.write(folder / "runs.csv", tidy.frame(Recorded(folder).records(NAME)))


def measured(action: Callable[[Path], None], folder: Path) -> tuple[float, float]:
    """Seconds and the process's peak memory in MiB."""
    began = time.perf_counter()
    action(folder)
    seconds, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return seconds, peak / (2**20 if sys.platform == "darwin" else 2**10)


def alone(function: Callable, *arguments):
    """Call a function in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def main() -> None:
    quick = table.options(__doc__, "100 runs").parse_args().quick
    grid = {"units": list(range(1, 6 if quick else 51)), "epochs": list(range(100, 300, 100 if quick else 10))}
    with tempfile.TemporaryDirectory() as folder:
        runs = alone(write, Path(folder), grid, 10 if quick else 100)
        size = (Path(folder) / NAME / "runs.jsonl").stat().st_size / 2**20
        actions = {"read all runs": read, "write the report with its figures": report, "export --tidy as CSV": export}
        rows = []
        for name, action in actions.items():
            seconds, peak = alone(measured, action, Path(folder))
            rows.append([name, table.figure(seconds), table.figure(peak)])
    table.write(
        "size",
        f"{runs:,} runs of one experiment",
        ["what is done", "seconds", "peak memory, MiB"],
        rows,
        f"The file of runs has {table.figure(size)} MiB: {runs:,} runs in {len(grid['units']) * len(grid['epochs']):,} "
        f"cells, each with {MEASURES + 3} measures; the first 10 seeds of each cell have histories.",
    )


if __name__ == "__main__":
    main()
