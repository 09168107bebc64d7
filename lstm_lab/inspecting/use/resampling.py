"""How sure a mean of answers is: answers of one sequence go together, so sequences are resampled and not answers."""

from __future__ import annotations

import numpy as np

from lstm_lab.judging.statistics import LEVEL, MANY, Interval, mean

FEWEST = 5  # sequences that are resampled; of fewer, pieces are
PIECES = 12  # of answers one after another, into which fewer sequences are cut


def estimate(values: np.ndarray, rows: np.ndarray, difference: bool = False) -> Interval:
    """The mean of values [n] and its interval.

    rows  int [n], the sequence of each. Of five sequences or more, means of sequences are resampled. Fewer are cut
          into twelve pieces, in which answers may go together as they do in a series; the interval then holds for these
          sequences alone.
    """
    counts = np.bincount(rows)
    if np.count_nonzero(counts) >= FEWEST:
        units = np.bincount(rows, values)[counts > 0] / counts[counts > 0]
    else:
        pieces = min(PIECES, len(values))
        units = np.full(pieces, values.mean())
        if np.ptp(values) > 0:  # of unequal pieces, too, the mean is that of all values
            place = np.arange(len(values)) * pieces // len(values)
            units += np.bincount(place, values - values.mean()) * pieces / len(values)
    found = mean(tuple(units.tolist()), -1 if difference else 0)
    return found if len(units) > MANY or not np.ptp(units) > 0 else _wider(found, len(units), values, difference)


def _wider(found: Interval, size: int, values: np.ndarray, difference: bool) -> Interval:
    """A bootstrapped interval of few units is too narrow, by √((n − 1)/n), and by Student's t over the normal."""
    from scipy.special import stdtrit

    factor = float(stdtrit(size - 1, (1 + LEVEL) / 2)) / 1.96 * (size / (size - 1)) ** 0.5
    low = found.estimate - factor * (found.estimate - found.low)
    high = found.estimate + factor * (found.high - found.estimate)
    least = -1 if difference else 0
    if least <= values.min() and values.max() <= 1:  # a share, or the difference of two
        low, high = max(low, least), min(high, 1.0)
    return Interval(found.estimate, low, high)
