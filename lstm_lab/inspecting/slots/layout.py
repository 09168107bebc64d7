"""Layout: how a series is cut into samples and learnt, as numbers; the arrays that are judged are made from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import listed, shown
from lstm_lab.common.typed import NotNegative, Positive, check_fields
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Order, Schedule, Slots
from lstm_lab.inspecting.slots.causes import counted
from lstm_lab.inspecting.slots.reached import NONE, Reached, check_room, reached

Resets = Literal["batch", "epoch", "never"]
SHUFFLE_SEED = 0  # one drawn order stands for all


@dataclass(frozen=True, eq=False)
class Layout:
    """The arguments of `framing`."""

    samples: Positive
    batch_size: Positive = 1
    steps: Positive = 1
    stateful: bool = True
    shuffle: bool = False
    reset: Resets | None = None
    slots: Slots = "dealt"
    stride: Positive = 1
    each_step: bool = False
    lag: NotNegative | None = None
    targets: Any = None
    k2: Positive | None = None

    def __post_init__(self):
        check_fields(self)
        if (self.lag is None) == (self.targets is None):
            raise ValueError(
                f"lag is {self.lag} and targets {shown(self.targets)}: give one of the two, the lag of the target "
                "or the value that each target needs; where the lag is not known, "
                "inspecting.lag(x, y) measures it"
            )
        if self.reset is None:
            object.__setattr__(self, "reset", "epoch" if self.stateful else "batch")
        elif not self.stateful and self.reset != "batch":
            raise ValueError(f"stateful is False and reset {self.reset!r}: no state is carried, so leave reset out")
        if self.k2 is not None and self.k2 > self.steps:
            raise ValueError(f"k2 is {self.k2}: a sample has {counted(self.steps, 'time step')}, use that or fewer")
        if not self.whole:
            raise ValueError(
                f"batch_size is {self.batch_size}, but there are {self.samples} samples: no batch would be full, use "
                f"{self.samples} or less"
            )
        check_room(self.samples + self.batch_size, self.steps)
        if self.length >= 2**31:
            raise ValueError(f"stride is {self.stride}: the series has {self.length} values, use a smaller one")

    @property
    def length(self) -> int:
        """Number of values in the series."""
        return (self.samples - 1) * self.stride + self.steps

    @property
    def whole(self) -> int:
        """Number of samples in whole batches, where all slots must be filled; else all samples."""
        filled = self.stateful or self.slots == "runs"
        return self.samples - self.samples % self.batch_size if filled else self.samples

    @property
    def given(self) -> np.ndarray:
        """The values of each sample: int [samples, steps]."""
        first = np.arange(self.samples, dtype=np.int32) * self.stride
        return first[:, None] + np.arange(self.steps, dtype=np.int32)

    @property
    def needed(self) -> np.ndarray:
        """The value that each target needs: int [samples, steps]."""
        if self.lag is not None:
            needed = np.maximum(self.given - min(self.lag, self.length), NONE)
            if not self.each_step:
                needed[:, :-1] = NONE
            return needed
        needed = numbers("targets", self.targets, "iu")
        shape = (self.samples, self.steps) if self.each_step else (self.samples,)
        if needed.shape != shape:
            raise ValueError(f"targets of shape {needed.shape}: need {shape}, the value that each target needs")
        return needed

    @property
    def schedule(self) -> Schedule:
        """One epoch; two where the state is never reset, since the second begins with the state of the first."""
        assert self.reset is not None
        order = Order(
            "samples" if self.shuffle else "no", self.reset, self.slots, k1=1 if self.k2 else None, k2=self.k2
        )
        framed = Framed(np.zeros((self.whole, 1, 1), np.float32), np.zeros((self.whole, 1), np.float32))
        rng = np.random.default_rng(SHUFFLE_SEED)
        return order.schedule(framed, 1 + (self.reset == "never"), self.batch_size, rng)

    def reached(self) -> Reached:
        return reached(self.given, self.needed, self.schedule)


def description(layout: Layout) -> str:
    """What was judged, in a few sentences."""
    every = f", one every {counted(layout.stride, 'step')}" if layout.stride > 1 else ""
    order = "in a random order" if layout.shuffle else "in order"
    dealt = {"dealt": ", dealt to the slots in turn", "runs": ", a run of them to each slot"}[layout.slots]
    state = "State starts from zero in every batch"
    if layout.reset != "batch":
        until = "is never reset" if layout.reset == "never" else "is reset before each epoch"
        state = f"State is carried from batch to batch and {until}"
    at = "There is a target at each step"
    if not layout.each_step:
        at = f"Each sample has its target{' at its last step' * (layout.steps > 1)}"
    needs = "and you say which value it needs" if layout.lag is None else f"which needs {_before(layout.lag)}"
    said = (
        f"{counted(layout.samples, 'sample')} of {counted(layout.steps, 'time step')}{every}, learnt {order} in "
        f"batches of {layout.batch_size}{dealt * (layout.batch_size > 1)}. {state}. {at}, {needs}."
    )
    if layout.reset == "never":
        said += " Judged is the second epoch, whose state comes from the first."
    last = layout.given if layout.each_step else layout.given[:, -1:]
    if before := int((last < (layout.lag or 0)).sum()):
        said += f" Not counted: {counted(before, 'target')} whose value comes before the series."
    return said


def _before(lag: int) -> str:
    return f"the value {counted(lag, 'step')} before" if lag else "the value of its own step"


def wrong_settings(layout: Layout) -> Iterator[str]:
    """What is wrong already by the settings."""
    if layout.lag is not None and layout.lag >= layout.length:
        last = layout.length - 1
        yield f"lag is {layout.lag}: the series has the values 0 to {last}. Use {last} or less."
    if layout.whole < layout.samples:
        fits = [size for size in range(1, layout.samples + 1) if layout.samples % size == 0]
        left = counted(layout.samples - layout.whole, "sample")
        why = "all slots of a stateful network must be filled" if layout.stateful else "runs have one length"
        yield (
            f"samples is {layout.samples} and batch_size {layout.batch_size}: {left} of the last batch would leave "
            f"slots empty, and {why}. The last batch is left out here. "
            f"Use samples={layout.whole}, or a batch_size of {listed(fits)}."
        )
    if layout.reset == "batch":
        return
    if layout.shuffle:
        yield (
            "shuffle is True and state is carried: the state that a sample gets is that of samples in a random order, "
            "another one in every epoch. Use shuffle=False."
        )
    if layout.reset == "never":
        yield (
            "reset is 'never': the state at the end of the series flows into its beginning in the next epoch. "
            "Use reset='epoch'."
        )
