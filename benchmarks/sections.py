"""The published sections as the speed benchmarks run them: whole, or cut to some number of updates."""

from __future__ import annotations

from lstm_lab.suite import catalogue
from lstm_lab.suite.experiment import Experiment, Job
from lstm_lab.suite.values import Settings


def published() -> list[Experiment]:
    """All published sections, in order."""
    loaded = [catalogue.load(name) for name in catalogue.select(["published"])]
    return [declared for declared in loaded if isinstance(declared, Experiment)]


def chosen(ids: list[str]) -> list[Experiment]:
    """The published sections of these ids; all where none is given."""
    return [declared for declared in published() if not ids or declared.id in ids]


def cut(declared: Experiment, updates: int, epochs: int | None = None) -> Settings:
    """A section's settings with as many whole epochs as make about `updates` updates; never more than `epochs`."""
    whole = declared.config.resolve()
    per_epoch = declared.job(whole.replace(epochs=1), 0).schedule.updates
    return whole.replace(epochs=min(whole.epochs, epochs or whole.epochs, max(1, round(updates / per_epoch))))


def job(declared: Experiment, settings: Settings | None = None, seed: int = 0) -> Job:
    """A seed's data, schedule and weights; None: the whole section."""
    return declared.job(settings or declared.config.resolve(), seed)
