"""Recording: the reference runs of results/, and the reproduction of the published figures somewhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group

from lstm_lab.cli import columns
from lstm_lab.cli.options import seeds_of
from lstm_lab.cli.terminal import watched
from lstm_lab.judging.verdicts import FEWEST_SEEDS, as_published
from lstm_lab.report import generated, pages, tables
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.engines import Engine
from lstm_lab.suite.planning import Request
from lstm_lab.suite.settings import MAIN


def record(
    results: Path, names: Sequence[str], long: bool = False, jobs: int | None = None, engine: Engine | None = None
) -> None:
    """Run what is missing of the reference results: every variant over the seeds its TOML file asks for.

    long: also what takes long, and Keras' own literal runs of the published sections; engine: where it is trained.
    """
    for name in names:
        generated.refuse_own(pages.place(name, Recorded(results)))
        config = catalogue.config(name)
        requests = [
            Request(seeds=tuple(range(config.seeds_of(variant))), variants=(variant,), jobs=jobs)
            for variant in config.variant_names()
            if config.seeds_of(variant) and (long or not config.takes_long(variant))
        ]
        if long and config.keras_seeds:
            requests.append(Request(seeds=tuple(config.keras_seeds), trainer="keras", start="literal", jobs=jobs))
        for request in requests:
            watched(catalogue.load(name), request, results, engine)
        if requests:  # an experiment of one's own has no reference runs
            pages.write(name, Recorded(results))


def reproduce(
    results: Path, names: Sequence[str], seeds: int, variant: str = MAIN, engine: Engine | None = None
) -> Group:
    """Run the published sections over some seeds and return the table of published, recorded and measured figures.

    variant: the sections themselves, or in the defaults of Keras 1; engine: where it is trained.
    """
    rows, said, verdicts, recorded = [], {}, [], Recorded(catalogue.reference())
    for name in names:
        generated.refuse_own(pages.place(name, Recorded(results)))
        request = Request(seeds=seeds_of(0, seeds), variants=(variant,))
        measured, _ = watched(catalogue.load(name), request, results, engine)
        pages.write(name, Recorded(results))
        measured, compiled = tables.once(measured), tables.once(recorded.reference(name, variant))
        for measure, published in recorded.config(name).published.items():
            ours, label = tables.values(measured, measure), f"{name[:4]} {measure}"
            verdicts.append(as_published(published, ours, exact=measured[0]["trainer"] == "none"))
            said[label] = ours
            rows.append(
                {
                    "measure": label,
                    "published": published.measure.shown if published.measure else "see report",
                    "recorded": tables.over_seeds(tables.values(compiled, measure)),
                    f"{seeds} seeds now": tables.over_seeds(ours),
                    "as published?": {True: "yes", False: "no", None: "not judged"}[verdicts[-1]],
                }
            )
    return Group(*columns.figures(rows, said), *_summary(verdicts))


def _summary(verdicts: Sequence[bool | None]) -> Iterator[str]:
    """What "as published" means, and how many figures are."""
    yield "as published: the figure lies in the central 95 % of the seeds; a text is said by one seed in twenty or more"
    count = f"{verdicts.count(True)} of {len(verdicts)} figures as published"
    if open_ := verdicts.count(None):
        yield f"not judged: {open_}, with fewer seeds than the {FEWEST_SEEDS} that a verdict needs"
        count += f", {open_} not judged"
    yield count
