"""Which recorded runs count: those made with an experiment's present settings, one trainer and start at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import MAIN, Config

Kind = tuple[str, str]  # trainer, start

COMPILED: Kind = ("compiled", "scheduled")
LESSON: Kind = ("none", "scheduled")
LITERAL: Kind = ("keras", "literal")
KERAS: Kind = ("keras", "scheduled")
PREFERRED = (COMPILED, LESSON, LITERAL, KERAS)

SOURCES_SEED = 7  # the seed of the published programs


def current(
    config: Config,
    name: str,
    records: Sequence[Record],
    variant: str = MAIN,
    overrides: dict[str, Any] | None = None,
    smoke: bool = False,
) -> list[Record]:
    """A variant's runs under its present settings, or those changed as for `run`, and revision; seeds in order."""
    present = config.hash(config.resolve(variant, overrides, smoke))
    mine = [record for record in records if record["variant"] == variant and record["config"] == present]
    return sorted(mine, key=lambda record: record["seed"])


def of_kind(records: Sequence[Record], kind: Kind) -> list[Record]:
    """The runs of one trainer and start."""
    return [record for record in records if (record["trainer"], record["start"]) == kind]


def reference(
    config: Config, name: str, records: Sequence[Record], variant: str = MAIN, kind: Kind | None = None
) -> list[Record]:
    """A variant's current runs of one kind: the kind asked for, or the compiled ones, else Keras' literal ones."""
    mine = current(config, name, records, variant)
    for each in PREFERRED if kind is None else (kind, *PREFERRED):
        chosen = of_kind(mine, each)
        if chosen:
            return chosen
    return []


def kind_of(records: Sequence[Record]) -> Kind | None:
    """The trainer and start of runs that share them; None where there are no runs."""
    return (records[0]["trainer"], records[0]["start"]) if records else None
