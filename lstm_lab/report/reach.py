"""The smallest value of a setting with which most seeds succeed, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lstm_lab.judging.conditions import Condition, parse
from lstm_lab.judging.measures import Count, Value
from lstm_lab.judging.statistics import Interval, success_rate
from lstm_lab.report.grids import Cells
from lstm_lab.report.tables import Rows, compact
from lstm_lab.suite.grid import cell_name
from lstm_lab.suite.settings import Config

ENOUGH = 0.9  # the share of seeds that should succeed
_ALL_RIGHT = parse("all right")


@dataclass(frozen=True)
class Reach:
    """The smallest of the values tried with which enough seeds succeed.

    smallest  by the rate itself; None: none of them
    low       the smallest that cannot be excluded: the upper end of its rate's interval is high enough
    high      the smallest that is shown to do: the lower end is high enough
    least     the smallest that was tried, and largest the largest
    again     larger values than the smallest one with which too few seeds succeed all the same
    """

    smallest: float | None
    low: float | None
    high: float | None
    least: float
    largest: float
    again: tuple[float, ...] = ()

    def shown(self, value: float | None) -> str:
        """A value, or "more than 64"."""
        return f"more than {self.largest}" if value is None else str(value)

    @property
    def interval(self) -> str:
        """ "4 to 16", "8 to more than 64" or "more than 64" """
        return self.shown(self.low) + (f" to {self.shown(self.high)}" if self.low != self.high else "")


def smallest(rates: Mapping[float, Interval]) -> Reach:
    """Where a rate over the values of a setting is high enough; values in any order, one or more.

    >>> found = smallest({4: success_rate(10, 40), 8: success_rate(37, 40), 16: success_rate(40, 40)})
    >>> found.smallest, found.interval
    (8, '8 to 16')
    """

    def first(end: str) -> float | None:
        return next((value for value in sorted(rates) if getattr(rates[value], end) >= ENOUGH), None)

    enough = first("estimate")
    larger = (value for value in sorted(rates) if enough is not None and value > enough)
    too_few = tuple(value for value in larger if rates[value].estimate < ENOUGH)
    return Reach(enough, first("high"), first("low"), min(rates), max(rates), too_few)


def condition(config: Config, measure: str, values: Sequence[Value]) -> Condition | None:
    """What a seed's measure must be for the seed to succeed: as the first claim on it says, or else all right.

    None for a text, and for a number: nothing says whether more of it is better.
    """
    kind = {type(value) for value in values}
    if kind != {Count}:
        return None
    for claim in config.claims:
        if claim.measure == measure and (claim.condition.relation == "least" or _is_all_right(claim.condition)):
            return claim.condition
    return _ALL_RIGHT


def _is_all_right(asks: Condition) -> bool:
    return (asks.relation, asks.against) == (_ALL_RIGHT.relation, _ALL_RIGHT.against)


def rates(cells: Cells, measure: str, asks: Condition) -> dict[str, Interval]:
    """Cell that was run → the share of its seeds that succeed. A run that failed is a seed that did not."""
    counted = {
        cell: ([asks.met(value) for value in cells.values(cell, measure)], len(cells.failed.get(cell, ())))
        for cell in cells.cells
    }
    return {cell: success_rate(sum(met), len(met) + failed) for cell, (met, failed) in counted.items() if met or failed}


def along(cells: Cells, axis: str, rates: Mapping[str, Interval]) -> Iterator[tuple[dict[str, Any], Reach]]:
    """Each combination of the other axes that was run, and the smallest value of this axis that is enough."""
    groups: dict[str, tuple[dict[str, Any], dict[float, Interval]]] = {}
    for cell, rate in rates.items():
        others = {name: value for name, value in cells.cells[cell].items() if name != axis}
        groups.setdefault(cell_name(others), (others, {}))[1][cells.cells[cell][axis]] = rate
    return ((others, smallest(of_axis)) for others, of_axis in groups.values())


@dataclass(frozen=True)
class Told:
    """What a grid says of one measure.

    asks    when a seed succeeds
    words   the same as a sentence
    rates   cell → the share of its seeds that do
    tables  numeric axis → a row for each combination of the others; no row where a larger value never is enough
    """

    asks: Condition
    words: str
    rates: Mapping[str, Interval]
    tables: Mapping[str, Rows]


def tell(config: Config, cells: Cells, measure: str) -> Told | None:
    """None where no seed can succeed, or no axis is numeric."""
    values = [value for cell in cells.runs for value in cells.values(cell, measure)]
    asks = condition(config, measure, values)
    if asks is None or not (axes := [name for name in cells.numeric if len(cells.grid[name]) > 1]):
        return None
    words = f"A seed succeeds where {measure} is {asks.words}"
    words += "" if asks is _ALL_RIGHT else ", as the first claim on it asks"
    found = rates(cells, measure, asks)
    return Told(asks, words, found, {axis: _rows(list(along(cells, axis, found)), axis) for axis in axes})


def _rows(found: Sequence[tuple[dict[str, Any], Reach]], axis: str) -> Rows:
    harder = any(one.again for _, one in found)
    if all(one.smallest is None or (harder and one.smallest == one.least) for _, one in found):
        return []
    return compact(
        [
            {name: str(value) for name, value in others.items()}
            | {
                f"smallest {axis}": one.shown(one.smallest),
                "interval": one.interval,
                "again too few at": ", ".join(map(str, one.again)),
            }
            for others, one in found
        ]
    )
