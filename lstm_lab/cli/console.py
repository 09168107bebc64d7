"""What a run looks like in a terminal: the framed samples, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rich import box
from rich.console import Console, ConsoleDimensions, Group
from rich.table import Table
from rich.text import Text

from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Order
from lstm_lab.judging.measures import Count
from lstm_lab.probes import SHOWN, Measure

_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_PICTURES |= {code: ord("�") for code in (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def visible(text: str) -> str:
    """Text with a visible sign in the place of each control character, so that it cannot steer the terminal.

    >>> visible("\x1b[31mred")
    '␛[31mred'
    """
    return text.translate(_PICTURES)


def _held(text: str) -> str:
    """Visible text in which a percent sign stays on the line of its number."""
    return visible(text).replace(" %", f"{_GLUE}%")


_GLUE = "\ufdd0"  # stands for a space that is no place for a line break; no text has this character

NARROWEST = 40  # columns: in fewer, words would be left out of tables


class _Console(Console):
    """All that commands print goes through here: texts of data, records and settings, which may hold anything."""

    @property  # type: ignore[misc]  # rich's own can be set too
    def size(self) -> ConsoleDimensions:
        width, height = super().size
        return ConsoleDimensions(max(width, NARROWEST), height)

    def render_str(self, text: str, **options) -> Text:
        return super().render_str(_held(text), **options)

    def render(self, renderable, options=None):
        if isinstance(renderable, Text):
            renderable.plain = _held(renderable.plain)
        for segment in super().render(renderable, options):
            yield segment._replace(text=segment.text.replace(_GLUE, " "))


console = _Console(highlight=False, soft_wrap=False, markup=False)  # brackets are what users typed


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
        columns["symbols"] = [framed.codec.spaced(framed.inputs[i]) for i in range(shown)]
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
    return framed.target_codec.spaced(framed.targets[sample])


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
