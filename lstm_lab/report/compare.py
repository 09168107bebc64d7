"""Framings side by side: the same measure on the same seeds, as rates, middles and paired differences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lstm_lab.common.checks import shown
from lstm_lab.judging.measures import Count, Text, Value, scores
from lstm_lab.judging.statistics import interquartile_mean
from lstm_lab.report import figures, generated, selection, tables
from lstm_lab.report.selection import Recorded
from lstm_lab.report.tables import Rows
from lstm_lab.report.wanted import Place, Wanted, is_own, short
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Record

_SHADES = " ░▒▓█"


@dataclass(frozen=True)
class Comparison:
    """The runs compared, all of one trainer and start.

    values   id → the measure's value by seed
    changes  what a user's settings change of the reference, in words
    others   the other measures that could be compared
    folders  id → the folder its runs are from
    """

    measure: str
    kind: selection.Kind
    values: dict[str, dict[int, Value]]
    changes: str = ""
    others: tuple[str, ...] = ()
    folders: dict[str, Path] = field(default_factory=dict)

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
            seeds = [seed for seed in self.values[first] if seed in self.values[second]]
            ours, theirs = ([self.values[label][seed] for seed in seeds] for label in (first, second))
            difference = tables.difference(ours, theirs)
            rows.append(
                {"on the same seeds": f"{first} − {second}", "seeds": str(len(seeds)), "difference": difference}
            )
        return rows

    def differing(self) -> str:
        """What differs in how much was asked, as a warning: "0110 asks 25, 0120 asks 23"; "" if nothing does."""
        asked = {
            label: sorted({value.asked for value in by_seed.values() if isinstance(value, Count)})
            for label, by_seed in self.values.items()
        }
        if len(set(map(tuple, asked.values()))) < 2:
            return ""
        return ", ".join(f"{label} asks {' or '.join(map(str, counts[:3]))}" for label, counts in asked.items())

    def scores(self) -> dict[str, list[float]]:
        """id → one number a seed."""
        return {label: scores(list(by_seed.values())) for label, by_seed in self.values.items()}

    def strips(self, width: int = 40) -> list[str]:
        """For a terminal: each id's seeds along a line from the lowest score to the highest, dark where many are."""
        groups = {label: np.array(found) for label, found in self.scores().items()}
        finite = np.concatenate([found[np.isfinite(found)] for found in groups.values()])
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        edges = np.linspace(low / 4, (high if high > low else low + 1) / 4, width + 1)  # of the largest floats too
        longest = max(map(len, groups))
        lines = [f"{'':{longest}} {f'{low:.3g}':{width - 6}}{high:6.3g}"]
        for which, found in groups.items():
            share = np.histogram(found / 4, edges)[0] / len(found)
            shades = np.ceil(share * (len(_SHADES) - 1)).astype(int)
            beyond = int(np.sum(~np.isfinite(found)))
            line = f"{which:{longest}} {''.join(_SHADES[shade] for shade in shades)}"
            lines.append(f"{line} and {beyond} not finite" if beyond else line)
        return lines

    def plot(self, path: Path) -> None:
        """Draw the same to a file, its kind by its ending."""
        kind = figures.kind_of(path)
        middles = {label: interquartile_mean(found) for label, found in self.scores().items()}
        counts = all(isinstance(v, Count) for by_seed in self.values.values() for v in by_seed.values())
        title, axis = f"{self.measure} ({selection.how(self.kind)})", "share right" if counts else self.measure
        generated.write(path, figures.strips(self.scores(), middles, axis, kind, title))


