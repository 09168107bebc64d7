"""Figures of the reports: small, drawn alike from the same runs byte for byte, and readable without colour.

SVG for the reports; `lstm-lab compare --plot` also takes PNG and PDF.
"""

from __future__ import annotations

import io
import itertools
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lstm_lab.judging.statistics import Interval
from lstm_lab.report import generated, style, svg
from lstm_lab.suite.results import Record

FORMATS = ("svg", "png", "pdf")

_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None, "Description": generated.SENTENCE},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None, "Subject": generated.SENTENCE},
}
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_DISC: dict[str, Any] = {"marker": "o", "color": _COLOURS[0], "alpha": 0.35, "linestyle": "none"}
DRAWN_ONE_BY_ONE = 5000  # squares of a figure; more of them are drawn as one picture
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FAR = 1e38  # about the largest float32, which a loss is
_DASHES = ("-", "--", "-.", ":")


def kind_of(path: Path) -> str:
    """The kind of a figure by the ending of its file.

    ValueError for another ending, a folder that is not there, and where something stands that is no figure of ours.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise ValueError(f"--plot {path}: its ending should be one of .{', .'.join(FORMATS)}")
    if not path.parent.is_dir():
        raise ValueError(f"--plot {path}: there is no folder {path.parent}, make it first")
    generated.refuse_own(path, "name another file with --plot")
    return kind


def history(curves: Sequence[Record]) -> bytes:
    """Loss and, for classes, accuracy over the epochs: a thin line a seed, a thick one for their median.

    curves  runs' thinned histories: "epochs" and "loss", "accuracy", each [points]
    """
    names = [name for name in ("loss", "accuracy") if all(name in curve for curve in curves)]

    def draw(figure) -> None:
        for axes, name in zip(_panels(figure, len(names)), names, strict=True):
            _over_epochs(axes, {"": curves}, name)

    return drawn(draw, width=3.6 * len(names), height=2.6, layout=None)


def histories(panels: Mapping[str, Mapping[str, Sequence[Record]]]) -> bytes:
    """Losses over the epochs, a panel for each title, in it a colour for each variant.

    panels  title → variant → its runs' thinned histories
    """

    def draw(figure) -> None:
        for axes, (title, groups) in zip(_panels(figure, len(panels), top=0.3), panels.items(), strict=True):
            _over_epochs(axes, groups, "loss")
            axes.set_title(title)

    return drawn(draw, width=3.2 * len(panels), height=3, layout=None)


def _panels(
    figure, panels: int, left: float = 0.65, right: float = 0.15, bottom: float = 0.45, top: float = 0.1
) -> list:
    """Axes side by side, with margins in inches: matplotlib's own layout would draw everything twice to find them."""
    width, height = figure.get_size_inches()
    size = [(width / panels - left - right) / width, 1 - (bottom + top) / height]
    return [figure.add_axes((place / panels + left / width, bottom / height, *size)) for place in range(panels)]


def _widest(texts: Iterable[str]) -> float:
    """The width of the widest text at the style's size, in inches."""
    with style.alike():
        from matplotlib.textpath import TextPath

        return max(TextPath((0, 0), text).get_extents().width for text in texts) / 72


def _over_epochs(axes, groups: Mapping[str, Sequence[Record]], name: str) -> None:
    for (group, curves), colour, dash in styled(groups):
        for curve in curves:
            axes.plot(curve["epochs"], _shown(curve[name]), color=colour, alpha=0.35, linewidth=0.7)
        if len(curves) > 1 and all(curve["epochs"] == curves[0]["epochs"] for curve in curves):
            median = np.median([_shown(curve[name]) for curve in curves], axis=0)
            axes.plot(curves[0]["epochs"], median, color=colour, linestyle=dash, linewidth=2, label=group or None)
    if name == "loss" and all(min(curve[name]) > 0 for curves in groups.values() for curve in curves):
        _logarithmic(axes.yaxis)
    axes.set(xlabel="epoch", ylabel=name)
    if len(groups) > 1:
        axes.legend(frameon=False, fontsize=8)


