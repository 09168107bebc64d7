"""Statistics over seeds. The unit is the seed; every figure comes with an interval.

Accuracy is a fraction inside the program and is shown with its count. Bootstraps draw from a generator of their own,
seeded alike every time, so that the same runs give the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

LEVEL = 0.95
RESAMPLES = 2000
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


@dataclass(frozen=True)
class Interval:
    """An estimate and its central 95 % interval."""

    estimate: float
    low: float
    high: float


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
    return _bootstrap(tuple(scores), _middle_half)


def paired_difference(first: Sequence[float], second: Sequence[float]) -> Interval:
    """Mean of first − second over the same seeds, with a bootstrapped percentile interval."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores against {len(second)}: a paired difference needs the same seeds")
    return _bootstrap(tuple(np.asarray(first, float) - np.asarray(second, float)), np.mean)


def quantiles(scores: Sequence[float], at: Sequence[float] = QUANTILES) -> list[float]:
    """Quantiles over the seeds."""
    _need(len(scores))
    return [float(q) for q in np.quantile(np.asarray(scores, float), at)]


def _middle_half(values: np.ndarray, axis: int) -> np.ndarray:
    from scipy.stats import trim_mean

    return trim_mean(values, 0.25, axis=axis)


@lru_cache(maxsize=4096)  # a report shows the same interval in tables, figures and overviews
def _bootstrap(scores: tuple[float, ...], statistic: Callable[..., Any]) -> Interval:
    from scipy.stats import bootstrap

    _need(len(scores))
    values = np.array(scores, float)
    if not np.ptp(values) > 0:  # every resample would be the same, or NaN, where nothing was asked
        return Interval(*[float(values.max())] * 3)
    found = bootstrap(
        (values,),
        statistic,
        n_resamples=RESAMPLES,
        confidence_level=LEVEL,
        method="percentile",
        random_state=np.random.default_rng(0),  # `rng` since SciPy 1.15
    )
    estimate = float(statistic(values, axis=0))
    return Interval(estimate, float(found.confidence_interval.low), float(found.confidence_interval.high))


def _need(seeds: int) -> None:
    if seeds < 1:
        raise ValueError("no runs: a statistic needs one seed or more")
