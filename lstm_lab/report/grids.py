"""A grid of settings: its cells as tables, and as a heat map or curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_lab.judging.measures import Number, Text, Value, percent, scores
from lstm_lab.judging.statistics import interquartile_mean, middle_mean
from lstm_lab.report import figures, tables
from lstm_lab.report.tables import NONE, Rows
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import Config

Cells = Mapping[str, Sequence[Record]]  # cell's name → its runs


def measures(cells: Cells) -> list[str]:
    """Names of all measures of the cells' runs."""
    return tables.measures(record for records in cells.values() for record in records)


def table(config: Config, cells: Cells, measure: str) -> Rows:
    """One measure over the grid: a matrix for two axes, else a row a cell."""
    names, grid = list(config.grid), config.cells()
    scored = {cell: tables.values(cells.get(cell, ()), measure) for cell in grid}
    if len(names) != 2:
        rows = [
            {name: str(setting) for name, setting in grid[cell].items()} | tables.statistics(values)
            for cell, values in scored.items()
        ]
        return tables.compact(rows)
    down, across = names
    return [
        {f"{down} \\ {across}": str(first)}
        | {str(second): _short(scored[f"{down}={first},{across}={second}"]) for second in config.grid[across]}
        for first in config.grid[down]
    ]


def figure(config: Config, cells: Cells, measure: str) -> bytes | None:
    """A heat map over two numeric axes; over one, alone or beside lists of names, curves. None where neither fits."""
    middles = {
        cell: interquartile_mean(scores(values))
        for cell in config.cells()
        if (values := tables.values(cells.get(cell, ()), measure)) and not isinstance(values[0], Text)
    }
    numeric = [name for name, settings in config.grid.items() if all(type(each) in (int, float) for each in settings)]
    others = [name for name in config.grid if name not in numeric]
    if not middles or len(numeric) not in (1, 2) or (len(numeric) == 2 and others):
        return None
    grid = config.cells()
    if len(numeric) == 1:
        groups: dict[str, dict] = {}
        for cell, middle in middles.items():
            group = ", ".join(f"{name} {grid[cell][name]}" for name in others)
            groups.setdefault(group, {})[grid[cell][numeric[0]]] = middle
        return figures.lines(groups, numeric[0], measure)
    rows, columns = (config.grid[name] for name in numeric)
    middle_of = np.full((len(rows), len(columns)), np.nan)
    for cell, middle in middles.items():
        first, second = (grid[cell][name] for name in numeric)
        middle_of[rows.index(first), columns.index(second)] = middle.estimate
    return figures.heat_map(middle_of, (numeric[0], numeric[1]), (rows, columns), measure)


def _short(values: Sequence[Value]) -> str:
    """The interquartile mean, and on how many seeds all was right."""
    if not values:
        return NONE
    if isinstance(values[0], Text):
        return tables.rate(values)
    middle = middle_mean(scores(values))
    if isinstance(values[0], Number):
        return f"{middle:.4g}"
    return f"{percent(middle)} % ({tables.all_right(sum(value.score == 1 for value in values), len(values))})"
