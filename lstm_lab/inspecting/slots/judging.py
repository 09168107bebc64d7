"""Framing: what a way of cutting, batching and resetting lets a network learn, as numbers, sentences and a grid."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, fields, replace
from typing import Any

from lstm_lab.framing.schedule import Schedule
from lstm_lab.inspecting.slots import causes, grid
from lstm_lab.inspecting.slots.reached import Reached, reached

FINE = "Every target gets its value within its own sample, and the gradient goes back to it: nothing is wrong here."
WAYS = {
    "same_sample": "in the same sample",
    "by_state": "by carried state",
    "never": "never",
    "by_gradient": "reached by the gradient",
}


@dataclass(frozen=True, eq=False)
class Framing(Reached):
    """What each target can know when it is learnt; print it for a report with a grid.

    Beside the arrays and `counts` of what is reached:

    setup     a sentence that says what was judged
    problems  a sentence for each thing that is wrong; none: nothing is
    cures     what would mend it: each was tried, and the same judgement made of it
    """

    setup: str = ""
    problems: tuple[str, ...] = ()
    cures: tuple[str, ...] = ()

    def __str__(self) -> str:
        counts = self.counts
        lines = [self.setup, ""] if self.setup else []
        lines += [f"Where {self.targets} targets get the value that they need", ""]
        for way, words in WAYS.items():
            share = 100 * counts[way] / max(self.targets, 1)
            lines.append(f"  {words:<{len(WAYS['by_gradient'])}}  {counts[way]:>7}  {share:5.1f} %")
        lines += ["", *grid.lines(self), "", *(f"- {each}" for each in self.problems)]
        lines += [] if self.problems else [FINE]
        if self.cures:
            lines += ["", "What would mend it:", *(f"- {each}" for each in self.cures)]
        return "\n".join(_wrapped(line) for line in lines)


def judged(given: Any, needed: Any, schedule: Schedule) -> Framing:
    """Which targets get the value that they need, for any samples in any order.

    given     int [samples, steps]: the number of the value in each step; −1: none
    needed    int [samples], for a target at the last step, or [samples, steps]: the number of the value that the target
              needs; −1: there is no target, or its value comes before the series
    schedule  in which order the samples are learnt and when state is reset; its last epoch is judged

    A target gets its value in its own sample, at its step or before; or by carried state, if an earlier batch since the
    last reset held the value in the same slot; or never. The gradient reaches only steps of its own sample, as far back
    as the schedule's k2. So two epochs are needed to judge a state that is never reset.

    Raises ValueError for other shapes, for values below −1, and for samples that the schedule has and `given` has not.

    >>> import numpy as np
    >>> from lstm_lab.framing.schedule import Schedule
    >>> two = Schedule(np.array([[0, 1], [2, 3]]), np.array([[True] * 2, [False] * 2]), np.zeros(2, int), carries=True)
    >>> judged([[0], [1], [2], [3]], [-1, 0, 1, 2], two).counts  # the value before is in the other slot
    {'same_sample': 0, 'by_state': 0, 'never': 3, 'by_gradient': 0, 'targets': 3}
    """
    return described(reached(given, needed, schedule))


def described(found: Reached) -> Framing:
    """The same with its problems in words."""
    arrays = {field.name: getattr(found, field.name) for field in fields(Reached)}
    return Framing(**arrays, problems=tuple(causes.problems(found)))


def with_words(framing: Framing, setup: str, problems: list[str], cures: list[str]) -> Framing:
    """With what only the settings say: those problems come first."""
    return replace(framing, setup=setup, problems=(*problems, *framing.problems), cures=tuple(cures))


def _wrapped(line: str) -> str:
    """A sentence on lines of 80 columns; the lines of tables and grids are no longer than that."""
    if len(line) <= grid.WIDTH:
        return line
    return textwrap.fill(line, grid.WIDTH, subsequent_indent="  " if line.startswith("- ") else "")
