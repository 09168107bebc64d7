"""Which recorded runs count: those made with an experiment's present settings, one trainer and start at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.results import Record, Store
from lstm_lab.suite.settings import MAIN, Config
from lstm_lab.suite.values import Settings

Kind = tuple[str, str]  # trainer, start

COMPILED: Kind = ("compiled", "scheduled")
LESSON: Kind = ("none", "scheduled")
LITERAL: Kind = ("keras", "literal")
KERAS: Kind = ("keras", "scheduled")
PREFERRED = (COMPILED, LESSON, LITERAL, KERAS)


class Recorded:
    """The runs in a results folder, of all experiments. Each file is read once, when it is first asked for.

    config(name)   the experiment's TOML file
    records(name)  all its runs, of whatever settings
    groups(name)   the same by (variant, configuration), each in the order of the seeds
    failures(name) its runs that failed and were not made since
    place(text)    what "0140/shuffled" stands for: (name, variant)
    """

    def __init__(self, results: Path):
        self.results = Path(results)
        self.config = cache(catalogue.config)
        self.place = cache(catalogue.variant)
        self.records = cache(lambda name: self.store(name).records())
        self.groups = cache(lambda name: grouped(self.records(name)))
        self.failures = cache(lambda name: self.store(name).failures(self.records(name)))
        self._settings = cache(lambda name, variant: self.config(name).resolve(variant))

    @property
    def is_reference(self) -> bool:
        """Whether the folder is that of the reference runs."""
        return self.results.resolve() == catalogue.reference().resolve()

    def store(self, name: str) -> Store:
        return Store(self.results, name)

    def current(self, name: str, variant: str = MAIN) -> list[Record]:
        """A variant's runs under its present settings and revision, in the order of the seeds."""
        return self.under(name, variant, self._settings(name, variant))

    def under(self, name: str, variant: str, settings: Settings) -> list[Record]:
        """A variant's runs under some settings."""
        return list(self.groups(name).get((variant, self.config(name).hash(settings)), ()))

    def others(self, name: str) -> dict[tuple[str, str], list[Record]]:
        """The runs under other settings than the present ones: (variant, configuration) → runs by seed.

        Runs of an older revision are left out, and those of a data file that has changed since or is gone.
        """
        config, groups = self.config(name), self.groups(name)
        return {group: runs for group, runs in groups.items() if _changed(config, *group, runs[0]["settings"])}

    def reference(self, name: str, variant: str = MAIN, kind: Kind | None = None) -> list[Record]:
        """A variant's current runs of one kind: the kind asked for, or the compiled ones, else Keras' literal ones."""
        mine = self.current(name, variant)
        for each in PREFERRED if kind is None else (kind, *PREFERRED):
            if chosen := of_kind(mine, each):
                return chosen
        return []

    def as_the_sources(self, name: str, variant: str = MAIN) -> list[Record]:
        """The literal run at the seed of the published programs, if it is there."""
        return [run for run in of_kind(self.current(name, variant), LITERAL) if run["seed"] == SOURCES_SEED]


def grouped(records: Iterable[Record]) -> dict[tuple[str, str], list[Record]]:
    """Runs by (variant, configuration), each in the order of the seeds."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for run in sorted(records, key=lambda run: run["seed"]):
        groups[run["variant"], run["config"]].append(run)
    return dict(groups)


def _changed(config: Config, variant: str, made_with: str, settings: dict[str, Any]) -> bool:
    """Whether runs are of the present revision, but not of the present settings."""
    try:
        present, theirs = config.resolve(variant), config.resolve(variant, settings)
        return made_with == config.hash(theirs) != config.hash(present)
    except ValueError:  # a setting, a variant or a data file that is no more
        return False


def of_kind(records: Sequence[Record], kind: Kind) -> list[Record]:
    """The runs of one trainer and start."""
    return [run for run in records if (run["trainer"], run["start"]) == kind]


def how(kind: Kind) -> str:
    """What made runs of a kind, in words."""
    return "nothing trained" if kind == LESSON else f"{kind[0]} trainer, {kind[1]} start"


def kind_of(records: Sequence[Record]) -> Kind | None:
    """The trainer and start of runs that share them; None where there are no runs."""
    return (records[0]["trainer"], records[0]["start"]) if records else None
