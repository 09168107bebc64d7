"""What a run looks like in a terminal: the framed samples, the answers, one table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Order
from lstm_lab.judging.measures import Count
from lstm_lab.judging.measures import Text as Said
from lstm_lab.probes import SHOWN, Measure
from lstm_lab.report import tables
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import KERAS1, MAIN, Config

_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_PICTURES |= {code: ord("�") for code in (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def visible(text: str) -> str:
    """Text with a visible sign in the place of each control character, so that it cannot steer the terminal.

    >>> visible("\x1b[31mred")
    '␛[31mred'
    """
    return text.translate(_PICTURES)


class _Console(Console):
    """All that commands print goes through here: texts of data, records and settings, which may hold anything."""

    def render_str(self, text: str, **options) -> Text:
        return super().render_str(visible(text), **options)

    def render(self, renderable, options=None):
        if isinstance(renderable, Text):
            renderable.plain = visible(renderable.plain)
        return super().render(renderable, options)


console = _Console(highlight=False, soft_wrap=False, markup=False)  # brackets are what users typed

LONGEST_CELL, LONGEST_NAME = 16, 24  # characters: a longer text is a block, a longer name may be broken anywhere


def framed_table(framed: Framed, rows: int = 5, resets: np.ndarray | None = None, more: str = "more rows") -> Group:
    """The first framed samples: symbols, the numbers the network sees, the target; and where state is forgotten.

    resets  bool [samples of an epoch]: before which samples the state is set to zero; None: it is not carried
    more    what shows more of them
    """
    kind = "codes" if framed.codec and framed.codec.coding == "embedding" else "float32"
    x_shape = _shape(framed.shape, ("sample", "time step", "feature"))
    flat = framed.target_codec is None and framed.targets.ndim == 2
    y_shape = _shape((framed.per_epoch, *framed.targets.shape[1:]), ("sample", *_OUTPUTS[flat]))
    shown = min(rows, framed.per_epoch)
    columns: dict[str, list[str]] = {"sample": [str(i) for i in range(shown)]}
    if resets is not None:
        columns["state"] = ["reset" if reset else "" for reset in resets[:shown]]
    if framed.codec is not None:
        columns["symbols"] = [framed.codec.text(framed.inputs[i]) for i in range(shown)]
    columns["x"] = [_numbers(framed.x(slice(i, i + 1))[0]) for i in range(shown)]
    columns["y"] = [_target(framed, i) for i in range(shown)]
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*cells)
    legend = f"one row is a sample; {_legend(framed)}"
    if resets is not None:
        legend += '; "reset": the state is set to zero before that sample'
    rest = f"; {more} for more" if shown < framed.per_epoch else ""
    wanted = "float32" if framed.target_codec is None else f"one of {framed.target_codec.classes} classes"
    title = Text(f"x [{x_shape}] {kind}\ny [{y_shape}] {wanted}", style="bold")
    return Group(title, table, Text(legend), Text(f"{shown} of {framed.per_epoch} samples{rest}"))


_OUTPUTS = {False: ("output step", "output"), True: ("output",)}


def _shape(sizes: Sequence[int], names: Sequence[str]) -> str:
    return ", ".join(f"{n} {name}{'s' * (n > 1)}" for n, name in zip(sizes, names, strict=False))


def _legend(framed: Framed) -> str:
    """What in a row is a time step, and what a feature, as `_numbers` writes them."""
    if framed.codec is not None and framed.codec.coding == "embedding":
        return "one code is a time step"
    if framed.features > 8:
        return '"hot at" has for each time step the feature that is 1'
    return "one [bracket] is a time step, the numbers in it are its features"


def resets(order: Order, framed: Framed, batch_size: int) -> np.ndarray | None:
    """Before which samples of an epoch, in their own order, the state is set to zero: bool [samples of an epoch].

    None where no state is carried at all.
    """
    if not order.carries:
        return None
    schedule = replace(order, shuffle="no").schedule(framed, 1, batch_size)
    first = np.zeros(framed.per_epoch, bool)
    first[schedule.batches[schedule.reset_before]] = True
    return first


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
    if framed.target_codec is None:
        return " ".join(f"{v:.3f}" for v in framed.targets[sample].ravel()[:6])
    return framed.target_codec.text(framed.targets[sample])


def show_answers(answers: dict[str, Measure]) -> None:
    """What one trained network answered, in symbols."""
    if any(measure.lines for measure in answers.values()):
        console.print("input → answer   (wanted, where wrong)")
    for name, measure in answers.items():
        if measure.lines:
            console.print(name, style="bold")
            for line in measure.lines:
                console.print(f"  {line}")
            asked = measure.value.asked if isinstance(measure.value, Count) else 0
            if len(measure.lines) == SHOWN < asked:
                console.print(f"  … these are the first {SHOWN} samples; answers counted in all: {asked}")


def listing(rows: Sequence[tuple[str, str, str, str, str]]) -> Iterator[Text | Table]:
    """(id, title, source, published, recorded) → a heading and a table for each source document, in order."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for id, title, source, *figures in rows:
        counts = [re.match(r"[\d.]+/\d+|\d+ of \d+ seeds all right", cell) for cell in figures]
        short = [
            count.group().replace(" seeds", "") if count else cell for count, cell in zip(counts, figures, strict=True)
        ]
        groups.setdefault(source.split(",")[0], []).append((id, title, *short))
    for source, lines in groups.items():
        yield Text(source, style="bold")
        table = Table("id", "title", "published", "recorded", box=None, padding=(0, 1, 0, 0), expand=True)
        for column, width in zip(table.columns, (4, None, 9, 21), strict=True):
            column.width, column.ratio, column.no_wrap = width, None if width else 1, True
        for line in lines:
            table.add_row(*line)
        yield table


