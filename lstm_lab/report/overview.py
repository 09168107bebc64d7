"""One line per experiment: what was published, what is recorded. The overview over all, and the README's table."""

from __future__ import annotations

import os
from pathlib import Path

from lstm_lab.common.files import write_whole
from lstm_lab.report import pages, selection, tables
from lstm_lab.report.selection import LITERAL, SOURCES_SEED
from lstm_lab.report.tables import NONE, Table
from lstm_lab.suite import catalogue, claims
from lstm_lab.suite.results import Store
from lstm_lab.suite.settings import Config

BEGIN, END = "<!-- published:begin -->", "<!-- published:end -->"


def listing(results: Path) -> list[tuple[str, str, str, str, str]]:
    """(id, title, source, published, recorded) of every experiment, in order."""
    rows = []
    for name in catalogue.names():
        config = catalogue.config(name)
        recorded = selection.reference(config, name, Store(results, name).records())
        first = next(iter(config.published), None) or tables.main_measure(config, recorded)
        published = tables.published_figure(config.published.get(first)) if first else NONE
        shown = tables.over_seeds(tables.values(tables.once(recorded), first)) if first else NONE
        rows.append((name[:4], config.title, config.source, published, shown.split("\n")[0]))
    return rows


def write(results: Path) -> list[Path]:
    """Write the report of every experiment that has runs, and the overview; returns what was written.

    Raises ValueError, before anything is written, for claims that name what there is not, and where there are no runs.
    """
    configs = {name: catalogue.config(name) for name in catalogue.names()}
    for name, config in configs.items():
        claims.check(name, config)
    recorded = {name: config for name, config in configs.items() if Store(results, name).runs.exists()}
    if not recorded:
        raise ValueError(f"results folder {results} holds no runs: `lstm-lab run published --results {results}`")
    written = [pages.write(name, config, results) for name, config in recorded.items()]
    overview = results / "README.md"
    write_whole(overview, pages.render("overview.md.j2", table=_table(recorded, results, results)))
    verdicts = results / "CLAIMS.md"
    write_whole(verdicts, pages.render("claims.md.j2", table=_verdicts(recorded, results)))
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
    configs = {name: catalogue.config(name) for name in catalogue.names()}
    published = {name: config for name, config in configs.items() if config.published_section}
    table = pages.markdown(_table(published, results, readme.parent))
    write_whole(readme, f"{before}{BEGIN}\n{table}\n{END}{after}")


def _table(configs: dict[str, Config], results: Path, page_folder: Path) -> Table:
    """A row for each experiment's published measures, or its first one; links are relative to the page's folder."""
    header = ["id", "title", "measure", "published", f"Keras, seed {SOURCES_SEED}", "shown"]
    header += ["all right", "interquartile mean", "chance", "memoryless"]
    rows = []
    for name, config in configs.items():
        records = Store(results, name).records()
        reference = selection.reference(config, name, records)
        literal = selection.of_kind(selection.current(config, name, records), LITERAL)
        sources = [record for record in literal if record["seed"] == SOURCES_SEED]
        over_seeds = [] if selection.kind_of(reference) == LITERAL else tables.once(reference)
        shown = list(config.published) or [tables.main_measure(config, reference) or NONE]
        report = results / name / "REPORT.md"
        link = _relative(report, page_folder)
        for place, measure in enumerate(shown):
            values = tables.values(over_seeds, measure)
            rows.append(
                [
                    *(("", "") if place else (f"[{name[:4]}]({link})" if report.exists() else name[:4], config.title)),
                    measure,
                    tables.published_figure(config.published.get(measure)),
                    tables.over_seeds(tables.values(sources, measure)),
                    tables.over_seeds(values) if len(values) == 1 else NONE,
                    tables.rate(values) if len(values) > 1 else NONE,
                    tables.interval(values) if len(values) > 1 else NONE,
                    tables.baseline(reference, measure, "chance"),
                    tables.baseline(reference, measure, "memoryless"),
                ]
            )
    return Table(header, rows)


def _verdicts(configs: dict[str, Config], results: Path) -> Table:
    """A row for every claim: where it is made, in our words, the verdict, and the control that could refute it."""
    rows = []
    for name, config in configs.items():
        records = Store(results, name).records()
        for claim in config.claims:
            runs = selection.reference(config, name, records, claim.variant)
            verdict, control = pages.judged(claim, name, config, runs, results)
            shown = f"{control.met}/{control.seeds} on {claim.control}" if control and control.seeds else NONE
            link = f"[{name[:4]}]({name}/REPORT.md)"
            said, met = f"**{claims.worded(verdict, control)}**", f"{verdict.met}/{verdict.seeds}"
            rows.append([link, claim.words, claim.source, said, met, pages.asked(claim), shown])
    return Table(["id", "claim", "source", "verdict", "seeds that meet it", "condition", "control that meets it"], rows)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
