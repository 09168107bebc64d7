"""One line per experiment: what was published, what is recorded."""

from __future__ import annotations

from pathlib import Path

from lstm_lab import catalogue
from lstm_lab.report import pages, tables
from lstm_lab.results import Store


def listing(results: Path) -> list[tuple[str, str, str, str, str]]:
    """(id, title, source, published, recorded) of every experiment, in order."""
    rows = []
    for name in catalogue.names():
        config = catalogue.config(name)
        recorded = pages.reference(config, name, Store(results, name).records())
        first = next(iter(config.published), None) or next(iter(tables.measures(recorded)), None)
        published = tables.published_figure(config.published.get(first)) if first else "—"
        shown = tables.over_seeds(tables.values(recorded, first)) if first else "—"
        rows.append((name[:4], config.title, config.source, published, shown.split("\n")[0]))
    return rows
