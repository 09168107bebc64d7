"""Figures as people read them: counts with percent, rates with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lab import statistics
from lstm_lab.results import Record
from lstm_lab.settings import Config, Published


@dataclass(frozen=True)
class Row:
    """One measure of one experiment, every cell ready to show."""

    measure: str
    published: str
    recorded: str
    measured: str
    chance: str
    memoryless: str


def figure(value: Any) -> str:
    """A count as "21/25 (84.0 %)", a text as it is, a number with four digits.

    >>> figure([21, 25]), figure("BCDEF"), figure(4.60517)
    ('21/25 (84.0 %)', 'BCDEF', '4.605')
    """
    if isinstance(value, (list, tuple)):
        right, asked = value
        right = f"{right:g}" if isinstance(right, int) or float(right).is_integer() else f"{right:.1f}"
        return f"{right}/{asked} ({100 * float(right) / asked:.1f} %)"
    return value if isinstance(value, str) else f"{value:.4g}"


def published_figure(published: Published | None) -> str:
    """What the source prints, or a dash."""
    if published is None:
        return "—"
    if published.right is not None and published.asked is not None:
        return figure([published.right, published.asked])
    return published.text or (figure(published.value) if published.value is not None else published.note)


def over_seeds(values: Sequence[Any]) -> str:
    """One seed's figure as it is; many seeds as rates and means with their intervals.

    >>> over_seeds([[4, 4], [4, 4], [3, 4]]).splitlines()[0]
    'all 4 on 2 of 3 seeds (21–94 %)'
    """
    if not values:
        return "—"
    if len(values) == 1:
        return figure(values[0])
    if isinstance(values[0], (list, tuple)):
        return _counts(values)
    if isinstance(values[0], str):
        return _texts([str(v) for v in values])
    mean = statistics.interquartile_mean([float(v) for v in values])
    return f"{mean.estimate:.4g} ({mean.low:.4g} – {mean.high:.4g})"


def _counts(values: Sequence[Any]) -> str:
    asked = values[0][1]
    perfect = sum(right == of for right, of in values)
    rate = statistics.success_rate(perfect, len(values))
    mean = statistics.interquartile_mean([right / of for right, of in values])
    return (
        f"all {asked} on {perfect} of {len(values)} seeds ({100 * rate.low:.0f}–{100 * rate.high:.0f} %)\n"
        f"interquartile mean {mean.estimate * asked:.1f}/{asked} "
        f"({100 * mean.estimate:.1f} %, {100 * mean.low:.1f}–{100 * mean.high:.1f} %)"
    )


def _texts(values: list[str]) -> str:
    texts, counts = np.unique(values, return_counts=True)
    commonest = int(counts.argmax())
    rate = statistics.success_rate(int(counts[commonest]), len(values))
    interval = f"{100 * rate.low:.0f}–{100 * rate.high:.0f} %"
    return f"{texts[commonest]} on {counts[commonest]} of {len(values)} seeds ({interval})"


def measures(records: Sequence[Record]) -> list[str]:
    """The names of all measures, in the order they were asked."""
    return list(dict.fromkeys(name for record in records for name in record["measures"]))


def values(records: Sequence[Record], measure: str, part: str = "measures") -> list[Any]:
    """One measure over records."""
    return [record[part][measure] for record in records if measure in record[part]]


def rows(config: Config, measured: Sequence[Record], recorded: Sequence[Record]) -> list[Row]:
    """The one table of an experiment: published, recorded and measured figures beside chance and memoryless."""
    shown = measured or recorded
    return [
        Row(
            measure=name,
            published=published_figure(config.published.get(name)),
            recorded=over_seeds(values(recorded, name)),
            measured=over_seeds(values(measured, name)),
            chance=_baseline(shown, name, "chance"),
            memoryless=_baseline(shown, name, "memoryless"),
        )
        for name in measures(shown)
    ]


def _baseline(records: Sequence[Record], name: str, part: str) -> str:
    known = values(records, name, part)
    if not known:
        return "—"
    asked = records[0]["measures"][name][1]
    return figure([float(np.mean(known)), asked])
