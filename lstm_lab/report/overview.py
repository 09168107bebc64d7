"""One line per experiment: what was published, what is recorded. The overview over all, and the page of all claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lstm_lab.judging import verdicts
from lstm_lab.judging.measures import Value
from lstm_lab.judging.verdicts import all_as_published
from lstm_lab.report import claims, eras, generated, pages, selection, sweeps, tables
from lstm_lab.report.answers import answer
from lstm_lab.report.markdown import Markdown, words
from lstm_lab.report.selection import LITERAL, Recorded
from lstm_lab.report.tables import NONE, Rows
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import Config

TRUE_RATE = 0.95  # of the example that shows how many seeds a claim needs


@dataclass(frozen=True)
class Listed:
    """What a list of experiments says of each."""

    id: str
    title: str
    source: str
    answer: str


def listing(names: Sequence[str], recorded: Recorded) -> list[Listed]:
    """Experiments with their titles, sources and answers, in order."""
    found = ((name[:4], recorded.config(name), answer(name, recorded)) for name in names)
    return [Listed(id, config.title, config.source, said) for id, config, said in found]


def figures(names: Sequence[str], recorded: Recorded) -> tuple[Rows, dict[str, list[Value]]]:
    """A row for each published measure of experiments, or for the first that is asked: published and recorded; and
    each row's measure → its values."""
    rows, said = [], {}
    for name in names:
        config, runs = recorded.config(name), tables.once(recorded.reference(name))
        for measure in _shown(config, runs):
            published, label = config.published.get(measure), f"{name[:4]} {measure}"
            ours = tables.values(runs, measure)
            said[label] = [published.measure, *ours] if published and published.measure else ours
            both = {"published": tables.published_figure(published), "recorded": tables.over_seeds(ours)}
            rows.append({"measure": label, **both})
    return tables.compact(rows), said


def _shown(config: Config, runs: Sequence[Record]) -> list[str]:
    """The measures to show of an experiment: those with a published figure, or the first that is asked."""
    return list(config.published) or [tables.main_measure(config, runs) or NONE]


@np.errstate(over="ignore", invalid="ignore")  # as in `pages.write`
def write(results: Path) -> list[Path]:
    """Write the report of every experiment that has runs, and the overview; returns what was written.

    Raises ValueError, before anything is written, for claims that can never be judged, where there are no runs, and
    where a page stands that is not generated.
    """
    recorded = Recorded(results)
    for name in catalogue.names():
        recorded.records(name)  # before any claim: a damaged file is not a claim's fault
    for name in catalogue.names():
        claims.check(name, recorded)
    names = [name for name in catalogue.names() if recorded.store(name).runs.exists()]
    if not names:
        raise ValueError(f"results folder {results} holds no runs: `lstm-lab run published --results {results}`")
    overview, all_claims, all_eras = (results / page for page in ("README.md", "CLAIMS.md", "ERAS.md"))
    for path in (overview, all_claims, all_eras, *(pages.place(name, recorded) for name in names)):
        generated.refuse_own(path)
    written = [pages.write(name, recorded) for name in names]
    era_page = eras.page(recorded)
    if era_page is not None:
        written.append(all_eras)
        generated.write(all_eras, pages.render("eras.md.j2", **era_page))
    sections = [name for name in names if recorded.config(name).published_section]
    others = [name for name in names if name not in sections]
    page = {"published": _table(sections, recorded), "others": _table(others, recorded), "eras": era_page is not None}
    generated.write(overview, pages.render("overview.md.j2", **page))
    generated.write(all_claims, _claims(names, recorded))
    return [*written, overview, all_claims]


def _table(names: Sequence[str], recorded: Recorded) -> Rows:
    """A row for each experiment's published measures, or its first one."""
    rows = []
    for name in names:
        config, reference, sources = recorded.config(name), recorded.reference(name), recorded.as_the_sources(name)
        over_seeds = [] if selection.kind_of(reference) == LITERAL else tables.once(reference)
        report, title = pages.place(name, recorded), words(config.title)
        if not reference and (recorded.others(name) or sweeps.find(name, recorded)):
            title = Markdown(f"{title} (runs with other settings only: see its report)")
        link = pages.relative(report, recorded.results)
        for place, measure in enumerate(_shown(config, reference)):
            values = tables.values(over_seeds, measure)
            id = Markdown(f"[{name[:4]}]({link})") if report.exists() else name[:4]
            rows.append(
                {
                    "id": "" if place else id,
                    "title": "" if place else title,
                    "measure": measure,
                    "published": tables.published_figure(config.published.get(measure)),
                    f"Keras, seed {SOURCES_SEED}": tables.over_seeds(tables.values(sources, measure)),
                    "shown": tables.over_seeds(values) if len(values) == 1 else NONE,
                    "all right": tables.rate(values) if len(values) > 1 else NONE,
                    "interquartile mean": tables.interval(values) if len(values) > 1 else NONE,
                    **tables.baselines(reference, measure),
                }
            )
        if together := all_as_published(config.published, [run["measures"] for run in over_seeds]):
            shown_together = {"measure": "all in one run", "all right": tables.all_right(together.met, together.seeds)}
            rows.append(dict.fromkeys(rows[-1], NONE) | {"id": "", "title": ""} | shown_together)
    return rows


def _claims(names: Sequence[str], recorded: Recorded) -> str:
    """CLAIMS.md: a row for every claim, with its verdict, what decided it, and the control that could refute it."""
    found = [(name, judged) for name in names for judged in claims.judged(name, recorded)]
    every = [judged for _, judged in found]
    stays = claims.surviving(every)
    rows = [
        {
            "id": Markdown(f"[{name[:4]}]({name}/REPORT.md)"),
            "claim": words(judged.claim.words),
            "source": words(judged.claim.source),
            "verdict": words(f"**{judged.said}**" + (" °" if stay is False else "")),
            "seeds that meet it": judged.counted,
            "condition": words(judged.asked + (f" ({judged.origin})" if judged.origin else "")),
            "control": words(judged.control_said or NONE),
        }
        for (name, judged), stay in zip(found, stays, strict=True)
    ]
    return pages.render(
        "claims.md.j2",
        counts=claims.counts(every),
        claims=len(every),
        origins=claims.origins(every),
        tests=claims.tests(every),
        decided=sum(stay is not None for stay in stays),
        surviving=sum(stay is True for stay in stays),
        wrong=claims.wrong_by_chance(every),
        power={seeds: verdicts.chance_to_hold(TRUE_RATE, seeds) for seeds in (verdicts.FEWEST_SEEDS + 1, 100, 400)},
        true_rate=TRUE_RATE,
        fewest=verdicts.FEWEST_SEEDS,
        table=rows,
    )
