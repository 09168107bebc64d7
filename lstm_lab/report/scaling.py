"""Scaling: the smallest value of one setting that is enough, against another setting, as a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from lstm_lab.judging.statistics import Interval
from lstm_lab.report import figures, reach
from lstm_lab.report.grids import Cells
from lstm_lab.report.reach import Reach

FAR = 4  # times the smallest value: an axis that spans as much is logarithmic
TICKS = 12  # values written along an axis; of more, some are left out

Groups = Mapping[str, Mapping[float, Reach]]  # the other settings → the value of one axis → what is enough of the other


def drawn(cells: Cells, rates: Mapping[str, Interval]) -> Iterator[tuple[str, str, bytes]]:
    """For a grid with two numeric axes: (axis, the axis against which it stands, SVG).

    There is none where the smallest value is the same everywhere, or nowhere above the smallest that was tried: along
    a lag success falls.
    """
    numeric = [name for name in cells.numeric if len(cells.grid[name]) > 1]
    if len(numeric) != 2:
        return
    for axis, against in (numeric, numeric[::-1]):
        groups: dict[str, dict[float, Reach]] = {}
        for others, one in reach.along(cells, axis, rates):
            group = ", ".join(f"{name} {value}" for name, value in others.items() if name != against)
            groups.setdefault(group, {})[others[against]] = one
        found = {one.smallest for points in groups.values() for one in points.values()}
        if len(found) > 1 and found - {None, min(cells.grid[axis])}:
            yield axis, against, figure(groups, axis, against, cells.grid[axis])


def figure(groups: Groups, axis: str, against: str, values: Sequence[float], kind: str = "svg") -> bytes:
    """Curves of the smallest value that is enough, with bars for its interval; a triangle above all values: more.

    values: those of the axis that were tried
    """
    places = sorted({place for points in groups.values() for place in points})
    tried = sorted(values)
    far = all(each[0] > 0 and each[-1] >= FAR * each[0] for each in (places, tried))
    width, height = (_span(each, far) for each in (places, tried))
    more = _beside(tried[-1], 0.12 * height, far)

    def draw(figure) -> None:
        axes = figure.subplots()
        if far:
            axes.set(xscale="log", yscale="log")
        for number, ((name, points), colour, dash) in enumerate(figures.styled(groups)):
            aside = 0.012 * width * (number - (len(groups) - 1) / 2)  # bars of several groups stand side by side
            x = [_beside(place, aside, far) for place in sorted(points)]
            found = [points[place] for place in sorted(points)]
            y = [np.nan if one.smallest is None else one.smallest for one in found]
            axes.plot(x, y, color=colour, linestyle=dash, marker="o", markersize=4, label=name or None)
            for place, one in zip(x, found, strict=True):
                low, high = (more if end is None else end for end in (one.low, one.high))
                axes.plot([place, place], [low, high], color=colour, linewidth=1, alpha=0.6)
                if one.high is None:
                    face = "white" if one.smallest is None else colour
                    axes.plot(place, more, marker="^", color=colour, markerfacecolor=face, markersize=5)
        for scale, each, beyond in ((axes.xaxis, places, []), (axes.yaxis, tried, [more])):
            shown = each[:: -(-len(each) // TICKS)]
            scale.set_ticks([*shown, *beyond], labels=[*map(str, shown), *["more" for _ in beyond]])
            scale.set_ticks([], minor=True)
        axes.set_ylim(_beside(tried[0], -0.06 * height, far), _beside(more, 0.06 * height, far))
        axes.grid(linewidth=0.3)
        axes.set(xlabel=against, ylabel=f"smallest {axis}")
        if any(groups):
            figure.legend(loc="outside right upper", frameon=False)

    return figures.drawn(draw, width=6.4 if any(groups) else 4.8, height=3.4, kind=kind)


def _span(values: Sequence[float], far: bool) -> float:
    """How far the values lie apart, in the units of `_beside`."""
    return float(np.log(values[-1] / values[0])) if far else float(values[-1] - values[0])


def _beside(value: float, by: float, far: bool) -> float:
    """A place beside a value, on a logarithmic or a linear axis."""
    return float(value * np.exp(by)) if far else value + by
