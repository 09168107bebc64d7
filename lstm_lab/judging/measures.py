"""What a measure of one run is: a count, a text or a number; each knows its score, and how it is shown and stored.

A count is stored as [right, asked], a text and a number as they are. `read` makes them from what is stored.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Count:
    """How many answers were right, of how many asked.

    >>> Count(21, 25).score, Count(21, 25).shown, Count(21, 25).stored, Count(0, 0).all_right
    (0.84, '21/25 (84 %)', [21, 25], False)
    """

    right: float
    asked: int

    @property
    def score(self) -> float:
        """The share that is right; NaN where nothing was asked."""
        return float(self.right) / self.asked if self.asked else math.nan

    @property
    def shown(self) -> str:
        whole = f"{self.right:.0f}"
        right = whole if abs(self.right - float(whole)) < 1e-9 else f"{self.right:.1f}"
        return f"{right}/{self.asked}" + (f" ({percent(self.score)} %)" if self.asked else "")

    @property
    def stored(self) -> list[float]:
        return [self.right, self.asked]

    @property
    def all_right(self) -> bool:
        return self.right == self.asked > 0


@dataclass(frozen=True, slots=True)
class Text:
    """Symbols that were said. A text has no order, so it has no score.

    >>> Text("BCD").shown, Text("BCD").score
    ('BCD', None)
    """

    symbols: str
    score = None

    @property
    def shown(self) -> str:
        return self.symbols

    stored = shown


@dataclass(frozen=True, slots=True)
class Number:
    """Any other figure.

    >>> Number(4.60517).shown
    '4.605'
    """

    value: float

    @property
    def score(self) -> float:
        return float(self.value)

    @property
    def shown(self) -> str:
        return f"{self.value:.4g}"

    @property
    def stored(self) -> float:
        return self.value


Value = Count | Text | Number


def read(stored: Any) -> Value:
    """The measure that is stored as [right, asked], a text or a number.

    >>> read([21, 25]), read("BCD"), read(0.5)
    (Count(right=21, asked=25), Text(symbols='BCD'), Number(value=0.5))
    """
    match stored:
        case [int() | float() as right, int(asked)] if 0 <= right <= asked < 2**63 and bool not in map(type, stored):
            return Count(right, asked)
        case float():
            return Number(stored)
        case str():
            return Text(stored)
        case int() if not isinstance(stored, bool) and abs(stored) < 2**63:  # a larger one may be no float
            return Number(stored)
        case Count() | Text() | Number():
            return stored
    raise ValueError(f"a measure is {stored!r:.200}: it should be a count (right, asked), a text or a number")


def scores(values: Sequence[Value]) -> list[float]:
    """The score of each; ValueError for a text, which has none."""
    found = []
    for value in values:
        if value.score is None:
            raise ValueError(f"the measure is a text ({value.shown}): a statistic needs counts or numbers")
        found.append(value.score)
    return found


def percent(fraction: float) -> str:
    """A fraction as percent, with one decimal where it has one, and more where one would make it nothing or all.

    >>> percent(0.84), percent(0.8696), percent(1), percent(0.9998)
    ('84', '87.0', '100', '99.98')
    """
    whole = f"{100 * fraction:.0f}"
    if abs(100 * fraction - float(whole)) < 1e-6:
        return whole
    shown = (f"{100 * fraction:.{decimals}f}" for decimals in (1, 2, 3))
    return next((text for text in shown if float(text) not in (0, 100)), f"{100 * fraction:.4f}")
