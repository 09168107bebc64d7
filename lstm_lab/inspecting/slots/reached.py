"""Which targets get the value that they need: in their own sample, by carried state, or never. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import check_size
from lstm_lab.framing.schedule import EMPTY, Schedule

NONE = -1  # no value, or no target


@dataclass(frozen=True, eq=False)
class Reached:
    """What each target can know when it is learnt, in the last epoch of a schedule.

    given        int [samples, steps]: the value in each step; −1: none
    needed       int [samples, steps]: the value that the target at a step needs; −1: no target, or none that counts
    schedule     in which order the samples are learnt, and when state is reset
    same_sample  bool [samples, steps]: the value is in the target's own sample, at its step or before
    by_state     bool [samples, steps]: only carried state can hold it: the slot was given it since its last reset
    by_gradient  bool [samples, steps]: the gradient reaches the step that holds it, so that training can teach its use
    never        bool [samples, steps]: the slot was not given it
    """

    given: np.ndarray
    needed: np.ndarray
    schedule: Schedule
    same_sample: np.ndarray
    by_state: np.ndarray
    by_gradient: np.ndarray
    never: np.ndarray

    @property
    def targets(self) -> int:
        """Number of targets that the last epoch learns."""
        return int((self.same_sample | self.by_state | self.never).sum())

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many targets get their value in each way; `same_sample`, `by_state` and `never` add up to `targets`."""
        ways = ("same_sample", "by_state", "never", "by_gradient")
        return {way: int(getattr(self, way).sum()) for way in ways} | {"targets": self.targets}


def reached(given: Any, needed: Any, schedule: Schedule) -> Reached:
    """What `judged` finds, without words. The last epoch is judged; state may come from the epochs before it."""
    given, needed = _checked(given, needed, schedule)
    own = np.zeros(given.shape, bool)
    taught = np.zeros(given.shape, bool)
    oldest = _oldest_trained(given.shape[1], schedule)
    for back in range(given.shape[1]):  # the value may be so many steps before the target's own
        found = (needed[:, back:] == given[:, : given.shape[1] - back]) & (needed[:, back:] != NONE)
        own[:, back:] |= found
        taught[:, back:] |= found & (np.arange(given.shape[1] - back) >= oldest[back:])
    learnt = np.zeros(len(given), bool)
    last = schedule.batches[schedule.epoch == schedule.epoch[-1]]
    learnt[last[last != EMPTY]] = True
    target = (needed != NONE) & learnt[:, None]
    own, taught = own & target, taught & target
    kept = given_before(given, needed, schedule, stretches(schedule)) & target & ~own
    return Reached(given, needed, schedule, own, kept, taught, target & ~own & ~kept)


def stretches(schedule: Schedule) -> np.ndarray:
    """A number for each stretch of a slot in which state is carried, from a reset to the next: int [updates, batch]."""
    begins = schedule.reset_before if schedule.carries else np.ones_like(schedule.reset_before)
    return np.cumsum(begins, axis=0, dtype=np.int64) * schedule.batch_size + np.arange(schedule.batch_size)


def given_before(given: np.ndarray, needed: np.ndarray, schedule: Schedule, stretch: np.ndarray) -> np.ndarray:
    """Whether an earlier batch of the same stretch held the needed value: bool [samples, steps], for the last epoch.

    stretch  int [updates, batch]: which places follow each other, for example those of a slot
    """
    update, slot = np.nonzero(schedule.batches != EMPTY)
    sample, stretch = schedule.batches[update, slot], stretch[update, slot]
    values = int(max(given.max(), needed.max())) + 2  # and one for "none"

    def keys(held: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return stretch[rows, None] * values + held[sample[rows]] + 1

    every = np.arange(len(sample))
    known, first = np.unique(keys(given, every), return_index=True)  # places are in the order of the updates
    first_update = update[first // given.shape[1]]
    rows = np.flatnonzero(schedule.epoch[update] == schedule.epoch[-1])
    wanted = keys(needed, rows)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    before = np.zeros(given.shape, bool)
    before[sample[rows]] = (known[place] == wanted) & (first_update[place] < update[rows, None])
    return before


def _oldest_trained(steps: int, schedule: Schedule) -> np.ndarray:
    """The oldest step of a sample to which the gradient of a target at each step goes: int [steps].

    A window that ends at a step goes k2 steps back, and counts the targets of its last min(k1, k2) steps that no window
    before it counted. A target that none counts is not learnt: `steps`.
    """
    k1, k2 = schedule.k1 or steps, schedule.k2 or steps
    oldest = np.full(steps, steps)
    for end in sorted({*range(k1, steps + 1, k1), steps}, reverse=True):  # the first window that counts it, at last
        oldest[max(end - min(k1, k2), 0) : end] = max(end - k2, 0)
    return oldest


def _checked(given: Any, needed: Any, schedule: Schedule) -> tuple[np.ndarray, np.ndarray]:
    given, needed = numbers("given", given, "iu"), numbers("needed", needed, "iu")
    if given.ndim != 2 or 0 in given.shape:
        raise ValueError(f"given of shape {given.shape}: need [samples, steps], neither of them 0")
    if needed.shape not in (given.shape, given.shape[:1]):
        raise ValueError(f"needed of shape {needed.shape}: need {given.shape[:1]} or {given.shape}, as given")
    for name, values in (("given", given), ("needed", needed)):
        if int(values.min()) < NONE or int(values.max()) >= 2**31:
            raise ValueError(f"{name} has values from {values.min()} to {values.max()}: need −1, or 0 to 2147483647")
    check_room(len(given) + schedule.batches.size, given.shape[1])
    low, high = int(schedule.batches.min()), int(schedule.batches.max())
    if low < EMPTY or high >= len(given):
        raise ValueError(f"the schedule has samples {low} to {high}: given has 0 to {len(given) - 1}, and −1 for none")
    if needed.ndim == 1:
        at_the_end = np.full(given.shape, NONE, np.int64)
        at_the_end[:, -1] = needed
        needed = at_the_end
    return given.astype(np.int64), needed.astype(np.int64)


def check_room(samples: int, steps: int) -> None:
    """ValueError for more places than there is memory for."""
    check_size(80 * samples * steps, f"{samples} samples of {steps} steps", "use fewer")
