"""Which runs a comparison is about, and the command that makes them where they are missing."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lstm_lab.judging.verdicts import FEWEST_SEEDS
from lstm_lab.report.changes import changed, options
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import MAIN
from lstm_lab.suite.values import Settings

Place = tuple[str, str]  # experiment's name, variant

MOST = 3  # other settings that an error names


@dataclass(frozen=True)
class Wanted:
    """Runs with the settings that the command line asks for.

    overrides, smoke  as `run` takes them
    options           the command line's words for both: " --set units=8"
    own               the folder into which `run` writes if no other is named
    """

    overrides: dict[str, Any] = field(default_factory=dict)
    smoke: bool = False
    options: str = ""
    own: Path = Path("runs")

    def runs(self, place: Place, recorded: Recorded) -> list[Record]:
        """The runs of a place under these settings."""
        return recorded.under(*place, self._settings(place))

    def folders(self, places: Sequence[Place], results: Path, reference: Path) -> dict[Place, Recorded]:
        """Where each place's runs are: in `results`, but what is one's own is never among the reference runs.

        Beside one's own, what has no runs in `results` is taken from the reference runs, if no settings are changed.
        """
        folder, recorded = Recorded(results), Recorded(reference)
        if not any(map(is_own, places)):
            return dict.fromkeys(places, folder)
        mine = Recorded(self.own) if results.resolve() == reference.resolve() else folder
        return {
            place: mine if is_own(place) else folder if self.options or self.runs(place, folder) else recorded
            for place in places
        }

    def changes(self, place: Place) -> str:
        """What the settings change, in words; "" for nothing."""
        name, variant = place
        config, settings = catalogue.config(name), self._settings(place).recorded()
        usual = config.resolve(variant).recorded()
        others = any(entry.file and settings[one] != usual[one] for one, entry in config.settings.items())
        return changed(settings, usual) + "; so the data differ" * others

    def remedy(self, missing: Sequence[Place], found: dict[Place, list[Record]], recorded: Recorded) -> str:
        """What to do about runs that are missing from a folder: the command, over the seeds that the others have."""
        labels = ", ".join(short(*place) for place in missing)
        asked = "the settings asked for" if self.options else "the present settings"
        command = self.command(missing, recorded.results, next(filter(None, found.values()), []))
        others = dict.fromkeys(
            f"{short(name, variant)} {options(runs[0]['settings'], catalogue.config(name).resolve(variant).recorded())}"
            for name, variant in missing
            for (of, _), runs in recorded.others(name).items()
            if of == variant
        )
        there = f" (it has {', '.join(list(others)[:MOST])})" if others else ""
        return f"{labels}: no runs under {asked} in the folder {recorded.results}/{there}: first `{command}`"

    def command(self, places: Sequence[Place], results: Path, alike: Sequence[Record] = ()) -> str:
        """The command that makes runs of places, over the seeds of other runs, or enough seeds for a verdict."""
        variants: dict[str, list[str]] = {}
        for name, variant in places:
            variants.setdefault(name[:4], []).append(variant)
        ids: dict[tuple[str, ...], list[str]] = {}
        for id, named in variants.items():
            ids.setdefault(tuple(named), []).append(id)
        into = "" if results == self.own else f" --results {shlex.quote(str(results))}"
        return " && ".join(
            f"lstm-lab run {' '.join(group)}"
            + "".join(f" --variant {shlex.quote(variant)}" for variant in named if named != (MAIN,))
            + f"{self.options}{_seeds(alike)}{into}"
            for named, group in ids.items()
        )

    def _settings(self, place: Place) -> Settings:
        """A place's settings; an error names whose setting it is."""
        name, variant = place
        try:
            return catalogue.config(name).resolve(variant, self.overrides, self.smoke)
        except ValueError as error:
            raise ValueError(f"{short(*place)}: {error}") from None


def is_own(place: Place) -> bool:
    """Whether it is an experiment of somebody's own, which has no reference runs."""
    return not catalogue.config(place[0]).seeds


def short(name: str, variant: str) -> str:
    """A place as the command line names it: "0140", "0140/shuffled"."""
    return name[:4] if variant == MAIN else f"{name[:4]}/{variant}"


def _seeds(alike: Sequence[Record]) -> str:
    """The options for the seeds of some runs; for many seeds where there are no runs."""
    seeds = sorted({run["seed"] for run in alike})
    if seeds == [SOURCES_SEED]:
        return ""
    if not seeds:
        return f" --seeds {FEWEST_SEEDS}"
    return f" --seeds {seeds[-1] - seeds[0] + 1}" + (f" --seed {seeds[0]}" if seeds[0] or len(seeds) == 1 else "")