def result_table(config: Config, measured: Sequence[Record], recorded: Sequence[Record], title: str) -> Group:
    """Published, recorded and just measured figures, and the baselines: chance and the lookup table."""
    published = all(record["variant"] in (MAIN, KERAS1) for record in measured)
    rows = tables.result(config, tables.once(measured), tables.once(recorded), published)
    texts = {name for record in [*measured, *recorded] for name, v in record["measures"].items() if isinstance(v, Said)}
    long = [row for row in rows if row["measure"] in texts and max(map(len, [*row.values()][1:])) > LONGEST_CELL]
    short = tables.compact([row for row in rows if row not in long])
    parts: list[Any] = [plain_table(short)] if short else []
    return Group(Text(title, style="bold"), *parts, *map(_block, long))


def _block(row: dict[str, str]) -> Text:
    """A measure whose text is too long for a column: each different text on lines of its own."""
    said: dict[str, list[str]] = {}
    for column, text in row.items():
        if column != "measure" and text not in ("", tables.NONE):
            said.setdefault(text, []).append(column)
    if len(said) == 1 and row.get("published") in said:
        return Text(f"{row['measure']}: as published, {next(iter(said))}")
    lines = (f"  {', '.join(columns)}: {text}" for text, columns in said.items())
    return Text("\n".join([f"{row['measure']}:", *lines]))


def plain_table(rows: tables.Rows) -> Table:
    """A table for a terminal of 80 columns: count, percent and interval each on a line of their own."""
    shown = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for column in rows[0]:
        shown.add_column(column.replace("lookup table", "lookup\ntable"), overflow="fold")
    for row in rows:
        name, *cells = row.values()
        shown.add_row(
            _folded(name), *(cell.replace(" (", "\n(").replace(", ", "\n") for cell in cells), end_section=True
        )
    # The first column keeps its width, unless a name in it has no place to be broken at.
    first = shown.columns[0]
    first.no_wrap = all(len(part) <= LONGEST_NAME for name in first.cells for part in str(name).split("\n"))
    return shown


def _folded(name: str, width: int = 14) -> str:
    """A long name on several lines, broken at its underscores."""
    lines = [""]
    for part in re.findall(r"[^_]*_?", name):
        if lines[-1] and len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
