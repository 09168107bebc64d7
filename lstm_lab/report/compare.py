"""Framings side by side: the same measure on the same seeds, as rates, middles and paired differences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstm_lab.common.files import write_whole
from lstm_lab.judging.measures import Count, Text, Value, scores
from lstm_lab.judging.statistics import interquartile_mean
from lstm_lab.report import figures, selection, tables
from lstm_lab.report.selection import Recorded
from lstm_lab.report.tables import Rows
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import MAIN

_SHADES = " ░▒▓█"


@dataclass(frozen=True)
class Comparison:
    """The runs compared, all of one trainer and start.

    values  id → the measure's value by seed
    """

    measure: str
    kind: selection.Kind
    values: dict[str, dict[int, Value]]

    def table(self) -> Rows:
        """A row each: rate, interquartile mean and quantiles, over all its seeds."""
        return tables.compact(
            [
                {"": label, "seeds": str(len(by_seed)), **tables.statistics(list(by_seed.values()))}
                for label, by_seed in self.values.items()
            ]
        )

    def differences(self) -> Rows:
        """First − second of every pair, on the seeds that both have."""
        rows = []
        for first, second in itertools.combinations(self.values, 2):
            seeds = self.shared(first, second)
            ours, theirs = ([self.values[label][seed] for seed in seeds] for label in (first, second))
            difference = tables.difference(ours, theirs)
            rows.append(
                {"on the same seeds": f"{first} − {second}", "seeds": str(len(seeds)), "difference": difference}
            )
        return rows

    def shared(self, first: str, second: str) -> list[int]:
        """Seeds that both have; ValueError where there are none."""
        seeds = [seed for seed in self.values[first] if seed in self.values[second]]
        if not seeds:
            raise ValueError(f"{first} and {second} have no seed in common: run both over the same --seeds")
        return seeds

    def scores(self) -> dict[str, list[float]]:
        """id → one number a seed."""
        return {label: scores(list(by_seed.values())) for label, by_seed in self.values.items()}

    def strips(self, width: int = 40) -> list[str]:
        """For a terminal: each id's seeds along a line from the lowest score to the highest, dark where many are."""
        groups = self.scores()
        low, high = min(map(min, groups.values())), max(map(max, groups.values()))
        edges = np.linspace(low, high if high > low else low + 1, width + 1)
        longest = max(map(len, groups))
        lines = [f"{'':{longest}} {f'{low:.3g}':{width - 6}}{high:6.3g}"]
        for label, found in groups.items():
            share = np.histogram(found, edges)[0] / len(found)
            shades = np.ceil(share * (len(_SHADES) - 1)).astype(int)
            lines.append(f"{label:{longest}} {''.join(_SHADES[shade] for shade in shades)}")
        return lines

    def plot(self, path: Path) -> None:
        """Draw the same to a file, its kind by its ending."""
        kind = figures.kind_of(path)
        middles = {label: interquartile_mean(found) for label, found in self.scores().items()}
        counts = all(isinstance(v, Count) for by_seed in self.values.values() for v in by_seed.values())
        title, label = f"{self.measure} ({selection.how(self.kind)})", "share right" if counts else self.measure
        write_whole(path, figures.strips(self.scores(), middles, label, kind, title))


def compare(
    texts: Sequence[str],
    results: Path,
    measure: str | None = None,
    plot: Path | None = None,
    *,
    overrides: dict[str, Any] | None = None,
    smoke: bool = False,
    elsewhere: Path | None = None,
) -> Comparison:
    """Find the recorded runs of "NNNN" or "NNNN/variant", two or more, and a measure that all of them have.

    overrides, smoke  the settings the runs were made with, where not the present ones, as for `run`
    elsewhere         another folder of results, to be named where the runs are there instead

    Raises ValueError, a line, for an unknown id, variant, setting or measure, runs that are missing or share no seed,
    and a plot of an unknown ending or in a folder that does not exist.
    """
    if plot is not None:
        figures.kind_of(plot)
    places = dict.fromkeys(catalogue.variant(text) for text in texts)
    if len(places) < 2:
        raise ValueError(f"compare {' '.join(texts)}: name two different experiments or variants, as in 0110 0120")
    recorded = Recorded(results)
    all_runs = {}
    for place in places:
        label = _label(*place)
        runs = all_runs[label] = _made_with(*place, recorded, overrides, smoke)
        if not runs:
            there = elsewhere is not None and _made_with(*place, Recorded(elsewhere), overrides, smoke)
            asked = "the settings asked for" if overrides or smoke else "its present settings"
            some = f"there are some in {elsewhere}, add --results {elsewhere}"
            remedy = some if there else "run it, or name --results"
            raise ValueError(f"{label}: no runs under {asked} in {results}: {remedy}")
    kind = next((k for k in selection.PREFERRED if all(selection.of_kind(r, k) for r in all_runs.values())), None)
    if kind is None:
        raise ValueError(f"{', '.join(all_runs)} have no runs of one trainer and start in {results}: run them alike")
    chosen = {label: selection.of_kind(runs, kind) for label, runs in all_runs.items()}
    measure = _measure(measure, chosen)
    compared = Comparison(measure, kind, {label: tables.by_seed(runs, measure) for label, runs in chosen.items()})
    for first, second in itertools.combinations(compared.values, 2):
        compared.shared(first, second)
    return compared


def _measure(wanted: str | None, chosen: dict[str, list[Record]]) -> str:
    """The measure wanted, or the first that all runs have; a text cannot be compared."""
    numeric = {
        label: [m for m in tables.measures(runs) if not isinstance(tables.values(runs, m)[0], Text)]
        for label, runs in chosen.items()
    }
    for label, names in numeric.items():
        if wanted is not None and wanted not in names:
            raise ValueError(
                f"measure {wanted!r} is no count or number of {label}: use {', '.join(names) or 'another id'}"
            )
    first, *others = numeric.values()
    common = [name for name in first if all(name in names for names in others)]
    if not common:
        raise ValueError(f"{', '.join(numeric)} have no measure in common to compare")
    return wanted or common[0]


def _made_with(
    name: str, variant: str, recorded: Recorded, overrides: dict[str, Any] | None, smoke: bool
) -> list[Record]:
    """A variant's runs under its settings, or under changed ones; an error names whose setting it is."""
    try:
        return recorded.under(name, variant, recorded.config(name).resolve(variant, overrides, smoke))
    except ValueError as error:
        raise ValueError(f"{_label(name, variant)}: {error}") from None


def _label(name: str, variant: str) -> str:
    return name[:4] if variant == MAIN else f"{name[:4]}/{variant}"
