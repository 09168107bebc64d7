"""What moves in a terminal while a request runs: seeds, and epochs."""

from __future__ import annotations

from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from lstm_lab.cli.console import console
from lstm_lab.probes import Measure
from lstm_lab.suite.results import Record
from lstm_lab.suite.running import Progress
from lstm_lab.suite.settings import MAIN


class Watch(Progress):
    """A progress bar over seeds, and over epochs where a trainer reports them; the answers of a single seed."""

    def __init__(self, epochs_too: bool):
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
        )
        self._epochs_too = epochs_too
        self._seeds: Any = None
        self._epochs: Any = None
        self.answers: dict[str, Measure] = {}

    def __enter__(self):
        self._bars.start()
        return self

    def __exit__(self, *exception):
        self._bars.stop()

    def begin(self, experiment, variant: str, seeds: int) -> None:
        name = experiment.id if variant == MAIN else f"{experiment.id} {variant}"
        if not seeds:
            console.print(f"{name}: every run asked for is there already; --again repeats them")
            return
        self._seeds = self._bars.add_task(f"{name} seeds", total=seeds, note="")
        if self._epochs_too:
            self._epochs = self._bars.add_task(f"{name} epochs", total=None, note="")

    def epoch(self, done: int, epochs: int, logs: dict[str, float]) -> None:
        note = "  ".join(f"{name} {value:.4f}" for name, value in logs.items())
        self._bars.update(self._epochs, completed=done, total=epochs, note=note)

    def seed(self, record: Record, measures: dict[str, Measure]) -> None:
        self._bars.advance(self._seeds)
        self.answers = measures
