"""What a run looks like in a terminal: the framed samples, a progress bar, the answers, one table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from lstm_lab.framing import Framed
from lstm_lab.probes import Measure
from lstm_lab.report import tables
from lstm_lab.results import Record
from lstm_lab.running import Progress
from lstm_lab.settings import MAIN, Config

console = Console(highlight=False, soft_wrap=False, markup=False)  # brackets are what users typed
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def framed_table(framed: Framed, rows: int = 5) -> Group:
    """The first framed samples: symbols, the numbers the network sees, the target."""
    kind = "codes" if framed.codec and framed.codec.coding == "embedding" else "float32"
    names = ("sample", "time step", "feature")
    shape = ", ".join(f"{n} {name}{'s' * (n > 1)}" for n, name in zip(framed.shape, names, strict=True))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("sample", "symbols", "x", "y"):
        table.add_column(column)
    for i in range(min(rows, framed.epoch_samples)):
        symbols = framed.codec.text(framed.inputs[i]) if framed.codec else "numbers"
        x = framed.x(slice(i, i + 1))[0]
        table.add_row(str(i), symbols, _numbers(x), _target(framed, i))
    return _titled(f"x [{shape}] {kind}", table)


def _numbers(x) -> str:
    """[time steps, features] in few words: one-hot rows by where they are hot."""
    if x.ndim == 1:
        return f"codes {x.tolist()}"
    if x.shape[1] > 8:
        hot = [str(row.argmax()) if row.max() == 1 and row.sum() == 1 else f"all {row[0]:g}" for row in x]
        return f"{len(x)} one-hot row{'s' * (len(x) > 1)}, hot at " + _few(hot)
    return _few(["[" + " ".join(f"{v:.3f}" for v in row) + "]" for row in x])


def _few(parts: Sequence[str], most: int = 6) -> str:
    return " ".join(parts) if len(parts) <= most else " ".join([*parts[:2], "…", *parts[-3:]])


def _target(framed: Framed, sample: int) -> str:
    if framed.answers is None:
        return " ".join(f"{v:.3f}" for v in framed.targets[sample].ravel()[:6])
    return framed.answers.text(framed.targets[sample])


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


def show_answers(answers: dict[str, Measure]) -> None:
    """What one trained network answered, in symbols."""
    for name, measure in answers.items():
        if measure.lines:
            console.print(name, style="bold")
            for line in measure.lines:
                console.print(f"  {line}", markup=False)


def result_table(config: Config, measured: Sequence[Record], recorded: Sequence[Record], title: str) -> Group:
    """Published, recorded and just measured figures, chance and what a memoryless guesser gets."""
    published = all(record["variant"] == MAIN for record in measured)
    return _titled(title, plain_table(tables.result(config, measured, recorded, published)))


def plain_table(table: tables.Table) -> Table:
    """A table for a terminal of 80 columns: count, percent and interval each on a line of their own."""
    shown = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for column in table.header:
        shown.add_column("memory-\nless" if column == "memoryless" else column, overflow="fold")
    for name, *cells in table.rows:
        shown.add_row(
            _folded(name), *(cell.replace(" (", "\n(").replace(", ", "\n") for cell in cells), end_section=True
        )
    return shown


def _folded(name: str, width: int = 14) -> str:
    """A long name on several lines, broken at its underscores."""
    lines = [""]
    for part in re.findall(r"[^_]*_?", name):
        if lines[-1] and len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _titled(title: str, table: Table) -> Group:
    """A title above a table, free of the table's width."""
    return Group(Text(title, style="bold"), table)