def compare(
    texts: Sequence[str],
    wanted: Wanted,
    results: Path,
    reference: Path,
    measure: str | None = None,
    plot: Path | None = None,
) -> Comparison:
    """Find the runs of "NNNN" or "NNNN/variant" in a folder, and a measure that all of them have.

    Two or more are compared with each other. One is compared with its reference runs, on the seeds that both have.
    Beside an experiment of one's own, which has no reference runs, each is taken from where its runs are.
    wanted     the settings the runs were made with
    reference  the folder of the reference runs

    Raises ValueError, a line, for an unknown id, variant, setting or measure, runs that are missing or share no seed
    (with the command that makes them), and a plot of an unknown ending or in a folder that does not exist.
    """
    if plot is not None:
        figures.kind_of(plot)
    places = list(dict.fromkeys(catalogue.variant(text) for text in texts))
    alone, in_reference = len(texts) == 1, results.resolve() == reference.resolve()
    if len(places) < 2 and not alone:
        raise ValueError(f"compare {' '.join(texts)}: name two different experiments or variants, as in 0110 0120")
    if alone and in_reference and not wanted.options:
        raise ValueError(f"{results} has the reference runs: name the folder of your own, or another experiment")
    recorded = wanted.folders(places, results, reference)
    runs = {place: wanted.runs(place, recorded[place]) for place in places}
    if missing := [place for place in places if not runs[place]]:
        folder = recorded[missing[0]]
        missing = [place for place in missing if recorded[place].results == folder.results]
        elsewhere = Recorded(wanted.own if folder.results.resolve() == reference.resolve() else reference)
        there = all(wanted.runs(place, elsewhere) for place in missing) and not alone
        advice = f", or name --results {elsewhere.results}, which has some" if there else ""
        raise ValueError(wanted.remedy(missing, runs, folder) + advice)
    labelled = {short(*place): found for place, found in runs.items()}
    if alone:
        labelled = {"yours": runs[places[0]], "reference": _reference(places[0], reference)}
    kind = next((k for k in selection.PREFERRED if all(selection.of_kind(r, k) for r in labelled.values())), None)
    if kind is None:
        kinds = (
            f"{which}: {selection.how((found[0]['trainer'], found[0]['start']))}" for which, found in labelled.items()
        )
        raise ValueError(f"no runs of one trainer and start ({'; '.join(kinds)}): run them alike")
    chosen = {which: selection.of_kind(found, kind) for which, found in labelled.items()}
    measure, *others = _measures(measure, chosen)
    values = {which: tables.by_seed(found, measure) for which, found in chosen.items()}
    for first, second in itertools.combinations(values, 2):
        if not values[first].keys() & values[second].keys():
            more = [place for place in places if is_own(place)] or places
            command = wanted.command(more, recorded[more[0]].results)
            raise ValueError(f"{first} and {second} have no seed in common: first `{command}`")
    if alone:
        shared = [seed for seed in values["yours"] if seed in values["reference"]]
        values = {which: {seed: by_seed[seed] for seed in shared} for which, by_seed in values.items()}
    folders = {short(*place): recorded[place].results for place in places}
    return Comparison(measure, kind, values, wanted.changes(places[0]) if alone else "", tuple(others), folders)


def _reference(place: Place, reference: Path) -> list[Record]:
    """The reference runs of a place under its present settings; ValueError, with the command, if there are none."""
    if not (found := Recorded(reference).current(*place)):
        if is_own(place):
            another = f"compare it with another, as in `lstm-lab compare {place[0][:4]} 0150`"
            raise ValueError(f"{short(*place)} is an experiment of your own and has no reference runs: {another}")
        command = f"lstm-lab record {place[0][:4]}"
        raise ValueError(f"{short(*place)}: no reference runs in {reference}: first `{command}`")
    return found


def _measures(wanted: str | None, chosen: dict[str, list[Record]]) -> list[str]:
    """The measure wanted, or the first that all runs have, and then the others; a text cannot be compared."""
    numeric = {
        which: [m for m in tables.measures(runs) if not isinstance(tables.values(runs, m)[0], Text)]
        for which, runs in chosen.items()
    }
    for which, names in numeric.items():
        if wanted is not None and wanted not in names:
            raise ValueError(
                f"measure {shown(wanted)} is no count or number of {which}: use {', '.join(names) or 'another id'}"
            )
    first, *others = numeric.values()
    common = [name for name in first if all(name in names for names in others)]
    if not common:
        raise ValueError(f"{', '.join(numeric)} have no measure in common to compare")
    return list(dict.fromkeys([wanted or common[0], *common]))
