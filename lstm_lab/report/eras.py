"""The page of the eras: each published figure with today's defaults of Keras, and with those of its own time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lstm_lab.judging.measures import Number, Text, Value
from lstm_lab.judging.replication import (
    IDEA,
    IN_PART,
    LIBRARY,
    NEITHER,
    OPEN,
    SEED,
    TOO_FEW,
    Replication,
    Side,
    replication,
)
from lstm_lab.judging.statistics import holm
from lstm_lab.judging.verdicts import Rate, all_as_published
from lstm_lab.models.eras import DEFAULTS
from lstm_lab.report import tables
from lstm_lab.report.markdown import Markdown, words
from lstm_lab.report.selection import COMPILED, Recorded, of_kind
from lstm_lab.report.tables import NONE
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.settings import KERAS1, MAIN

_WORDS = {
    SEED: "it is one of the figures that seeds give, with either",
    IDEA: "nearly every seed gives it, with either",
    OPEN: "more seeds would decide whether nearly every one gives it",
    NEITHER: "it is typical of neither",
    TOO_FEW: "no verdict",
}


@dataclass(frozen=True)
class Figure:
    """One published figure of a section, and what its seeds give.

    now, then            the measure with today's defaults, and with those of Keras 1, of each seed
    sources, sources_then  the same of Keras' own literal run at the sources' seed; a dash where there is none
    """

    name: str
    measure: str
    published: str
    now: Sequence[Value]
    then: Sequence[Value]
    sources: str
    sources_then: str
    found: Replication

    def said(self, differs: bool) -> str:
        """The verdict in words."""
        cause = self.found.cause(differs)
        if cause == LIBRARY:
            why = f"it is typical only with the defaults of {'Keras 3' if self.found.now.typical else 'Keras 1'}"
        elif cause == IN_PART:
            rises = self.found.compared.wins > self.found.compared.losses
            often = ("more often", "less often") if isinstance(self.now[0], Text) else ("higher", "lower")
            why = f"it is typical of both, but {often[not rises]} with the defaults of Keras 1"
        else:
            why = _WORDS[cause]
        return f"**{cause}**: {why}"


def page(recorded: Recorded) -> dict[str, Any] | None:
    """What the page eras.md.j2 says; None where no section is recorded with the defaults of Keras 1."""
    found = _judged(recorded)
    if not found:
        return None
    counted = ", ".join(f"{count} × {cause}" for cause, count in _counted(found).most_common())
    rows = tables.compact([_row(figure, shown) for figure, shown in found])
    defaults = [asdict(default) for default in DEFAULTS]
    together = [row for name in _sections(recorded) if (row := _together(name, recorded))]
    return {"table": rows, "counted": counted, "defaults": defaults, "together": together}


def causes(recorded: Recorded) -> Counter[str]:
    """Why published figures come out, or do not, and of how many each is the reason."""
    return _counted(_judged(recorded))


def _counted(found: Sequence[tuple[Figure, bool]]) -> Counter[str]:
    return Counter(figure.found.cause(shown) for figure, shown in found)


def _judged(recorded: Recorded) -> list[tuple[Figure, bool]]:
    """Each published figure, and whether a difference between the defaults is shown."""
    found = list(_figures(recorded))
    return list(zip(found, holm([figure.found.compared.p for figure in found]), strict=True))


def _sections(recorded: Recorded) -> list[str]:
    """The published sections that have runs of both kinds."""
    return [
        name
        for name in catalogue.select(["published"], KERAS1)
        if all(of_kind(recorded.current(name, variant), COMPILED) for variant in (MAIN, KERAS1))
    ]


def _figures(recorded: Recorded) -> Iterator[Figure]:
    for name in _sections(recorded):
        now, then = (of_kind(recorded.current(name, variant), COMPILED) for variant in (MAIN, KERAS1))
        for measure, published in recorded.config(name).published.items():
            found = replication(published, tables.by_seed(now, measure), tables.by_seed(then, measure))
            if found is not None:
                yield Figure(
                    name,
                    measure,
                    tables.published_figure(published),
                    tables.values(now, measure),
                    tables.values(then, measure),
                    tables.over_seeds(tables.values(recorded.as_the_sources(name), measure)),
                    tables.over_seeds(tables.values(recorded.as_the_sources(name, KERAS1), measure)),
                    found,
                )


def _row(figure: Figure, differs: bool) -> dict[str, str]:
    compared = figure.found.compared
    return {
        "section": Markdown(f"[{figure.name[:4]}]({figure.name}/REPORT.md)"),
        "measure": figure.measure,
        "published": figure.published,
        f"Keras 3, seed {SOURCES_SEED}": figure.sources,
        f"Keras 1's defaults, seed {SOURCES_SEED}": figure.sources_then,
        "Keras 3": _side(figure.found.now, figure.now),
        "Keras 1's defaults": _side(figure.found.then, figure.then),
        "then against now": f"{compared.wins} higher, {compared.ties} the same, {compared.losses} lower",
        "p": f"{compared.p:.2g}" + ("" if differs else " (not shown)"),
        "why it comes out": words(figure.said(differs)),
    }


def _side(side: Side, values: Sequence[Value]) -> str:
    typical = {True: "typical", False: "not typical", None: "too few seeds"}[side.typical]
    given = "" if isinstance(values[0], Number) else f"{side.given.shown} seeds give it, "  # a number never comes again
    middle = "" if isinstance(values[0], Text) else f"\ninterquartile mean {tables.interval(values)}"
    return f"{given}{typical}{middle}"


def _together(name: str, recorded: Recorded) -> dict[str, str]:
    """Of a section with several figures, on how many seeds all come out in one run; empty for another section."""
    rates: list[Rate | None] = [
        all_as_published(
            recorded.config(name).published,
            [run["measures"] for run in of_kind(recorded.current(name, variant), COMPILED)],
        )
        for variant in (MAIN, KERAS1)
    ]
    shown = [NONE if rate is None else rate.shown for rate in rates]
    if None in rates:
        return {}
    return {"section": name[:4], "Keras 3": shown[0], "Keras 1's defaults": shown[1]}
