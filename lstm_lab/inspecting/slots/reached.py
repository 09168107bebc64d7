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
    last = schedule.batches[schedule.epoch == schedule.epoch[-1]]
    learnt = np.zeros((len(given), 1), bool)
    learnt[last[last != EMPTY]] = True
    target = (needed != NONE) & learnt
    own, taught = np.zeros(given.shape, bool), np.zeros(given.shape, bool)
    oldest, asked = _oldest_trained(given.shape[1], schedule), np.flatnonzero(target.any(axis=0))
    for back in range(given.shape[1]):  # the value may be so many steps before the target's own
        at = asked[asked >= back]
        found = target[:, at] & (needed[:, at] == given[:, at - back])
        own[:, at] |= found
        taught[:, at] |= found & (at - back >= oldest[at])
    kept = np.zeros(given.shape, bool)
    if schedule.carries:
        kept = given_before(given, needed, target & ~own, schedule, stretches(schedule))
    return Reached(given, needed, schedule, own, kept, taught, target & ~own & ~kept)


def stretches(schedule: Schedule) -> np.ndarray:
    """A number for each stretch of a slot in which state is carried, from a reset to the next: int [updates, batch]."""
    return np.cumsum(schedule.reset_before, axis=0) * schedule.batch_size + np.arange(schedule.batch_size)


def given_before(
    given: np.ndarray, needed: np.ndarray, asked: np.ndarray, schedule: Schedule, stretch: np.ndarray
) -> np.ndarray:
    """For which of the targets asked about an earlier batch of the same stretch held the value: bool [samples, steps].

    asked    bool [samples, steps]: targets of the last epoch
    stretch  int [updates, batch]: which places follow each other, for example those of a slot
    """
    update, slot = np.nonzero(schedule.batches != EMPTY)
    sample, stretch = schedule.batches[update, slot], stretch[update, slot]
    place = np.zeros(len(given), int)  # a sample's last, which is in the last epoch if it is learnt there
    place[sample] = np.arange(len(sample))
    rows, steps = np.nonzero(asked)
    values = int(max(given.max(), needed.max())) + 2
    wanted, which = np.unique(stretch[place[rows]] * values + needed[rows, steps], return_inverse=True)
    if not len(wanted):
        return np.zeros(given.shape, bool)
    first = np.full(len(wanted), schedule.updates)  # the first update that holds each value in its stretch
    for held in given.T:
        keys = stretch * values + held[sample]  # for −1, none, it is a key that no value has
        near = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
        hit = wanted[near] == keys
        np.minimum.at(first, near[hit], update[hit])
    before = np.zeros(given.shape, bool)
    before[rows, steps] = first[which] < update[place[rows]]
    return before


def _oldest_trained(steps: int, schedule: Schedule) -> np.ndarray:
    """The oldest step of a sample to which the gradient of a target at each step goes: int [steps].

    A window that ends at a step goes k2 steps back, and counts the targets there that no window before it counted.
    A target that none counts is not learnt: `steps`.
    """
    k1, k2 = schedule.k1 or steps, schedule.k2 or steps
    oldest = np.full(steps, steps)
    for end in sorted({*range(k1, steps + 1, k1), steps}, reverse=True):  # the first window that counts it, at last
        first = max(end - k2, 0)
        oldest[first:end] = first
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
    check_room(len(given), given.shape[1])
    low, high = int(schedule.batches.min()), int(schedule.batches.max())
    if low < EMPTY or high >= len(given):
        raise ValueError(f"the schedule has samples {low} to {high}: given has 0 to {len(given) - 1}, and −1 for none")
    if needed.ndim == 1:
        at_the_end = np.full(given.shape, NONE, np.int32)
        at_the_end[:, -1] = needed
        needed = at_the_end
    return given.astype(np.int32, copy=False), needed.astype(np.int32, copy=False)


def check_room(samples: int, steps: int) -> None:
    """ValueError for more places than there is memory for."""
    check_size(48 * samples * steps, f"{samples} samples of {steps} steps", "use fewer")
