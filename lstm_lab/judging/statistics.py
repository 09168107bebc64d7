"""Statistics over seeds. The unit is the seed; every figure comes with an interval.

Accuracy is a fraction inside the program and is shown with its count. Bootstraps draw from a generator of their own,
seeded alike every time, so that the same runs give the same text.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

import numpy as np

LEVEL = 0.95
RESAMPLES = 2000
MANY = 500  # scores whose mean is as good as normally distributed, so that nothing is resampled
SAME = 1e-9  # scores that differ by less are the same
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


Function = TypeVar("Function", bound=Callable)


def _of_any_size(function: Function) -> Function:
    """Without NumPy's warnings: scores may be infinite, or too large to be added up."""
    return np.errstate(over="ignore", invalid="ignore")(function)


@dataclass(frozen=True)
class Interval:
    """An estimate and its central 95 % interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Paired:
    """Two sets of scores on the same seeds: on how many the first is higher, the same and lower; the probability of a
    split at least as uneven if neither were better (two-sided sign test); the interquartile mean of the differences."""

    wins: int
    ties: int
    losses: int
    p: float
    difference: Interval


@cache
def success_rate(successes: int, seeds: int) -> Interval:
    """How often it works: the share of seeds, with Wilson's interval.

    >>> rate = success_rate(8, 10)
    >>> round(rate.low, 3), rate.estimate, round(rate.high, 3)
    (0.49, 0.8, 0.943)
    """
    from scipy.stats import binomtest

    _need(seeds)
    interval = binomtest(successes, seeds).proportion_ci(LEVEL, method="wilson")
    return Interval(successes / seeds, float(interval.low), float(interval.high))


def interquartile_mean(scores: Sequence[float]) -> Interval:
    """The mean of the middle half of the seeds, with a bootstrapped percentile interval.

    >>> interquartile_mean([0.0, 0.5, 0.5, 1.0]).estimate
    0.5
    """
    return _bootstrap(tuple(scores))


@lru_cache(maxsize=1024)
def mean(scores: tuple[float, ...], least: float = 0, most: float = 1) -> Interval:
    """The mean of all, with a bootstrapped interval. Where all are the same, it is as wide as Wilson's of that many.

    least, most: what a share can be; −1 and 1 for the difference of two

    >>> mean((1.0, 1.0, 1.0, 1.0)) == success_rate(4, 4)
    True
    """
    values = np.array(scores, float)
    _need(len(values))
    found = float(values.mean())
    if not np.ptp(values) > 0:
        unsure = 1 - success_rate(len(values), len(values)).low
        return Interval(found, max(min(least, found), found - unsure), min(max(most, found), found + unsure))
    if len(values) > MANY:
        error = 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5
        return Interval(found, found - error, found + error)
    drawn = np.random.default_rng(0).integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Interval(found, float(low), float(high))


@_of_any_size
def middle_mean(scores: Sequence[float]) -> float:
    """The same without its interval, which takes most of the time.

    >>> middle_mean([0.0, 0.5, 0.5, 1.0])
    0.5
    """
    _need(len(scores))
    values = np.array(scores, float)
    return float(_middle_half(values, axis=0) if np.ptp(values) > 0 else values.max())


@_of_any_size
def paired(first: Sequence[float], second: Sequence[float]) -> Paired:
    """How first compares with second on the same seeds.

    >>> one = paired([0.9, 0.8, 0.7, 0.5], [0.5, 0.5, 0.5, 0.5])
    >>> one.wins, one.ties, one.losses, one.p
    (3, 1, 0, 0.25)
    """
    from scipy.stats import binomtest

    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores against {len(second)}: a comparison needs the same seeds")
    differences = np.asarray(first, float) - np.asarray(second, float)
    wins, losses = int(np.sum(differences > SAME)), int(np.sum(differences < -SAME))
    p = float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0
    return Paired(wins, len(differences) - wins - losses, losses, p, _bootstrap(tuple(differences)))


@cache
def chance_of_fewer(met: int, seeds: int, rate: float) -> float:
    """How probable at most `met` of so many seeds are, if the true rate is `rate`.

    >>> chance_of_fewer(0, 2, 0.5)
    0.25
    """
    from scipy.stats import binom

    return float(binom.cdf(met, seeds, rate))


def holm(p_values: Sequence[float], level: float = 1 - LEVEL) -> list[bool]:
    """Which of many tests stay significant, if a single wrong one among them all may have the probability `level`.

    >>> holm([0.01, 0.04, 0.03])
    [True, False, False]
    """
    stays = [False] * len(p_values)
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        if p_values[place] > level / (len(p_values) - rank):
            break
        stays[place] = True
    return stays


@_of_any_size
def quantiles(scores: Sequence[float], at: Sequence[float] = QUANTILES) -> list[float]:
    """Quantiles over the seeds."""
    _need(len(scores))
    return [float(q) for q in np.quantile(np.asarray(scores, float), at)]


def _middle_half(values: np.ndarray, axis: int) -> np.ndarray:
    """SciPy's trim_mean without its import, which takes longer than all the sums of a list."""
    seeds = values.shape[axis]
    cut = seeds // 4
    ordered = np.partition(values, (cut, seeds - cut - 1), axis=axis)
    return ordered.take(range(cut, seeds - cut), axis=axis).mean(axis=axis)


@lru_cache(maxsize=16384)  # a report shows the same interval in tables, figures and overviews
@_of_any_size
def _bootstrap(scores: tuple[float, ...]) -> Interval:
    """The interquartile mean."""
    from scipy.stats import bootstrap

    _need(len(scores))
    values = np.array(scores, float)
    if not np.ptp(values) > 0:  # every resample would be the same, or NaN, where nothing was asked
        return Interval(*[float(values.max())] * 3)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The BCa confidence interval")  # so it says if an end of ours is no number
        found = bootstrap(
            (values,),
            _middle_half,
            n_resamples=RESAMPLES,
            confidence_level=LEVEL,
            method="percentile",
            random_state=np.random.default_rng(0),  # `rng` since SciPy 1.15
        )
    return Interval(middle_mean(scores), float(found.confidence_interval.low), float(found.confidence_interval.high))


def _need(seeds: int) -> None:
    if seeds < 1:
        raise ValueError("no runs: a statistic needs one seed or more")
