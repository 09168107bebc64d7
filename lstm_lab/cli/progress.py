"""What moves in a terminal while a request runs: the seeds that are done, and the epochs of those under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Lock

from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from lstm_lab.cli.console import console
from lstm_lab.cli.interrupts import interrupts
from lstm_lab.probes import Measure
from lstm_lab.suite.results import Record
from lstm_lab.suite.running import Progress
from lstm_lab.suite.settings import MAIN

SEEDS_SHOWN = 4  # a bar each; of more seeds under way these are enough
WIDE = 100  # columns in which the accuracy has room beside the loss


class Watch(Progress):
    """A bar over the seeds, and one over the epochs of each seed under way; the answers of the last seed."""

    def __init__(self) -> None:
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            expand=True,
        )
        self._lock = Lock()  # epochs are told from several threads
        self._seeds, self._keep_epochs = TaskID(0), True
        self._epochs: dict[int, TaskID] = {}  # seed → its bar
        self.answers: dict[str, Measure] = {}

    def __enter__(self):
        self._bars.start()
        return self

    def __exit__(self, *exception):
        self._bars.stop()

    @contextmanager
    def stopping(self, stop: Event) -> Iterator[None]:
        with interrupts.gently(stop):
            yield
        interrupts.check()  # it came after the last seed

    def begin(self, experiment, missing: Mapping[str, int]) -> None:
        interrupts.check()
        seeds, variants = sum(missing.values()), list(missing)
        name = experiment.id
        if variants != [MAIN]:
            name += f" {variants[0]}" if len(variants) == 1 else f", {len(variants)} variants"
        if not seeds:
            console.print(f"{name}: every run asked for is there already; --again repeats them")
            return
        self._seeds = self._bars.add_task(f"{name} seeds", total=seeds, note="")
        self._keep_epochs = seeds == 1

    def note(self, text: str) -> None:
        console.print(text)

    def epoch(self, seed: int, done: float, epochs: int, logs: dict[str, float]) -> None:
        interrupts.check()
        with self._lock:
            if seed not in self._epochs:
                if len(self._epochs) == SEEDS_SHOWN:
                    return
                self._epochs[seed] = self._bars.add_task(f"seed {seed}, epochs", total=epochs, note="")
            shown = list(logs)[: 2 if console.width >= WIDE else 1] if done >= 1 else []
            note = "  ".join(f"{name} {logs[name]:.4f}" for name in shown)
            self._bars.update(self._epochs[seed], completed=done, note=note)

    def seed(self, record: Record, measures: dict[str, Measure]) -> None:
        with self._lock:
            bar = self._epochs.pop(record["seed"], None)
        if bar is not None and not self._keep_epochs:
            self._bars.remove_task(bar)
        self._bars.advance(self._seeds)
        self.answers = measures
        interrupts.check()


class SweepWatch(Watch):
    """One bar over all runs of a sweep, in which a run has the length of the time it takes.

    costs  variant → seconds that one of its runs takes, about
    """

    def __init__(self, costs: Mapping[str, float]):
        super().__init__()
        self._costs, self._runs, self.done, self.failures = costs, 0, 0, 0
        self._bars.columns = tuple(each for each in self._bars.columns if not isinstance(each, MofNCompleteColumn))

    def begin(self, experiment, missing: Mapping[str, int]) -> None:
        interrupts.check()
        self._runs = sum(missing.values())
        total = sum(self._costs[variant] * runs for variant, runs in missing.items())
        self._seeds = self._bars.add_task(experiment.id, total=total, note="")

    def epoch(self, seed: int, done: float, epochs: int, logs: dict[str, float]) -> None:
        interrupts.check()

    def seed(self, record: Record, measures: dict[str, Measure]) -> None:
        self._one(record)

    def failed(self, record: Record) -> None:
        self.failures += 1
        self._one(record)

    def _one(self, record: Record) -> None:
        self.done += 1
        failed = f", {self.failures} failed" if self.failures else ""
        self._bars.update(
            self._seeds, advance=self._costs[record["variant"]], description=f"{self.done} of {self._runs} runs{failed}"
        )
        interrupts.check()
