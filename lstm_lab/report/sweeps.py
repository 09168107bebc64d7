"""The sweeps among an experiment's runs: cells of one grid of settings that is not the TOML file's own.

Nothing says of a run which sweep made it. Runs belong together if their cells have the same axes, and if the same
trainer and start made them with the same other settings. So two sweeps over the same axes are one here, with the values
of both, and cells of the TOML file's own grid join a sweep that has more values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lstm_lab.report.changes import changed
from lstm_lab.report.grids import Cells
from lstm_lab.report.selection import COMPILED, Kind, Recorded, grouped, how, kind_of, of_kind
from lstm_lab.report.tables import Rows
from lstm_lab.suite.grid import Grid, cell_of
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import Config

LONGEST = 200  # characters of a reason


@dataclass(frozen=True)
class Sweep:
    """A grid that somebody ran, and with what: the other settings that differ from the TOML file's, in words."""

    cells: Cells
    kind: Kind
    changes: str

    @property
    def title(self) -> str:
        """ "lag × units, epochs = 100 (here: 4000)" """
        made = "" if self.kind == COMPILED else how(self.kind)
        return ", ".join(filter(None, [" × ".join(self.cells.grid), self.changes, made]))

    @property
    def seeds(self) -> str:
        """How many seeds the cells have, in words: "5 to 30 seeds a cell; cells without runs: 2 of 12"."""
        many = [len(runs) for runs in self.cells.runs.values()] or [0]
        words = f"{min(many)}" if min(many) == max(many) else f"{min(many)} to {max(many)}"
        without = len(self.cells.cells) - len(self.cells.runs)
        missing = f"; cells without runs: {without} of {len(self.cells.cells)}" if without else ""
        return f"{words} seed{'s' * (max(many) != 1)} a cell{missing}"


def find(name: str, recorded: Recorded) -> list[Sweep]:
    """An experiment's sweeps under its present revision, the larger first.

    The runs of the TOML file's own grid alone are no sweep; they have tables of their own.
    """
    config = recorded.config(name)
    usual = config.resolve().recorded()
    found: dict[tuple, tuple[dict[str, Any], dict[str, list[Record]], dict[str, list[Record]]]] = {}
    for failed, groups in enumerate((recorded.groups(name), grouped(recorded.failures(name)))):
        for (variant, made_with), records in groups.items():
            settings = records[0]["settings"]
            if not (cell := _cell(config, variant, made_with, settings)):
                continue
            others = {each: value for each, value in settings.items() if each not in cell}
            for kind in dict.fromkeys(kind for record in records if (kind := kind_of([record]))):
                group = (tuple(cell), json.dumps(others, sort_keys=True), kind)
                found.setdefault(group, (others, {}, {}))[1 + failed][variant] = of_kind(records, kind)
    own = config.cells()
    sweeps = [
        Sweep(Cells(_grid(config, axes, [*runs.values(), *failed.values()]), runs, failed), kind, words)
        for (axes, _, kind), (others, runs, failed) in found.items()
        if (words := changed(others, usual, of="here")) or not own.keys() >= {*runs, *failed}
    ]
    return sorted(sweeps, key=lambda sweep: -len(sweep.cells.runs))


def own(name: str, recorded: Recorded) -> Cells:
    """The TOML file's own grid under its present settings; without runs and failures where it has none."""
    config, failed = recorded.config(name), grouped(recorded.failures(name))
    present = {cell: (cell, config.hash(config.resolve(cell))) for cell in config.cells()} if failed else {}
    runs = {cell: found for cell in config.cells() if (found := recorded.reference(name, cell))}
    kind = next((kind_of(found) for found in runs.values()), None)
    failures = {cell: failed.get(group, []) for cell, group in present.items()}
    if kind is not None:
        failures = {cell: of_kind(found, kind) for cell, found in failures.items()}
    return Cells(config.grid, runs, {cell: found for cell, found in failures.items() if found})


def _cell(config: Config, variant: str, made_with: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The cell of runs that were made under the present revision; {} where they are of another, or of no cell."""
    if variant in config.variants:
        return {}
    cell = config.cells().get(variant, {})
    if not cell or any(settings.get(name) != value for name, value in cell.items()):
        cell = cell_of(variant, settings)
    try:
        return cell if cell and config.hash(config.resolve(overrides=dict(settings))) == made_with else {}
    except ValueError:  # a setting or a data file that is no more
        return {}


def _grid(config: Config, axes: Iterable[str], groups: Iterable[Sequence[Record]]) -> Grid:
    """Each axis with all its values: numbers by size, others in the order of the TOML file's grid and of the runs."""
    settings = [records[0]["settings"] for records in groups]
    return {name: _ordered(config.grid.get(name, []), [each[name] for each in settings]) for name in axes}


def _ordered(first: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """
    >>> _ordered([8, 4], [8, 4]), _ordered([8, 4], [8, 16]), _ordered(["b", "a"], ["c", "a"])
    ([8, 4], [8, 16], ['a', 'c'])
    """
    each = [value for value in first if value in values]
    for value in values:  # which may be lists, that no set takes
        if value not in each:
            each.append(value)
    numbers = all(type(value) in (int, float) for value in each)
    return sorted(each) if numbers and not all(value in first for value in each) else each


def failures(cells: Cells) -> Rows:
    """A row for each cell with runs that failed: on how many seeds, and the first reason."""
    return [
        {
            "cell": cell,
            "failed": f"{len(records)} of {len(records) + len(cells.runs.get(cell, ()))} seeds",
            "the first reason": _line(records[0]["reason"]),
        }
        for cell in cells.cells
        if (records := cells.failed.get(cell))
    ]


def _line(reason: str) -> str:
    text = " ".join(reason.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
