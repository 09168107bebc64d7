"""One line per experiment: what was published, what is recorded. The overview over all, and the README's table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from lstm_lab.common.files import write_whole
from lstm_lab.report import claims, pages, selection, tables
from lstm_lab.report.selection import LITERAL, Recorded
from lstm_lab.report.tables import NONE, Rows
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED

BEGIN, END = "<!-- published:begin -->", "<!-- published:end -->"


def listing(results: Path) -> list[tuple[str, str, str, str, str]]:
    """(id, title, source, published, recorded) of every experiment, in order."""
    rows, recorded = [], Recorded(results)
    for name in catalogue.names():
        config, runs = recorded.config(name), recorded.reference(name)
        first = next(iter(config.published), None) or tables.main_measure(config, runs)
        published = tables.published_figure(config.published.get(first)) if first else NONE
        shown = tables.over_seeds(tables.values(tables.once(runs), first)) if first else NONE
        rows.append((name[:4], config.title, config.source, published, shown.split("\n")[0]))
    return rows


def write(results: Path) -> list[Path]:
    """Write the report of every experiment that has runs, and the overview; returns what was written.

    Raises ValueError, before anything is written, for claims that can never be judged, and where there are no runs.
    """
    recorded = Recorded(results)
    for name in catalogue.names():
        claims.check(name, recorded)
    names = [name for name in catalogue.names() if recorded.store(name).runs.exists()]
    if not names:
        raise ValueError(f"results folder {results} holds no runs: `lstm-lab run published --results {results}`")
    written = [pages.write(name, recorded) for name in names]
    overview = results / "README.md"
    write_whole(overview, pages.render("overview.md.j2", table=_table(names, recorded, results)))
    verdicts = results / "CLAIMS.md"
    write_whole(verdicts, pages.render("claims.md.j2", table=_verdicts(names, recorded)))
    return [*written, overview, verdicts]


def rewrite_readme(readme: Path, results: Path) -> None:
    """Put the table of published sections between the README's two markers; all else stays as it is."""
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(
            f"{readme} lacks the lines {BEGIN} and {END}: the table of published figures goes between them"
        )
    table = pages.markdown(_table(catalogue.select(["published"]), Recorded(results), readme.parent))
    write_whole(readme, f"{before}{BEGIN}\n{table}\n{END}{after}")


def _table(names: Sequence[str], recorded: Recorded, page_folder: Path) -> Rows:
    """A row for each experiment's published measures, or its first one; links are relative to the page's folder."""
    rows = []
    for name in names:
        config, reference, sources = recorded.config(name), recorded.reference(name), recorded.as_the_sources(name)
        over_seeds = [] if selection.kind_of(reference) == LITERAL else tables.once(reference)
        shown = list(config.published) or [tables.main_measure(config, reference) or NONE]
        report = recorded.store(name).folder / "REPORT.md"
        link = Path(os.path.relpath(report, page_folder)).as_posix()
        for place, measure in enumerate(shown):
            values = tables.values(over_seeds, measure)
            id = f"[{name[:4]}]({link})" if report.exists() else name[:4]
            rows.append(
                {
                    "id": "" if place else id,
                    "title": "" if place else config.title,
                    "measure": measure,
                    "published": tables.published_figure(config.published.get(measure)),
                    f"Keras, seed {SOURCES_SEED}": tables.over_seeds(tables.values(sources, measure)),
                    "shown": tables.over_seeds(values) if len(values) == 1 else NONE,
                    "all right": tables.rate(values) if len(values) > 1 else NONE,
                    "interquartile mean": tables.interval(values) if len(values) > 1 else NONE,
                    **tables.baselines(reference, measure),
                }
            )
    return rows


def _verdicts(names: Sequence[str], recorded: Recorded) -> Rows:
    """A row for every claim: where it is made, in our words, the verdict, and the control that could refute it."""
    rows = []
    for name in names:
        for judged in claims.judged(name, recorded):
            claim, own, control = judged.claim, judged.verdict, judged.control
            shown = f"{control.met}/{control.seeds} of {claim.control}" if control and control.seeds else NONE
            rows.append(
                {
                    "id": f"[{name[:4]}]({name}/REPORT.md)",
                    "claim": claim.words,
                    "source": claim.source,
                    "verdict": f"**{judged.said}**",
                    "seeds that meet it": f"{own.met}/{own.seeds}",
                    "condition": judged.asked,
                    "the control's seeds that do": shown,
                }
            )
    return rows
