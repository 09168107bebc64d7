"""A line for each word of statistics that stands above it on the screen, and for no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINES = (
    (r", ([\d.]+–[\d.]+ %|[-−+]?[\d.e+-]+ to [-−+\d.e]+)", "{}: the 95 % interval of the figure before it"),
    (r"(interquartile) mean", "{} mean: the mean of the middle half of the seeds"),
    (r"(quantiles)", "{}: 2.5, 25, 50, 75 and 97.5 % of the seeds lie below these five figures"),
    (r"[\d.]+ (points)", "{}: percentage points; the interquartile mean of the seeds' own differences"),
    (r"(chance)", "{}: what guessing gets right"),
    (r"(lookup table)", "{}: no memory; the answer most often seen with the last input"),
    (r"(scheduled start)", "{}: NumPy draws data, weights and order, alike for both trainers"),
    (r"(literal start)", "{}: Keras draws data, weights and order, as the sources do"),
)


def legend(*shown: object) -> Iterator[str]:
    """The lines for what is shown: texts, and rows of tables.

    >>> list(legend([{"chance": "1/25"}], "8 of 9 seeds all right, 56–98 %"))
    ['56–98 %: the 95 % interval of the figure before it', 'chance: what guessing gets right']
    """
    text = "\n".join(map(str, shown))
    for pattern, line in _LINES:
        if found := re.search(pattern, text):
            yield line.format(found[1])
