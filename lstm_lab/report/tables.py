"""Figures as people read them: counts with percent, rates with intervals; and the tables they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lab.judging import statistics
from lstm_lab.judging.claims import Published
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import Config

NONE = "—"


@dataclass(frozen=True)
class Table:
    """A header and rows of cells, every cell ready to show."""

    header: list[str]
    rows: list[list[str]]

    def compact(self) -> Table:
        """Without the columns that have nothing to say in any row."""
        kept = [i for i in range(len(self.header)) if any(row[i] not in ("", NONE) for row in self.rows)]
        return Table([self.header[i] for i in kept], [[row[i] for i in kept] for row in self.rows])


def figure(value: Any) -> str:
    """A count as "21/25 (84 %)", a text as it is, a number with four digits.

    >>> figure([21, 25]), figure("BCDEF"), figure(4.60517)
    ('21/25 (84 %)', 'BCDEF', '4.605')
    """
    if isinstance(value, (list, tuple)):
        right, asked = value
        share = f" ({percent(statistics.score(value))} %)" if asked else ""  # of nothing there is no share
        return f"{_amount(right)}/{asked}{share}"
    return value if isinstance(value, str) else f"{value:.4g}"


def percent(fraction: float) -> str:
    """A fraction as percent, with one decimal where it has one, and more where one would make it nothing or all.

    >>> percent(0.84), percent(0.8696), percent(1), percent(0.9998)
    ('84', '87.0', '100', '99.98')
    """
    if abs(100 * fraction - np.round(100 * fraction)) < 1e-6:
        return f"{100 * fraction:.0f}"
    shown = (f"{100 * fraction:.{decimals}f}" for decimals in (1, 2, 3))
    return next((text for text in shown if float(text) not in (0, 100)), f"{100 * fraction:.4f}")


def published_figure(published: Published | None) -> str:
    """What the source prints, or a dash."""
    if published is None:
        return NONE
    if published.right is not None and published.asked is not None:
        return figure([published.right, published.asked])
    return published.text or (figure(published.value) if published.value is not None else published.note or NONE)


def over_seeds(values: Sequence[Any]) -> str:
    """One seed's figure as it is; of many seeds, how many were perfect, and the middle of them.

    >>> print(over_seeds([[4, 4], [4, 4], [3, 4]]))
    perfect 2/3, 21–94 %
    middle 3.7/4 (91.7 %)
    """
    if len(values) < 2:
        return figure(values[0]) if values else NONE
    if isinstance(values[0], (list, tuple)):
        middle = statistics.interquartile_mean([statistics.score(value) for value in values]).estimate
        return f"perfect {rate(values)}\nmiddle {_count(values, middle)}"
    return rate(values) if isinstance(values[0], str) else interval(values)


def rate(values: Sequence[Any]) -> str:
    """On how many seeds all was right, or, of texts, what was said most often; with Wilson's interval.

    >>> rate([[4, 4], [4, 4], [3, 4]]), rate(["BCD", "BCD", "BCE"])
    ('2/3, 21–94 %', 'BCD on 2/3, 21–94 %')
    """
    if not values or isinstance(values[0], (int, float)):
        return NONE
    said = ""
    if isinstance(values[0], str):
        said, successes = Counter(values).most_common(1)[0]
        said += " on "
    else:
        successes = sum(right == asked for right, asked in values)
    share = statistics.success_rate(successes, len(values))
    return f"{said}{successes}/{len(values)}, {_span(share.low, share.high)} %"


def interval(values: Sequence[Any]) -> str:
    """The interquartile mean with its interval.

    >>> interval([[4, 4]] * 4), interval([[2, 4], [3, 4], [3, 4], [4, 4]])
    ('4/4 (100 %)', '3/4 (75 %), 50–100 %')
    """
    if not values or isinstance(values[0], str):
        return NONE
    mean = statistics.interquartile_mean([statistics.score(value) for value in values])
    middle = f"{mean.estimate:.4g}" if isinstance(values[0], (int, float)) else _count(values, mean.estimate)
    if mean.low == mean.high:  # all seeds agree, or there is but one: a bootstrap has nothing to say
        return middle
    if isinstance(values[0], (int, float)):
        return f"{middle}, {mean.low:.4g} to {mean.high:.4g}"
    return f"{middle}, {percent(mean.low)}–{percent(mean.high)} %"


def spread(values: Sequence[Any]) -> str:
    """The quantiles at 2.5, 25, 50, 75 and 97.5 %, counts as percent.

    >>> spread([[3, 4], [4, 4]])
    '75.6 · 81.2 · 87.5 · 93.8 · 99.4 %'
    """
    if len(values) < 2 or isinstance(values[0], str):
        return NONE
    points = statistics.quantiles([statistics.score(value) for value in values])
    if points[0] == points[-1]:
        return "all alike"
    if isinstance(values[0], (int, float)):
        return " · ".join(f"{point:.4g}" for point in points)
    return " · ".join(percent(point) for point in points) + " %"


def difference(first: Sequence[Any], second: Sequence[Any]) -> str:
    """Mean of first − second, paired, with its interval: percentage points for counts.

    >>> difference([[4, 4], [4, 4]], [[3, 4], [3, 4]]), difference([[3, 4]], [[3, 4]])
    ('+25.0 points', 'none')
    """
    paired = statistics.paired_difference([statistics.score(v) for v in first], [statistics.score(v) for v in second])
    if isinstance(first[0], (int, float)):
        middle, low, high = f"{paired.estimate:+.4g}", f"{paired.low:+.4g}", f"{paired.high:+.4g}"
    else:
        middle = f"{100 * paired.estimate:+.1f} points"
        low, high = f"{100 * paired.low:+.1f}", f"{100 * paired.high:+.1f}"
    middle, low, high = (text.replace("-", "−", 1) if text[0] == "-" else text for text in (middle, low, high))
    if paired.low == paired.high:
        return middle if paired.estimate else "none"
    return f"{middle}, {low} to {high}"


def shared(first: Sequence[Record], second: Sequence[Record], measure: str) -> tuple[list[Any], list[Any]]:
    """One measure of two sets of runs, on the seeds that both have, in the same order."""
    left, right = by_seed(first, measure), by_seed(second, measure)
    seeds = [seed for seed in left if seed in right]
    return [left[seed] for seed in seeds], [right[seed] for seed in seeds]


def by_seed(records: Iterable[Record], measure: str) -> dict[int, Any]:
    """Seed → one measure's value."""
    return {record["seed"]: record["measures"][measure] for record in records if measure in record["measures"]}


