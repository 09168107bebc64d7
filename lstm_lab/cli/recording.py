"""Recording: the reference runs of results/, and the reproduction of the published figures somewhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from lstm_lab.cli import console
from lstm_lab.cli.terminal import watched
from lstm_lab.report import pages, tables
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.running import Request
from lstm_lab.suite.settings import MAIN


def record(results: Path, names: Sequence[str], long: bool = False, jobs: int | None = None) -> None:
    """Run what is missing of the reference results: every variant over the seeds its TOML file asks for.

    long: also what takes long, and Keras' own literal runs of the published sections.
    """
    for name in names:
        config = catalogue.config(name)
        requests = [
            Request(seeds=tuple(range(config.seeds_of(variant))), variants=(variant,), jobs=jobs)
            for variant in config.variant_names()
            if long or not config.takes_long(variant)
        ]
        if long and config.keras_seeds:
            requests.append(Request(seeds=tuple(config.keras_seeds), trainer="keras", start="literal", jobs=jobs))
        for request in requests:
            watched(catalogue.load(name), request, results)
        pages.write(name, Recorded(results))


def reproduce(results: Path, names: Sequence[str], seeds: int, variant: str = MAIN) -> Table:
    """Run the published sections over some seeds and return the table of published, recorded and measured figures.

    variant: the sections themselves, or in the defaults of Keras 1.
    """
    rows, recorded = [], Recorded(catalogue.root() / "results")
    for name in names:
        request = Request(seeds=tuple(range(seeds)), variants=(variant,))
        measured, _ = watched(catalogue.load(name), request, results)
        pages.write(name, Recorded(results))
        literal, compiled = recorded.as_the_sources(name, variant), recorded.reference(name, variant)
        rows += [
            {
                "measure": f"{name[:4]} {measure}",
                "published": published.measure.shown if published.measure else "see report",
                f"Keras, seed {SOURCES_SEED}": tables.over_seeds(tables.values(literal, measure)),
                "recorded": tables.over_seeds(tables.values(compiled, measure)),
                f"{seeds} seeds now": tables.over_seeds(tables.values(measured, measure)),
            }
            for measure, published in recorded.config(name).published.items()
        ]
    return console.plain_table(rows)