def _shown(values: Sequence[float]) -> np.ndarray:
    """Without what is too far out for an axis: a gap, as for a NaN."""
    return np.where(np.abs(values) < _FAR, values, np.nan)


def strips(
    groups: Mapping[str, Sequence[float]], middles: Mapping[str, Interval], label: str, kind="svg", title: str = ""
) -> bytes:
    """A row for each group, a disc for each value met on its seeds (its area: how many), a bar for the middle.

    groups   name → one score a seed        middles  name → interquartile mean with its interval
    title    for a figure that stands alone; it then says too what discs, bars and ticks are
    """

    def draw(figure) -> None:
        axes = figure.subplots() if title else _panels(figure, 1, left=_widest(groups) + 0.25)[0]
        for place, (name, scores) in enumerate(groups.items()):
            found, seeds = np.unique(np.round(scores, 6), return_counts=True)
            for count in np.unique(seeds):  # discs of one size at once: the file then has their outline once
                disc = {"markersize": np.sqrt(12 + 240 * count / len(scores)), "markeredgewidth": 0, "zorder": 1}
                alike = found[seeds == count]
                axes.plot(alike, np.full(len(alike), place), **(_DISC | disc))
            middle = middles[name]
            axes.plot([middle.low, middle.high], [place, place], color="black", linewidth=2)
            axes.plot(middle.estimate, place, marker="|", color="black", markersize=12)
        axes.set_yticks(range(len(groups)), list(groups))
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_xlabel(label)
        axes.grid(axis="x", linewidth=0.3)
        if title:
            axes.set_title(title)
            figure.legend(handles=_strip_legend(), loc="outside lower center", ncols=3, frameon=False, fontsize=8)

    height = 0.9 + 0.5 * bool(title) + 0.32 * len(groups)
    return drawn(draw, width=6.4, height=height, kind=kind, layout="constrained" if title else None)


def _strip_legend() -> list:
    from matplotlib.lines import Line2D

    tick: dict[str, Any] = {"marker": "|", "color": "black", "markersize": 12, "linestyle": "none"}
    return [
        Line2D([], [], label="seeds (area: how many)", **_DISC),
        Line2D([], [], label="interquartile mean", **tick),
        Line2D([], [], label="its 95 % interval", color="black", linewidth=2),
    ]


def heat_map(
    squares: Sequence[Sequence[Interval | None]], names: tuple[str, str], places: tuple[Sequence, Sequence], label: str
) -> bytes:
    """A grid's two axes: [rows, columns] middles, each in its square above its interval; None where nothing was run."""
    scores = np.array([[np.nan if square is None else square.estimate for square in row] for row in squares])
    whole = bool(np.nanmin(scores) >= 0 and np.nanmax(scores) <= 1)
    ends = {
        (row, column): [f"{100 * end:.0f}" if whole else f"{end:.3g}" for end in (square.low, square.high)]
        for row, line in enumerate(squares)
        for column, square in enumerate(line)
        if square is not None and np.isfinite(square.estimate)
    }

    def draw(figure) -> None:
        axes = figure.subplots()
        image = axes.pcolormesh(scores, cmap="cividis", vmin=0 if whole else None, vmax=1 if whole else None)
        for (row, column), (low, high) in ends.items():
            score = scores[row, column]
            text = {"ha": "center", "va": "center", "color": "white" if image.norm(score) < 0.5 else "black"}
            shown = f"{100 * score:.0f}" if whole else f"{score:.3g}"
            axes.text(column + 0.5, row + (0.5 if low == high else 0.36), shown, size=8, **text)
            if low != high:
                axes.text(column + 0.5, row + 0.74, f"{low}–{high}", size=6, **text)
        axes.set_yticks(np.arange(len(places[0])) + 0.5, list(map(str, places[0])))
        axes.set_xticks(np.arange(len(places[1])) + 0.5, list(map(str, places[1])))
        axes.invert_yaxis()
        axes.set(ylabel=names[0], xlabel=names[1], title=f"{label}, %" if whole else label)

    rows, columns = scores.shape
    widest = max((len(low) + len(high) for low, high in ends.values() if low != high), default=0)
    width = min(max(0.55, 0.11 + 0.055 * widest), 0.95)  # a square's, with its interval within
    return drawn(draw, width=1.4 + width * columns, height=1.3 + 0.42 * rows)


