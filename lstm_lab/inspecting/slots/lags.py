"""How far back the target can be read from the inputs: lookup tables on the last inputs, on held-out targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import check_size
from lstm_lab.common.typed import NotNegative, typed
from lstm_lab.inspecting.slots.causes import counted
from lstm_lab.judging.statistics import Interval, success_rate

FEWEST = 10  # targets
BINS = 5  # of numbers that are too many for a table
BLOCKS = 10  # the targets are cut into blocks, and every second one belongs to the same half
LEVEL = 0.05  # of all comparisons with one table together, of which there are two for each number of steps back


@dataclass(frozen=True)
class Lags:
    """How well lookup tables predict the target; print it for a table.

    chance   how often the most common target is right
    up_to    for k = 0, 1, 2, …: the table on all inputs from k steps back to the target's own step
    alone    for k = 0, 1, 2, …: the table on the input k steps back
    targets  number of targets; each was predicted by a table made from the other half
    best     the smallest k whose better table beats chance, and is not beaten by that of another k; None: there is none
    """

    chance: Interval
    up_to: tuple[Interval, ...]
    alone: tuple[Interval, ...]
    targets: int
    best: int | None

    def __str__(self) -> str:
        lines = [
            f"How often a lookup table is right about {self.targets} held-out targets. Chance: {_shown(self.chance)}",
            "",
            "steps back   all inputs up to there    the input there alone",
        ]
        for back, shares in enumerate(zip(self.up_to, self.alone, strict=True)):
            lines.append(f"{back:>10}   {_shown(shares[0]):<23}   {_shown(shares[1])}")
        said = "No table is better than chance." if self.best is None else f"Best: {counted(self.best, 'step')} back."
        return "\n".join([*lines, "", said])


@typed
def lag(x: Any, y: Any, *, most: NotNegative = 12, each_step: bool = False) -> Lags:
    """How well a lookup table predicts the target from the inputs so many steps back, against chance.

    x          inputs [samples, steps, …], in order; samples may overlap
    y          targets [samples, …] of each sample's last step, or [samples, steps, …] with each_step
    most       the largest number of steps back

    Samples that do not overlap are taken for pieces of a series that follow each other. A table says what followed most
    often on the same inputs in the other half of the data, so a table with many entries is not rewarded for them. What
    has too many values for a table is put into five bins with equally many values each.

    Raises ValueError for arrays of other shapes, NaN, and fewer than 10 targets.

    >>> values = np.random.default_rng(0).integers(0, 5, 300)
    >>> lag(values[3:, None], values[:-3]).best
    3
    """
    x, y = checked(x, y, each_step)
    stride = stride_of(x)
    check_size(16 * x.shape[0] * stride * most, f"most is {most}", "use fewer steps back")
    inputs = _codes(_series(x, stride))
    at = np.arange(len(inputs)) if each_step else x.shape[1] - 1 + stride * np.arange(len(x))
    targets = _codes(_series(y, stride) if each_step else y.reshape(len(y), -1))
    if len(targets) < FEWEST:
        raise ValueError(f"there are {len(targets)} targets: to measure a lag needs {FEWEST} or more, or give the lag")
    backs = range(min(most, len(inputs) - 1) + 1)
    held = [np.where(at >= back, inputs[np.maximum(at - back, 0)] + 1, 0) for back in backs]
    alone = [_right(keys, targets) for keys in held]
    up_to, keys = [], np.zeros(len(targets), int)
    for codes in held:
        keys = np.unique(keys * (inputs.max() + 2) + codes, return_inverse=True)[1]
        up_to.append(_right(keys, targets))
    chance = targets == np.bincount(targets).argmax()
    best = _best([max(pair, key=np.sum) for pair in zip(up_to, alone, strict=True)], chance)
    return Lags(_share(chance), tuple(map(_share, up_to)), tuple(map(_share, alone)), len(targets), best)


def checked(x: Any, y: Any, each_step: bool) -> tuple[np.ndarray, np.ndarray]:
    """Inputs [samples, steps, features] and targets; ValueError where they do not fit each other, or hold NaN."""
    x, y = numbers("x", x), numbers("y", y)
    if x.ndim < 2 or 0 in x.shape:
        raise ValueError(f"x of shape {x.shape}: need [samples, steps, features], none of them 0")
    x = x.reshape(*x.shape[:2], -1)
    if not y.ndim or len(x) != len(y) or 0 in y.shape:
        raise ValueError(f"x has {len(x)} samples and y is of shape {y.shape}: need a target for each sample")
    if each_step and y.shape[:2] != x.shape[:2]:
        raise ValueError(f"y of shape {y.shape}: need a target at each step, {x.shape[:2]}")
    for name, values in (("x", x), ("y", y)):
        if not np.isfinite(values).all():
            place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
            raise ValueError(f"{name}{list(place)} is {values[place]}: need finite numbers, so fill the gaps first")
    return x, y


def stride_of(x: np.ndarray) -> int:
    """How many steps one sample begins after the one before: [samples, steps, …]; all steps where none overlap.

    >>> stride_of(np.array([[0, 1, 2], [2, 3, 4], [4, 5, 6]])), stride_of(np.array([[0], [1]]))
    (2, 1)
    """
    steps = x.shape[1]
    return next((s for s in range(1, steps) if len(x) > 1 and np.array_equal(x[1:, :-s], x[:-1, s:])), steps)


def _series(samples: np.ndarray, stride: int) -> np.ndarray:
    """Samples that overlap → each step of the series once: [samples, steps, …] → [values, numbers of a value]."""
    rest = samples[1:, samples.shape[1] - stride :].reshape((len(samples) - 1) * stride, -1)
    return np.concatenate([samples[0].reshape(samples.shape[1], -1), rest])


def _codes(rows: np.ndarray) -> np.ndarray:
    """Rows of numbers → a code for each row: int [rows]. Numbers with too many values are put into bins."""
    if rows.shape[1] > 1 and ((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all():
        rows = rows.argmax(axis=1)[:, None]
    columns = []
    for column in rows.T:
        distinct, codes = np.unique(column, return_inverse=True)
        if len(distinct) > max(BINS, len(column) // 10):
            edges = np.quantile(column, np.arange(1, BINS) / BINS)
            codes = np.searchsorted(edges, column, side="right")
        columns.append(codes)
    return np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1].ravel()


def _right(keys: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Whether a table, made from the other half, is right about each target: bool [targets].

    Where it has no entry, it says the most common target.
    """
    half = np.arange(len(targets)) * BLOCKS // len(targets) % 2
    said = np.empty_like(targets)
    for asked in (0, 1):
        seen = half != asked
        pairs, counts = np.unique(np.stack([keys[seen], targets[seen]]), axis=1, return_counts=True)
        table = np.full(keys.max() + 1, np.bincount(targets[seen]).argmax())
        rarest_first = np.argsort(counts, kind="stable")
        table[pairs[0, rarest_first]] = pairs[1, rarest_first]  # the most common stands in the end
        said[~seen] = table[keys[~seen]]
    return said == targets


def _share(right: np.ndarray) -> Interval:
    """How often a table is right, with Wilson's 95 % interval."""
    return success_rate(int(right.sum()), len(right))


def _shown(share: Interval) -> str:
    return f"{100 * share.estimate:5.1f} %  ({100 * share.low:.1f} to {100 * share.high:.1f})"


def _best(tables: Sequence[np.ndarray], chance: np.ndarray) -> int | None:
    """The first table that beats chance and that no other beats, each by a sign test on the same targets."""
    from scipy.stats import binomtest

    def beats(one: np.ndarray, other: np.ndarray) -> bool:
        wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
        return wins > losses and binomtest(wins, wins + losses).pvalue < LEVEL / (2 * len(tables))

    able = [back for back, table in enumerate(tables) if beats(table, chance)]
    return next((back for back in able if not any(beats(tables[other], tables[back]) for other in able)), None)
