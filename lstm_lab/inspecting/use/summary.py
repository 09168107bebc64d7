"""What `state_use` found, as a page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from lstm_lab.inspecting.use.found import Found
from lstm_lab.inspecting.use.resampling import FEWEST
from lstm_lab.inspecting.use.verdict import judge, right, share

WIDTH = 79

Rows = Callable[[Any], Iterator[tuple[str, str]]]
TITLES = {
    "resets": "Reset test: how right if the state is reset",
    "swap": "Swap test: the state of another sequence in its place",
    "clock": "Clock test: what the answers to random inputs vary with",
    "warm_up": "Cold start: from a zero state, after so many steps",
    "reach": "Reach: another input so many steps back",
    "gradient": "Gradient of the loss for the input so many steps back",
    "served": "Served: one input at a time, never reset",
}


def summary(use: Found) -> str:
    """The verdict first, then what it rests on."""
    sequences = use.sequences
    due = int(sequences.due.sum())
    kind = "1 − squared error / variance" if sequences.answers.classes is None else "share of right answers"
    lines = [
        *textwrap.wrap(str(judge(use)), WIDTH),
        "",
        f"{sequences.count} sequence{'s' * (sequences.count > 1)} of {sequences.steps} steps, {due} answers in each",
        f"right: {kind}, with its 95 % interval",
        *["intervals hold for these sequences alone: five or more would say more"] * (sequences.count < FEWEST),
        *_lines(use, _overview),
    ]
    for name, rows in _ROWS.items():
        if getattr(use, name) is not None:
            lines += ["", TITLES[name], *_lines(use, rows)]
    for name, reason in use.not_made.items():
        text = f"{TITLES[name].split(':')[0]}: not made. {reason[0].upper()}{reason[1:]}."
        lines += ["", *textwrap.wrap(text, WIDTH, subsequent_indent="  ")]
    return "\n".join(lines)


def _lines(use: Found, rows: Rows) -> list[str]:
    return [f"  {label:36}{text}" for label, text in rows(use)]


def _overview(use):
    yield "the network, with training's resets", right(use, use.right)
    yield "the same, untrained", right(use, use.untrained)
    yield "lookup table of the current input", right(use, use.lookup_table)
    yield "the same answer to everything", right(use, use.chance)


def _resets(use):
    *often, never = zip(use.resets.every.at, use.resets.every.values, strict=True)
    for every, value in often:
        yield "before every sample" if every == 1 else f"every {every} samples", right(use, value)
    yield "never within a sequence", right(use, never[1])
    yield "what carried state adds", right(use, use.resets.adds)


def _swap(use):
    yield "right with its own state", right(use, use.swap.own)
    yield "right with another's", right(use, use.swap.other)
    yield "answers that change", share(use.swap.changed)


def _clock(use):
    yield "with the place in the sequence", share(use.clock.place)
    yield "with the current input", share(use.clock.input)
    yield "with earlier inputs, or several", share(use.clock.rest)
    yield "answers that change after others", share(use.clock.changed)
    yield "answers that a zero state changes", share(use.clock.zero)


def _warm_up(use):
    for steps, same, found in zip(use.warm_up.same.at, use.warm_up.same.values, use.warm_up.right.values, strict=True):
        yield _steps(steps, "before"), f"the usual answer {share(same.estimate)}, right {right(use, found.estimate)}"
    needed = use.warm_up.needed
    yield "steps until the usual answers", "more than these" if needed is None else str(needed)
    yield "what earlier steps add", right(use, use.warm_up.adds)


def _reach(use):
    at = use.reach.changed.at
    for nearer, back, value in zip([-1, *at], at, use.reach.changed.values, strict=False):
        untrained = share(use.reach.untrained[back].estimate)
        label = f"{nearer + 1} to {back} steps back, together" if back - nearer > 1 else _steps(back, "back")
        yield label, f"changes {share(value.estimate)} of the answers, untrained {untrained}"


def _gradient(use):
    for back, value in zip(use.gradient.trained.at, use.gradient.trained.values, strict=True):
        interval = f"{value.estimate:.1e} ({value.low:.1e} to {value.high:.1e})"
        yield _steps(back, "back"), f"{interval}, untrained {use.gradient.untrained[back].estimate:.1e}"


def _served(use):
    for begin, value in zip(use.served.same.at, use.served.same.values, strict=True):
        yield f"the usual answer, from step {begin + 1}", share(value)
    if use.served.right is not None:
        yield "right in the second half", right(use, use.served.right_late)
        yield "the same with training's resets", right(use, use.served.right)


def _steps(count: int, where: str) -> str:
    return f"{count} step{'s' * (count != 1)} {where}"


_ROWS: dict[str, Rows] = {
    "resets": _resets,
    "swap": _swap,
    "clock": _clock,
    "warm_up": _warm_up,
    "reach": _reach,
    "gradient": _gradient,
    "served": _served,
}
