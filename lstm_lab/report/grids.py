"""A grid of settings with its runs: as tables, and as a heat map or curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lstm_lab.judging.conditions import Condition
from lstm_lab.judging.measures import Number, Text, Value, percent, scores
from lstm_lab.judging.statistics import Interval, interquartile_mean
from lstm_lab.report import figures, tables
from lstm_lab.report.tables import Rows
from lstm_lab.suite.grid import Grid, cell_name, cells
from lstm_lab.suite.results import Record

MOST = 10_000  # cells; of a larger grid, those without runs are left out
WIDEST = 20  # columns of a matrix; a wider one is a row a cell


@dataclass(frozen=True)
class Cells:
    """A grid, and the runs of one kind in its cells.

    grid    axis → its values
    runs    cell's name → its runs by seed
    failed  cell's name → its runs that failed
    """

    grid: Grid
    runs: Mapping[str, Sequence[Record]]
    failed: Mapping[str, Sequence[Record]] = field(default_factory=dict)

    @cached_property
    def cells(self) -> dict[str, dict[str, Any]]:
        """Every cell by name, also those without runs."""
        if math.prod(map(len, self.grid.values())) <= MOST:
            return cells(self.grid)
        tried = {**self.runs, **self.failed}
        own = ({name: records[0]["settings"][name] for name in self.grid} for records in tried.values())
        ordered = sorted(own, key=lambda cell: [self.grid[name].index(cell[name]) for name in self.grid])
        return {cell_name(cell): cell for cell in ordered}

    def values(self, cell: str, measure: str) -> list[Value]:
        """A measure of a cell's runs."""
        return tables.values(self.runs.get(cell, ()), measure)

    @property
    def measures(self) -> list[str]:
        """Names of all measures of the runs."""
        return tables.measures(record for records in self.runs.values() for record in records)

    @property
    def numeric(self) -> list[str]:
        """The axes whose values are numbers."""
        return [name for name, values in self.grid.items() if all(type(value) in (int, float) for value in values)]


def table(cells: Cells, measure: str, asks: Condition | None = None) -> Rows:
    """One measure over the grid: a matrix for two axes, else a row a cell.

    asks: what counts of a seed in a matrix, in the place of "all right"
    """
    scored = {cell: cells.values(cell, measure) for cell in cells.cells}
    down, *across = cells.grid
    if len(across) != 1 or len(cells.grid[across[0]]) > WIDEST:
        rows = [
            {name: str(setting) for name, setting in settings.items()} | tables.statistics(scored[cell])
            for cell, settings in cells.cells.items()
        ]
        return tables.compact(rows)
    return [
        {f"{down} \\ {across[0]}": str(first)}
        | {
            str(second): _both(scored.get(cell_name({down: first, across[0]: second}), []), asks)
            for second in cells.grid[across[0]]
        }
        for first in cells.grid[down]
    ]


def figure(cells: Cells, measure: str) -> bytes | None:
    """A heat map over two numeric axes; over one, alone or beside lists of names, curves. None where neither fits."""
    middles = {
        cell: interquartile_mean(scores(values))
        for cell in cells.cells
        if (values := cells.values(cell, measure)) and not isinstance(values[0], Text)
    }
    numeric = cells.numeric
    others = [name for name in cells.grid if name not in numeric]
    if not middles or len(numeric) not in (1, 2) or (len(numeric) == 2 and others):
        return None
    if len(numeric) == 1:
        groups: dict[str, dict] = {}
        for cell, middle in middles.items():
            group = ", ".join(f"{name} {cells.cells[cell][name]}" for name in others)
            groups.setdefault(group, {})[cells.cells[cell][numeric[0]]] = middle
        return figures.lines(groups, numeric[0], measure)
    rows, columns = (cells.grid[name] for name in numeric)
    squares: list[list[Interval | None]] = [[None] * len(columns) for _ in rows]
    for cell, middle in middles.items():
        first, second = (cells.cells[cell][name] for name in numeric)
        squares[rows.index(first)][columns.index(second)] = middle
    return figures.heat_map(squares, (numeric[0], numeric[1]), (rows, columns), measure)


def _both(values: Sequence[Value], asks: Condition | None) -> str:
    """The interquartile mean, and on how many seeds all was right, each with its interval."""
    if not values or isinstance(values[0], Text):
        return tables.rate(values)
    mean = interquartile_mean(scores(values))
    if isinstance(values[0], Number):
        return tables.interval(values)
    spread = "" if mean.low == mean.high else f", {percent(mean.low)}–{percent(mean.high)} %"
    return f"{percent(mean.estimate)} %{spread}\n{tables.rate(values, asks)}"
