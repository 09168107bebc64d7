"""Figures as people read them: counts with percent, rates with intervals; and the tables they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from lstm_lab.judging.claims import Published
from lstm_lab.judging.conditions import Condition
from lstm_lab.judging.measures import Count, Number, Text, Value, percent, scores
from lstm_lab.judging.statistics import Interval, interquartile_mean, middle_mean, paired, quantiles, success_rate
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import Config

NONE = "—"


Rows = list[dict[str, str]]  # a table: each row's cells under their columns' names, the same columns in every row


def compact(rows: Rows) -> Rows:
    """Without the columns that have nothing to say in any row."""
    empty = {column for column in (rows[0] if rows else ()) if all(row[column] in ("", NONE) for row in rows)}
    return [{column: cell for column, cell in row.items() if column not in empty} for row in rows]


def published_figure(published: Published | None) -> str:
    """What the source prints, or a dash."""
    if published is None:
        return NONE
    return published.measure.shown if published.measure else published.note or NONE


def over_seeds(values: Sequence[Value]) -> str:
    """One seed's figure as it is; of many seeds, on how many all was right, and, if not on all, the interquartile mean.

    >>> print(over_seeds([Count(4, 4), Count(4, 4), Count(3, 4)]))
    2 of 3 seeds all right, 21–94 %
    interquartile mean 3.7/4 (91.7 %)
    """
    if len(values) < 2:
        return values[0].shown if values else NONE
    if isinstance(values[0], Count):
        often = rate(values)
        if all(isinstance(value, Count) and value.all_right for value in values):  # the mean says no more
            return often
        return f"{often}\ninterquartile mean {level(values, middle_mean(scores(values)))}"
    return rate(values) if isinstance(values[0], Text) else interval(values)


def rate(values: Sequence[Value], asks: Condition | None = None) -> str:
    """On how many seeds all was right, or, of texts, what was said most often; with Wilson's interval.

    asks: what counts of a seed, in the place of "all right"

    >>> rate([Count(4, 4), Count(4, 4), Count(3, 4)]), rate([Text("BCD"), Text("BCD"), Text("BCE")])
    ('2 of 3 seeds all right, 21–94 %', 'BCD on 2 of 3 seeds, 21–94 %')
    """
    if not values or isinstance(values[0], Number):
        return NONE
    if isinstance(values[0], Text):
        said, successes = Counter(values).most_common(1)[0]
        words = f"{said.shown} on {_of(successes, len(values))}"
    elif asks is not None and asks.words != "all right":
        successes = sum(map(asks.met, values))
        words = f"{_of(successes, len(values))} {asks.words}"
    else:
        successes = sum(isinstance(value, Count) and value.all_right for value in values)
        words = all_right(successes, len(values))
    share = success_rate(successes, len(values))
    return f"{words}, {100 * share.low:.0f}–{100 * share.high:.0f} %"


def all_right(successes: int, seeds: int) -> str:
    """The words for success over seeds, on every screen and page."""
    return f"{_of(successes, seeds)} all right"


def _of(successes: int, seeds: int) -> str:
    return f"{successes} of {seeds} seed{'s' * (seeds != 1)}"


def interval(values: Sequence[Value]) -> str:
    """The interquartile mean with its interval.

    >>> interval([Count(4, 4)] * 4), interval([Count(2, 4), Count(3, 4), Count(3, 4), Count(4, 4)])
    ('4/4 (100 %)', '3/4 (75 %), 50–100 %')
    """
    if not values or isinstance(values[0], Text):
        return NONE
    mean = interquartile_mean(scores(values))
    middle = level(values, mean.estimate)
    if mean.low == mean.high:  # all seeds agree, or there is but one: a bootstrap has nothing to say
        return middle
    if isinstance(values[0], Number):
        return f"{middle}, {mean.low:.4g} to {mean.high:.4g}"
    return f"{middle}, {percent(mean.low)}–{percent(mean.high)} %"


def spread(values: Sequence[Value]) -> str:
    """The quantiles at 2.5, 25, 50, 75 and 97.5 %, counts as percent.

    >>> spread([Count(3, 4), Count(4, 4)])
    '75.6 · 81.2 · 87.5 · 93.8 · 99.4 %'
    """
    if len(values) < 2 or isinstance(values[0], Text):
        return NONE
    points = quantiles(scores(values))
    if points[0] == points[-1]:
        return "all the same"
    if isinstance(values[0], Number):
        return " · ".join(f"{point:.4g}" for point in points)
    return " · ".join(percent(point) for point in points) + " %"


def difference(first: Sequence[Value], second: Sequence[Value]) -> str:
    """Interquartile mean of first − second, paired, with its interval: percentage points for counts; and on how many
    seeds first is higher and lower. A dash for texts, or no seeds.

    >>> difference([Count(4, 4)] * 2, [Count(3, 4)] * 2), difference([Count(3, 4)], [Count(3, 4)])
    ('+25.0 points; 2 higher, 0 lower', 'none')
    """
    if not first or isinstance(first[0], Text):
        return NONE
    found = paired(scores(first), scores(second))
    if not found.wins + found.losses:
        return "none"
    split = f"{found.wins} higher, {found.losses} lower"
    return f"{signed(found.difference, points=isinstance(first[0], Count))}; {split}"


def signed(difference: Interval, points: bool = False) -> str:
    """A difference with its interval, as percentage points or as it is.

    >>> signed(Interval(-0.25, -0.5, 0.0), points=True), signed(Interval(0.125, 0.125, 0.125))
    ('−25.0 points, −50.0 to +0.0', '+0.125')
    """

    def one(value: float) -> str:
        text = f"{100 * value:+.1f}" if points else f"{value:+.4g}"
        return text.replace("-", "−", 1) if text[0] == "-" else text

    middle = one(difference.estimate) + (" points" if points else "")
    same = difference.low == difference.high
    return middle if same else f"{middle}, {one(difference.low)} to {one(difference.high)}"


def shared(first: Sequence[Record], second: Sequence[Record], measure: str) -> tuple[list[Value], list[Value]]:
    """One measure of two sets of runs, on the seeds that both have, in the same order."""
    left, right = by_seed(first, measure), by_seed(second, measure)
    seeds = [seed for seed in left if seed in right]
    return [left[seed] for seed in seeds], [right[seed] for seed in seeds]


def by_seed(records: Iterable[Record], measure: str) -> dict[int, Value]:
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


def values(records: Iterable[Record], measure: str) -> list[Value]:
    """One measure over records."""
    return [record["measures"][measure] for record in records if measure in record["measures"]]


def statistics(values: Sequence[Value]) -> dict[str, str]:
    """One measure of many seeds in three cells: on how many all was right, the interquartile mean, the quantiles."""
    return {"all right": rate(values), "interquartile mean": interval(values), "quantiles": spread(values)}


def baselines(records: Sequence[Record], measure: str) -> dict[str, str]:
    """The cells of both baselines of a measure, and whether the table without memory falls short of all answers."""
    cells = {part.replace("_", " "): baseline(records, measure, part) for part in ("chance", "lookup_table")}
    share = baseline_share(records, measure, "lookup_table")
    return cells | {"needs memory?": NONE if share is None else "yes" if share < 1 else "no"}


def baseline(records: Sequence[Record], measure: str, part: str) -> str:
    """The mean of "chance" or "lookup_table" over runs, as a count like the measure it belongs to."""
    share = baseline_share(records, measure, part)
    return NONE if share is None else level(values(records, measure), share)


def baseline_share(records: Sequence[Record], measure: str, part: str) -> float | None:
    """The mean share that "chance" or "lookup_table" gets right; None where no run has that baseline."""
    known = [record for record in records if measure in record[part] and measure in record["measures"]]
    return float(np.mean([r[part][measure] / r["measures"][measure].asked for r in known])) if known else None


def result(
    config: Config,
    measured: Sequence[Record],
    recorded: Sequence[Record],
    published: bool = True,
    changed: bool = False,
) -> Rows:
    """The table a run ends with: published, recorded and just measured figures.

    changed: the published and the recorded figures are of other settings than those measured, and their columns say so.
    """
    other = " (other settings)" if changed else ""
    rows = [
        {
            "measure": name,
            f"published{other}": published_figure(config.published.get(name)) if published else NONE,
            f"recorded{other}": over_seeds(values(recorded, name)),
            "measured": over_seeds(values(measured, name)),
        }
        for name in measures(measured or recorded)
    ]
    return compact(rows)


def without_memory(records: Sequence[Record]) -> Rows:
    """What needs no memory: both baselines of each measure that has one, and whether the task needs memory."""
    rows = [(name, baselines(records, name)) for name in measures(records)]
    return compact([{"measure": name, **cells} for name, cells in rows if {*cells.values()} != {NONE}])


def level(values: Sequence[Value], score: float) -> str:
    """A mean score as the measure is shown: as a count, where every run was asked as many, else as percent alone."""
    if isinstance(values[0], Number):
        return Number(score).shown
    asked = {value.asked for value in values if isinstance(value, Count)}
    return f"{percent(score)} %" if len(asked) > 1 else Count(score * max(asked), max(asked)).shown
