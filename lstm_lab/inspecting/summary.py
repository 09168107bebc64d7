"""What `state_use` found, as a page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstm_lab.judging.statistics import Interval

if TYPE_CHECKING:
    from lstm_lab.inspecting.state_use import StateUse

WIDTH = 79
TITLES = {
    "resets": "Reset test: how right if the state is reset",
    "swap": "Swap test: the state of another sequence in its place",
    "clock": "Clock test: what the answers to random inputs vary with",
    "warm_up": "Cold start: from a zero state, after so many steps",
    "reach": "Reach: another input so many steps back",
    "gradient": "Gradient of the loss for the input so many steps back",
    "served": "Served: one input at a time, never reset",
}


def summary(use: StateUse) -> str:
    """The verdict first, then what it rests on."""
    lines = textwrap.wrap(str(use.verdict), WIDTH)
    sequences = use.sequences
    due = int(sequences.due.sum())
    lines += [
        "",
        f"{sequences.count} sequence{'s' * (sequences.count > 1)} of {sequences.steps} steps, {due} answers in each",
    ]
    kind = "right answers" if sequences.answers.classes else "1 − squared error / variance of the targets"
    lines += [f"{kind}, with 95 % intervals"]
    lines += [f"  {name:36}{_shown(value)}" for name, value in _overview(use)]
    for name, title in TITLES.items():
        if getattr(use, name) is not None:
            lines += ["", title, *(f"  {label:36}{value}" for label, value in _ROWS[name](use))]
    for name, reason in use.not_made.items():
        lines += [
            "",
            *textwrap.wrap(f"{TITLES[name].split(':')[0]}: not made. {reason}", WIDTH, subsequent_indent="  "),
        ]
    return "\n".join(lines)


def _overview(use: StateUse) -> Iterator[tuple[str, Interval | float]]:
    yield "the network, with training's resets", use.right
    yield "the same, untrained", use.untrained
    yield "lookup table of the current input", use.lookup_table
    yield "chance", use.chance


def _shown(value: Interval | float) -> str:
    if isinstance(value, Interval):
        return f"{100 * value.estimate:5.1f} %   {100 * value.low:5.1f} to {100 * value.high:.1f}"
    return f"{100 * value:5.1f} %"


def _resets(use):
    for every, value in zip(use.resets.every.at, use.resets.every.values, strict=True):
        often = (
            "never within a sequence"
            if every == use.resets.every.at[-1]
            else f"every {every} samples"
            if every > 1
            else "before every sample"
        )
        yield often, _shown(value)
    yield "what carried state adds", _shown(use.resets.adds)


def _swap(use):
    yield "right with its own state", _shown(use.swap.own)
    yield "right with another's", _shown(use.swap.other)
    yield "answers that change", _shown(use.swap.changed)


def _clock(use):
    yield "with the place in the sequence", _shown(use.clock.place)
    yield "with the current input", _shown(use.clock.input)
    yield "with earlier inputs, or several", _shown(use.clock.rest)


def _warm_up(use):
    for steps, same, right in zip(use.warm_up.same.at, use.warm_up.same.values, use.warm_up.right.values, strict=True):
        yield (
            f"{steps} step{'s' * (steps != 1)} before",
            f"same answer {100 * same.estimate:5.1f} %, right {100 * right.estimate:5.1f} %",
        )
    needed = use.warm_up.needed
    yield "steps until the usual answers", "more than these" if needed is None else str(needed)
    yield "what earlier steps add", _shown(use.warm_up.adds)


def _reach(use):
    reach = use.reach
    for back, after, before in zip(reach.changed.at, reach.changed.values, reach.untrained.values, strict=True):
        yield _back(back), f"changes {_percent(after)} of the answers, untrained {_percent(before)}"


def _gradient(use):
    for back, value in use.gradient.trained.items():
        yield _back(back), f"{value:.1e}, untrained {use.gradient.untrained[back]:.1e}"


def _back(steps: int) -> str:
    return f"{steps} step{'s' * (steps != 1)} back"


def _percent(value: Interval) -> str:
    return f"{100 * value.estimate:5.1f} %"


def _served(use):
    served = use.served
    for begin, value in zip(served.same.at, served.same.values, strict=True):
        yield f"same answer, from step {begin + 1}", _shown(value)
    yield "right late, with training's resets", _shown(served.right)
    yield "right late, served", _shown(served.right_late)


_ROWS = {
    "resets": _resets,
    "swap": _swap,
    "clock": _clock,
    "warm_up": _warm_up,
    "reach": _reach,
    "gradient": _gradient,
    "served": _served,
}
