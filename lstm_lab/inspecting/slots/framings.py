"""A layout judged: its numbers in, a report out. Nothing is trained."""

from __future__ import annotations

from typing import Any

from lstm_lab.common.typed import NotNegative, Positive, typed
from lstm_lab.framing.schedule import Slots
from lstm_lab.inspecting.slots.cures import cures
from lstm_lab.inspecting.slots.judging import Framing, described, with_words
from lstm_lab.inspecting.slots.layout import Layout, Resets, description, wrong_settings


@typed
def framing(
    *,
    samples: Positive,
    batch_size: Positive = 1,
    steps: Positive = 1,
    stateful: bool = True,
    shuffle: bool = False,
    reset: Resets | None = None,
    slots: Slots = "dealt",
    stride: Positive = 1,
    each_step: bool = False,
    lag: NotNegative | None = None,
    targets: Any = None,
    k2: Positive | None = None,
) -> Framing:
    """Which targets of a series get the value that they need, judged from numbers alone; nothing is trained.

    The series has the values 0, 1, 2, …; sample i holds the values i · stride to i · stride + steps − 1.

    samples     number of samples
    batch_size  number of slots; each slot of a stateful network has a state of its own
    steps       time steps of a sample
    stateful    whether state is carried from batch to batch
    shuffle     whether the samples are learnt in a random order; one drawn order is judged
    reset       when state is set to zero: before each "batch", each "epoch", or "never" (then the second epoch is
                judged, whose state comes from the first); None: "epoch" if stateful
    slots       "dealt": consecutive samples go to consecutive slots, as in Keras; "runs": each slot gets
                consecutive ones
    stride      how many values one sample begins after the one before it
    each_step   whether there is a target at each step of a sample, or only at the last
    lag         a target needs the value so many steps before its own step
    targets     instead of a lag: the value that each sample's target needs, int [samples], or [samples, steps] with
                each_step; −1: none
    k2          how many steps a gradient goes back, its target's own step included; None: all steps of the sample

    Raises ValueError for neither or both of lag and targets, and for settings that do not fit each other.

    >>> found = framing(batch_size=6, samples=24, lag=1)
    >>> found.counts
    {'same_sample': 0, 'by_state': 0, 'never': 23, 'by_gradient': 0, 'targets': 23}
    >>> print(found.cures[1])
    batch_size=1: every target gets its value, but no gradient goes back to it for 23 of 23
    """
    layout = Layout(samples, batch_size, steps, stateful, shuffle, reset, slots, stride, each_step, lag, targets, k2)
    return report(layout)


def report(layout: Layout, setup: str = "", notes: tuple[str, ...] = ()) -> Framing:
    """A layout judged, with what its settings say and the changes that would mend it.

    setup  words before the description of the layout · notes  problems that are known from elsewhere
    """
    framing = described(layout.reached())
    problems = [*notes, *wrong_settings(layout)]
    return with_words(framing, setup + description(layout), problems, list(cures(layout, framing)))
