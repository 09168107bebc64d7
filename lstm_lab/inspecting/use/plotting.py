"""What `state_use` found, as a figure: a panel for each test."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lstm_lab.common.checks import shown
from lstm_lab.common.files import write_whole
from lstm_lab.inspecting.use.asking import Curve
from lstm_lab.inspecting.use.found import Found
from lstm_lab.inspecting.use.summary import TITLES
from lstm_lab.inspecting.use.verdict import judge
from lstm_lab.judging.statistics import Interval

KINDS = (".svg", ".png", ".pdf")


def plot(use: Found, path) -> None:
    """Draw the tests that were made to a file: .svg, .png or .pdf."""
    path = Path(path)
    if path.suffix not in KINDS:
        raise ValueError(f"path is {shown(str(path))}: use a name that ends with {', '.join(KINDS)}")
    import matplotlib
    from matplotlib.figure import Figure

    drawn = [name for name in TITLES if getattr(use, name) is not None]
    rows = max(1, -(-len(drawn) // 2))
    with matplotlib.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(9, 0.6 + 2.6 * rows), layout="constrained")
        figure.suptitle(f"What the state is used for: {judge(use).kind}")
        panels = list(figure.subplots(rows, 2, squeeze=False).flat)
        for axes, name in zip(panels, drawn, strict=False):
            axes.set_title(TITLES[name], fontsize=9, loc="left")
            _PANELS[name](axes, use)
        for axes in panels[len(drawn) :]:
            axes.set_axis_off()
        content = io.BytesIO()
        figure.savefig(content, format=path.suffix[1:], dpi=110)
    write_whole(path, content.getvalue())


def _curve(axes: Any, curve: Curve, label: str, style: str = "o-") -> None:
    axes.errorbar(range(len(curve.at)), *_bars(curve.values), fmt=style, label=label, capsize=2, markersize=4)
    axes.set_xticks(range(len(curve.at)), [str(at) for at in curve.at])
    axes.set_ylim(min(-5, axes.get_ylim()[0]) if min(value.low for value in curve.values) < 0 else -5, 105)


def _bars(values: Iterable[Interval]) -> tuple[list[float], tuple[list[float], list[float]]]:
    values = list(values)
    low = [100 * max(0.0, value.estimate - value.low) for value in values]
    high = [100 * max(0.0, value.high - value.estimate) for value in values]
    return [100 * value.estimate for value in values], (low, high)


def _named(axes: Any, values: dict[str, Interval]) -> None:
    heights, errors = _bars(values.values())
    axes.bar(range(len(heights)), heights, yerr=errors, capsize=3, color="#8aa9c9")
    axes.set_xticks(range(len(heights)), list(values))
    axes.set_ylabel("%")
    axes.set_ylim(0, 105)


def _right(axes: Any, use: Found) -> None:
    axes.axhline(100 * use.chance, color="grey", linestyle=":", label="chance")
    axes.axhline(100 * use.lookup_table.estimate, color="grey", linestyle="--", label="lookup table")
    axes.set_ylabel("right, %")
    axes.legend(fontsize=7, frameon=False)


def _resets(axes: Any, use: Any) -> None:
    _curve(axes, use.resets.every, "the network")
    axes.set_xlabel("samples from reset to reset")
    _right(axes, use)


def _swap(axes: Any, use: Any) -> None:
    swap = use.swap
    _named(axes, {"right, own state": swap.own, "right, another's": swap.other, "answers changed": swap.changed})


def _clock(axes: Any, use: Any) -> None:
    _named(axes, {"place": use.clock.place, "current input": use.clock.input})
    axes.set_ylabel("of the variance, %")


def _warm_up(axes: Any, use: Any) -> None:
    _curve(axes, use.warm_up.right, "right")
    _curve(axes, use.warm_up.same, "same as usual", "s--")
    axes.set_xlabel("steps before the answer")
    _right(axes, use)


def _reach(axes: Any, use: Any) -> None:
    _curve(axes, use.reach.changed, "trained")
    _curve(axes, use.reach.untrained, "untrained", "s--")
    axes.set_xlabel("steps back")
    axes.set_ylabel("answers changed, %")
    axes.legend(fontsize=7, frameon=False)


def _gradient(axes: Any, use: Any) -> None:
    for curve, label, style in ((use.gradient.trained, "trained", "o-"), (use.gradient.untrained, "untrained", "s--")):
        middle = [value.estimate for value in curve.values]
        axes.plot(range(len(middle)), middle, style, label=label, markersize=4)
        axes.fill_between(range(len(middle)), [v.low for v in curve.values], [v.high for v in curve.values], alpha=0.2)
    axes.set_xticks(range(len(curve.at)), [str(back) for back in curve.at])
    if all(value.low > 0 for curve in (use.gradient.trained, use.gradient.untrained) for value in curve.values):
        axes.set_yscale("log")
    axes.set_xlabel("steps back")
    axes.set_ylabel("‖d loss / d input‖")
    axes.legend(fontsize=7, frameon=False)


def _served(axes: Any, use: Any) -> None:
    _curve(axes, use.served.same, "same as with training's resets")
    axes.set_xlabel("steps since the last reset, from")
    axes.set_ylabel("same answers, %")


_PANELS = {
    "resets": _resets,
    "swap": _swap,
    "clock": _clock,
    "warm_up": _warm_up,
    "reach": _reach,
    "gradient": _gradient,
    "served": _served,
}
