"""Does the network read its inputs, or count its steps? It is given inputs in an order that means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lstm_lab.inspecting.use.asking import Asking, Places
from lstm_lab.inspecting.use.network import CannotBeAsked
from lstm_lab.judging.statistics import Interval

DRAWN = 64  # sequences of random inputs
LONGEST = 32  # steps of each
RESAMPLES = 200
SWAPPED = 8  # places at which the state is another one


@dataclass(frozen=True)
class Clock:
    """Of the variance of the answers to random inputs, the share that the place in the sequence explains, the share
    that the current input explains, and the rest, which is earlier inputs or both together.

    changed: how often an answer is another one with the state after other inputs, as many · zero: with a zero state"""

    place: Interval
    input: Interval
    changed: Interval
    zero: Interval

    @property
    def rest(self) -> float:
        return max(0.0, 1 - self.place.estimate - self.input.estimate)


def clock(asking: Asking) -> Clock:
    """Inputs drawn at random from all that the sequences hold, from a zero state, the state carried."""
    sequences = asking.sequences
    due = np.flatnonzero(sequences.due[:LONGEST])
    if len(due) < 2:
        raise CannotBeAsked("an answer is due at one step of a sequence only: the place is always the same")
    symbols = sequences.inputs().ravel()
    if len(np.unique(symbols)) < 2:
        raise CannotBeAsked("all inputs are the same, so their order cannot be changed")
    drawn = asking.rng.integers(len(symbols), size=(DRAWN, due[-1] + 1))
    asking = replace(asking, sequences=replace(sequences, x=sequences.pool[drawn]), together=1)
    answers = asking.usual[:, due]
    place = np.broadcast_to(np.arange(len(due)), answers.shape[:2])
    shares = (_resampled(answers, groups, asking.rng) for groups in (place, symbols[drawn][:, due]))
    return Clock(*shares, *_with_other_states(asking, due[due > 0]))


def _with_other_states(asking: Asking, due: np.ndarray) -> Iterator[Interval]:
    """How often an answer changes with the state of another sequence at the same step, and with a zero state."""
    due = due[np.unique(np.linspace(0, len(due) - 1, SWAPPED).astype(int))]
    places = Places(np.repeat(np.arange(DRAWN), len(due)), np.tile(due, DRAWN))
    x, own = places.windows(asking.sequences.x, 0), places.of(asking.usual)
    for state in (asking.states_before(places.steps, (places.rows + 1) % DRAWN), None):
        yield asking.estimate(1 - asking.sequences.answers.same(asking.last(x, state), own), places.rows)


def explained(answers: np.ndarray, groups: np.ndarray) -> float:
    """The share of the variance of answers between groups, without what groups so small would explain by chance.

    answers  int [rows, steps] classes, or floats [rows, steps, outputs] · groups int [rows, steps]
    0 where all answers are the same.
    """
    which = np.unique(groups, return_inverse=True)[1].ravel()
    counts = np.bincount(which)
    if answers.ndim == 2:  # a class is a one-hot row; how often each comes in each group is enough
        classes = np.unique(answers, return_inverse=True)[1].ravel()
        size = classes.max() + 1
        together = np.bincount(which * size + classes, minlength=len(counts) * size).reshape(-1, size)
        middle = float(np.square(together.sum(axis=0)).sum() / len(classes))
        total = len(classes) - middle
        between = float((np.square(together).sum(axis=1) / counts).sum()) - middle
    else:
        flat = answers.reshape(-1, answers.shape[-1]).astype(float)
        flat -= flat.mean(axis=0)
        sums = np.stack([np.bincount(which, column) for column in flat.T], axis=1)
        total = float(np.square(flat).sum())
        between = float((np.square(sums).sum(axis=1) / counts).sum())
    if total < 1e-12 or len(which) <= len(counts):
        return 0.0
    by_chance = (len(counts) - 1) * (total - between) / (len(which) - len(counts))
    return min(1.0, max(0.0, (between - by_chance) / total))


def _resampled(answers: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> Interval:
    """The share, and its interval over resampled sequences."""
    rows = rng.integers(len(answers), size=(RESAMPLES, len(answers)))
    low, high = np.quantile([explained(answers[each], groups[each]) for each in rows], (0.025, 0.975))
    found = explained(answers, groups)
    return Interval(found, min(float(low), found), max(float(high), found))
