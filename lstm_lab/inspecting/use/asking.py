"""What every test of a trained network's state begins from, and the two simplest: resets, and another's state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_lab.inspecting.use.network import Arrays, CannotBeAsked, Network
from lstm_lab.inspecting.use.resampling import FEWEST, estimate
from lstm_lab.inspecting.use.sequences import Sequences
from lstm_lab.judging.statistics import Interval

PLACES = 128  # places in sequences at which the tests ask
TIMES = 16, 64  # different steps among them: of many sequences, and of one
FARTHEST = 64  # steps back


@dataclass(eq=False)
class Asking:
    """A network, the sequences it is asked on, and what it answers to them as in training.

    rng       draws places and inputs; each test has its own, so that none changes another
    together  so many sequences after one another share inputs, and are one unit of an interval
    """

    network: Network
    sequences: Sequences
    rng: np.random.Generator
    together: int = 1

    @cached_property
    def usual(self) -> np.ndarray:
        """The answers with the resets of training: [sequences, steps, …]."""
        return self.run(self.sequences.x)[0]

    @cached_property
    def right(self) -> np.ndarray:
        """How right they are, where they are due."""
        return self.sequences.right(self.usual)

    @cached_property
    def farthest(self) -> int:
        """How many steps back the tests go: about half the places where an answer is due have as many before them."""
        return min(FARTHEST, int(np.ceil(np.median(np.flatnonzero(self.sequences.due)))))

    def back(self) -> list[int]:
        """The numbers of steps back that are asked about: all of the first, then ever fewer."""
        steps = [*range(5), 6, 8, 12, 16, 24, 32, 48, 64]
        return [step for step in steps if step < self.farthest] + [self.farthest]

    def run(self, x: np.ndarray, state: Arrays | None = None, network: Network | None = None):
        """Answers [rows, steps, …] to x, and the state after the last step."""
        return (network or self.network).run(x, state, self.sequences.answers.of)

    def last(self, x: np.ndarray, state: Arrays | None = None, network: Network | None = None) -> np.ndarray:
        """The answers after the last step alone."""
        return self.run(x, state, network)[0][:, -1]

    def in_pieces(self, steps: int) -> np.ndarray:
        """The answers [sequences, steps, …] if the state is reset every so many steps."""
        x = self.sequences.x
        pieces = -(-x.shape[1] // steps)
        missing = pieces * steps - x.shape[1]
        x = np.concatenate([x, np.repeat(x[:, -1:], missing, axis=1)], axis=1)
        answers, _ = self.run(x.reshape(-1, steps, *x.shape[2:]))
        return answers.reshape(len(x), -1, *answers.shape[2:])[:, : self.sequences.steps]

    def places(self) -> Places:
        """Some places where an answer is due, with enough steps before them; all of them if they are few."""
        due = np.flatnonzero(self.sequences.due)
        due = due[due >= self.farthest]
        times = int(np.clip(PLACES // self.sequences.count, *TIMES))
        due = due[np.unique(np.linspace(0, len(due) - 1, min(times, len(due))).astype(int))]
        rows, steps = (found.ravel() for found in np.meshgrid(np.arange(self.sequences.count), due, indexing="ij"))
        if len(rows) > PLACES:
            chosen = np.sort(self.rng.choice(len(rows), PLACES, replace=False))
            rows, steps = rows[chosen], steps[chosen]
        return Places(rows, steps)

    def states_before(self, steps: np.ndarray, rows: np.ndarray, network: Network | None = None) -> Arrays | None:
        """The state with which each of these rows comes to a step: arrays [places, …]."""
        chosen, places = np.unique(rows, return_inverse=True)
        x, state, reached = self.sequences.x[chosen], None, 0
        found: list[np.ndarray] = []
        for step in np.unique(steps):
            if step > reached:
                state, reached = self.run(x[:, reached:step], state, network)[1], int(step)
            if state is None:
                if not steps.any():
                    return None
                continue  # a state of zeros, which is what an empty place holds
            found = found or [np.zeros((len(rows), *array.shape[1:]), array.dtype) for array in state]
            here = steps == step
            for kept, array in zip(found, state, strict=True):
                kept[here] = array[places[here]]
        return found

    def estimate(self, values: np.ndarray, rows: np.ndarray | None = None, difference: bool = False) -> Interval:
        """The mean of values [sequences, …], or [places] with the sequence of each, and its interval over sequences."""
        rows = np.repeat(np.arange(len(values)), values[0].size) if rows is None else rows
        return estimate(values.ravel().astype(float), rows // self.together, difference)


@dataclass(frozen=True, eq=False)
class Places:
    """Places in sequences: the sequence and the step of each."""

    rows: np.ndarray
    steps: np.ndarray

    def windows(self, x: np.ndarray, before: int) -> np.ndarray:
        """The steps that end at each place, with so many before it: [places, before + 1, …]."""
        return x[self.rows[:, None], self.steps[:, None] + np.arange(-before, 1)]

    def of(self, values: np.ndarray) -> np.ndarray:
        """The values of [sequences, steps, …] at these places."""
        return values[self.rows, self.steps]


@dataclass(frozen=True)
class Curve:
    """Estimates at some points, in order."""

    at: Sequence[int]
    values: Sequence[Interval]

    def __getitem__(self, point: int) -> Interval:
        return self.values[list(self.at).index(point)]


@dataclass(frozen=True)
class Resets:
    """every: how right the answers are if the state is reset every so many samples · adds: what never resetting it
    within a sequence adds to resetting it before every sample, paired."""

    every: Curve
    adds: Interval


@dataclass(frozen=True)
class Swap:
    """own, other: how right the answer is with the network's own state, and with that of another sequence
    · changed: how often the other state changes the answer."""

    own: Interval
    other: Interval
    changed: Interval


@dataclass(frozen=True)
class WarmUp:
    """same, right: how often an answer is the usual one, and how right it is, after so many steps from a zero state
    · needed: the steps after which nineteen of twenty are the usual answer, from there on; None: more than were asked
    · adds: what all earlier steps add to the current one, paired."""

    same: Curve
    right: Curve
    needed: int | None
    adds: Interval


def resets(asking: Asking) -> Resets:
    """The state reset every sample, every second, every fourth … and never."""
    sequences = asking.sequences
    samples = sequences.steps // sequences.sample
    if samples < 2:
        raise CannotBeAsked("every sample begins with a zero state, in training too")
    at = [2**power for power in range(samples.bit_length()) if 2**power < samples]
    right = {every: sequences.right(asking.in_pieces(every * sequences.sample)) for every in at}
    right[samples] = asking.right
    values = [asking.estimate(found) for found in right.values()]
    return Resets(Curve([*right], values), asking.estimate(asking.right - right[1], difference=True))


def swap(asking: Asking) -> Swap:
    """The state of another sequence at the same step; with one sequence alone, of the same one at another step."""
    places = asking.places()
    if places.steps.max() == 0:
        raise CannotBeAsked("every sequence has one step: there is no state before it")
    if asking.sequences.count > 1:
        others = (
            places.rows + asking.rng.integers(1, asking.sequences.count, len(places.rows))
        ) % asking.sequences.count
        steps = places.steps
    else:
        if len(places.rows) < FEWEST:
            raise CannotBeAsked(f"there is one sequence with {len(places.rows)} places to ask at: {FEWEST} are needed")
        others, steps = places.rows, np.roll(places.steps, len(places.steps) // 2)
    x = places.windows(asking.sequences.x, 0)
    targets = places.of(asking.sequences.targets)
    own = asking.last(x, asking.states_before(places.steps, places.rows))
    other = asking.last(x, asking.states_before(steps, others))
    answers = asking.sequences.answers
    return Swap(
        asking.estimate(answers.right(own, targets), places.rows),
        asking.estimate(answers.right(other, targets), places.rows),
        asking.estimate(1 - answers.same(own, other), places.rows),
    )


def warm_up(asking: Asking) -> WarmUp:
    """From a zero state at each place and ever more steps before it: when are the answers the usual ones?"""
    places, answers = asking.places(), asking.sequences.answers
    if asking.farthest == 0:
        raise CannotBeAsked("every sequence has one step: there is nothing before it")
    usual, targets = places.of(asking.usual), places.of(asking.sequences.targets)
    same, right = {}, {}
    for before in asking.back():
        found = asking.last(places.windows(asking.sequences.x, before))
        same[before], right[before] = answers.same(found, usual), answers.right(found, targets)
    enough = [before for before in same if all(same[more].mean() >= 0.95 for more in same if more >= before)]
    return WarmUp(
        Curve([*same], [asking.estimate(found, places.rows) for found in same.values()]),
        Curve([*right], [asking.estimate(found, places.rows) for found in right.values()]),
        min(enough, default=None),
        asking.estimate(answers.right(usual, targets) - right[0], places.rows, difference=True),
    )