def measures(records: Iterable[Record]) -> list[str]:
    """The names of all measures, in the order they were asked."""
    return list(dict.fromkeys(name for record in records for name in record["measures"]))


def once(records: Sequence[Record]) -> list[Record]:
    """A lesson's runs, what is the same in all of them kept in the first alone: nothing was drawn that has a rate."""
    if not records or any(record["trainer"] != "none" for record in records):
        return list(records)
    first, *others = records
    drawn = {m for m, v in first["measures"].items() if any(r["measures"].get(m) != v for r in others)}
    return [first, *(r | {"measures": {m: v for m, v in r["measures"].items() if m in drawn}} for r in others)]


def main_measure(config: Config, records: Sequence[Record]) -> str | None:
    """The measure to show when there is room for one: the first with a published figure, else the first asked."""
    asked = measures(records)
    return next((name for name in (*config.published, *asked) if name in asked), None)


def values(records: Iterable[Record], measure: str, part: str = "measures") -> list[Any]:
    """One measure over records."""
    return [record[part][measure] for record in records if measure in record[part]]


def baseline(records: Sequence[Record], measure: str, part: str) -> str:
    """The mean of "chance" or "memoryless" over runs, as a count like the measure it belongs to."""
    known = [record for record in records if measure in record[part] and measure in record["measures"]]
    if not known:
        return NONE
    fractions = [record[part][measure] / record["measures"][measure][1] for record in known]
    return _count(values(known, measure), float(np.mean(fractions)))


def result(config: Config, measured: Sequence[Record], recorded: Sequence[Record], published: bool = True) -> Table:
    """The one table a run ends with: published, recorded and just measured figures beside chance and memoryless."""
    shown = measured or recorded
    rows = [
        [
            name,
            published_figure(config.published.get(name)) if published else NONE,
            over_seeds(values(recorded, name)),
            over_seeds(values(measured, name)),
            baseline(shown, name, "chance"),
            baseline(shown, name, "memoryless"),
        ]
        for name in measures(shown)
    ]
    return Table(["measure", "published", "recorded", "measured", "chance", "memoryless"], rows).compact()


def _count(values: Sequence[Any], fraction: float) -> str:
    """A fraction as a count, where every run was asked as many; else as percent alone."""
    asked = {value[1] for value in values}
    return figure([fraction * asked.pop(), values[0][1]]) if len(asked) == 1 else f"{percent(fraction)} %"


def _amount(right: float) -> str:
    return f"{right:.0f}" if abs(right - np.round(right)) < 1e-9 else f"{right:.1f}"


def _span(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f}"