def states(panels: Sequence[tuple[str, np.ndarray, Sequence[str]]], title: str, kind: str = "svg") -> bytes:
    """States over steps, a panel each: (title, [steps, units], what is written under each step).

    The colours are those of −m to m, where m is the panel's largest value, so that zero has the colour in the middle.
    """
    longest = max(len(array) for _, array, _ in panels)
    heights = [0.9 + min(0.13 * array.shape[1], 6) for _, array, _ in panels]

    def draw(figure) -> None:
        axes_of_all = figure.subplots(len(panels), squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
        for axes, (name, array, steps) in zip(axes_of_all, panels, strict=True):
            most = float(np.abs(array).max()) or 1.0
            large = array.size > DRAWN_ONE_BY_ONE
            image = axes.pcolormesh(array.T, cmap="cividis", vmin=-most, vmax=most, rasterized=large)
            figure.colorbar(image, ax=axes, pad=0.02)
            every = -(-len(steps) // 40)
            axes.set_xticks(np.arange(0, len(steps), every) + 0.5, list(steps)[::every])
            units = range(0, array.shape[1], -(-array.shape[1] // 16))
            axes.set_yticks(np.array(units) + 0.5, list(map(str, units)))
            axes.invert_yaxis()
            axes.set(ylabel="unit", title=name)
        figure.suptitle(title, size=10)

    return drawn(draw, width=min(max(4.5, 1.8 + 0.32 * longest), 14), height=0.3 + sum(heights), kind=kind)


def lines(groups: Mapping[str, Mapping[Any, Interval]], axis: str, label: str, powers: bool = False) -> bytes:
    """Curves over a numeric axis, one a group, each with its band of intervals; powers: values on a log scale."""

    def draw(figure) -> None:
        axes = figure.subplots()
        for (name, points), colour, dash in styled(groups):
            x = list(points)
            low, high = [points[i].low for i in x], [points[i].high for i in x]
            axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
            middle = [points[i].estimate for i in x]
            axes.plot(x, middle, color=colour, linestyle=dash, marker="o", markersize=3, label=name or None)
        places = sorted({place for points in groups.values() for place in points})
        if places[0] > 0 and places[-1] / places[0] >= 50:
            _logarithmic(axes.xaxis)
        elif all(isinstance(place, int) for place in places):
            axes.xaxis.get_major_locator().set_params(integer=True)
        if powers:
            _logarithmic(axes.yaxis)
        axes.set(xlabel=axis, ylabel=label)
        if len(groups) > 1:
            figure.legend(loc="outside right upper", frameon=False)

    return drawn(draw, width=6.4, height=3.2)


def _logarithmic(axis) -> None:
    """A scale in powers of ten. Its ticks are plain text, 10⁻², which is drawn much faster than a formula."""
    from matplotlib.ticker import LogFormatterSciNotation

    class Plain(LogFormatterSciNotation):
        def __call__(self, x, pos=None):
            formula = super().__call__(x, pos).removeprefix(r"$\mathdefault{").removesuffix("}$")
            return re.sub(r"\^\{(.*)\}", lambda power: power[1].translate(_RAISED), formula).replace(r"\times", "×")

    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    axis.set_major_formatter(Plain())
    axis.set_minor_formatter(Plain())


def styled(groups: Mapping[str, Any]):
    """(name, what belongs to it), a colour and a dash for each group: readable without the colour."""
    return zip(groups.items(), itertools.cycle(_COLOURS), itertools.cycle(_DASHES), strict=False)


def drawn(
    draw: Callable[[Any], None], width: float, height: float, kind: str = "svg", layout: Any = "constrained"
) -> bytes:
    """A figure of so many inches that a function draws: the same bytes every time."""
    with style.alike():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout=layout)
        draw(figure)
        file = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a symbol is drawn as an empty box, and that is all
            figure.savefig(file, format=kind, metadata=_METADATA[kind])
    return generated.marked(svg.small(file.getvalue().decode()).encode()) if kind == "svg" else file.getvalue()
