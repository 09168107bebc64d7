"""REPORT.md of an experiment: derived from the runs in a results folder, written whole or not at all."""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from lstm_lab.common.files import read_file
from lstm_lab.judging.verdicts import FEWEST_SEEDS, all_as_published, as_published
from lstm_lab.report import claims, drawing, generated, grids, reach, selection, sweeps, tables
from lstm_lab.report.answers import answer
from lstm_lab.report.changes import changed, written
from lstm_lab.report.markdown import Markdown, fenced, plain, table, words
from lstm_lab.report.selection import COMPILED, KERAS, LESSON, LITERAL, Recorded
from lstm_lab.report.tables import NONE, Rows
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import KERAS1, MAIN, Config

OWN_ANSWER = "Answer of the reference runs"
MAIN_ANSWER = "Answer of the main run, not of this variant"
ANSWERS = ("Answer", OWN_ANSWER, MAIN_ANSWER)
HEADINGS = ("Question", *ANSWERS, "Shapes", "Look at")


def write(name: str, recorded: Recorded) -> Path:
    """Write an experiment's REPORT.md and its figures beside its runs; returns its path.

    ValueError, before anything is written, where a file stands in the place of one and is not generated.
    """
    config, store = recorded.config(name), recorded.store(name)
    generated.refuse_own(path := place(name, recorded))
    runs = {variant: recorded.current(name, variant) for variant in config.variant_names()}
    chosen = {variant: recorded.reference(name, variant) for variant in runs}
    named = {variant: chosen[variant] for variant in (MAIN, *config.variants) if chosen[variant]}
    cells, swept = sweeps.own(name, recorded), sweeps.find(name, recorded)
    in_sweeps = [records for sweep in swept for records in sweep.cells.runs.values()]
    told = {(records[0]["variant"], records[0]["config"]) for records in in_sweeps}
    others = {group: records for group, records in recorded.others(name).items() if group not in told}
    counted = sum(map(len, runs.values()))
    shown = {id(run) for records in (*runs.values(), *others.values(), *in_sweeps) for run in records}
    drawn, undrawn = [], ""
    try:
        drawn = drawing.draw(store, config, named, cells, swept)
    except ImportError as error:
        undrawn = f"The figures are left out, since {error.name} is not installed."
    page = {
        "id": name[:4],
        "config": config,
        "script": catalogue.script(name).name,
        "said": said(name, recorded),
        "headings": HEADINGS,
        "meanings": _meanings(config, tables.measures(run for records in runs.values() for run in records)),
        "settings": _settings(config),
        "changes": _changes(config),
        "shown": "\n".join(next((run["shown"] for run in runs[MAIN] if run.get("shown")), [])),  # by a lesson
        "main": _figures(config, {MAIN: runs[MAIN]}),
        "typical": _typical(config, chosen[MAIN]),
        "variants": _variants(config, {v: runs[v] for v in named}, named),
        "others": [
            (_heading(config, variant, group), _figures(config, {variant: group}, as_published=False))
            for (variant, _), group in others.items()
        ],
        "grid": _grid(config, cells),
        "enough": f"{100 * reach.ENOUGH:.0f} %",
        "fewest": FEWEST_SEEDS,
        "failures": sweeps.failures(cells),
        "sweeps": [
            (
                sweep,
                _grid(config, sweep.cells),
                sweeps.failures(sweep.cells),
                _made(list(chain(*sweep.cells.runs.values()))),
            )
            for sweep in swept
        ],
        "claims": claims.judged(name, recorded),
        "figures": drawn,
        "undrawn": undrawn,
        "made": _made(chosen[MAIN] or next(iter([*named.values(), *cells.runs.values()]), [])),
        "counted": counted,
        "elsewhere": len(shown) - counted,
        "left_out": len(recorded.records(name)) - len(shown),
    }
    generated.write(path, render("experiment.md.j2", **page))
    return path


def place(name: str, recorded: Recorded) -> Path:
    """Where an experiment's report is."""
    return recorded.store(name).folder / "REPORT.md"


def render(template: str, **values: Any) -> str:
    """A page from one of the templates beside this file."""
    return _templates().get_template(template).render(**values)


def relative(path: Path, page_folder: Path) -> str:
    """A link from a page in a folder."""
    return Path(os.path.relpath(path, page_folder)).as_posix()


def said(name: str, recorded: Recorded, own: bool = False, variant: str = MAIN) -> dict[str, str]:
    """What a script says of itself, and what the reference runs answer: {"Question": …, "Answer": …, "Look at": …}.

    own: whether it stands above somebody's own runs or settings, of which the answer does not speak, and no more of a
    variant; a folder of results other than that of the reference runs is somebody's own.
    """
    heading = MAIN_ANSWER if variant != MAIN else OWN_ANSWER if own or not recorded.is_reference else "Answer"
    found = answer(name, recorded)
    return docstring(catalogue.script(name)) | ({heading: found} if found else {})


def docstring(script: Path) -> dict[str, str]:
    """What a script says of itself: {"Question": …, "Look at": …}; empty where it says nothing, or is no Python.

    ValueError where something stands in its place that is no file.
    """
    if not script.exists():
        return {}
    content = read_file(script, "the script").content
    said: dict[str, str] = {}
    heading = None
    try:
        docstring = ast.get_docstring(ast.parse(content)) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return said
    for line in docstring.splitlines():
        words = line.strip()
        begun = next((h for h in ("Question", "Source", "Shapes", "Look at") if line.startswith(f"{h}  ")), None)
        if begun:
            heading, words = begun, words.removeprefix(begun).strip()
        if not words:
            heading = None
        elif heading:
            said[heading] = f"{said.get(heading, '')} {words}".strip()
    return said


def _figures(config: Config, runs: dict[str, list[Record]], as_published: bool = True) -> Rows:
    """A row for each variant's measure: every trainer and start beside the published figure and the baselines.

    as_published: whether the settings are the published ones, so that published figures may stand beside the runs
    """
    rows = []
    for variant, records in runs.items():
        literal = selection.of_kind(records, LITERAL)
        sources = [record for record in literal if record["seed"] == SOURCES_SEED]
        others = [record for record in literal if record["seed"] != SOURCES_SEED]
        kinds = {kind: selection.of_kind(records, kind) for kind in (KERAS, LESSON, COMPILED)}
        baselines = kinds[COMPILED] or kinds[LESSON] or literal or kinds[KERAS]
        for measure in tables.measures(records):
            compiled = tables.values(kinds[COMPILED], measure)
            published = config.published.get(measure) if as_published and variant in (MAIN, KERAS1) else None
            rows.append(
                {
                    "variant": "" if len(runs) == 1 else variant,
                    "measure": measure,
                    "published": tables.published_figure(published),
                    f"Keras, seed {SOURCES_SEED}": tables.over_seeds(tables.values(sources, measure)),
                    "Keras, other seeds": tables.over_seeds(tables.values(others, measure)),
                    "Keras, our draws": tables.over_seeds(tables.values(kinds[KERAS], measure)),
                    "shown": tables.over_seeds(tables.values(tables.once(kinds[LESSON]), measure)),
                    **{f"compiled: {name}": cell for name, cell in tables.statistics(compiled).items()},
                    **tables.baselines(baselines, measure),
                }
            )
    return tables.compact(rows)


def _grid(config: Config, cells: grids.Cells) -> list[tuple[str, Rows, reach.Told | None]]:
    """Each measure with its table, and with what is the smallest value of a setting that is enough."""
    told = {each: reach.tell(config, cells, each) for each in cells.measures}
    return [(each, grids.table(cells, each, said.asks if said else None), said) for each, said in told.items()]


def _typical(config: Config, runs: Sequence[Record]) -> Rows:
    rows, exact = [], selection.kind_of(runs) == LESSON  # nothing is drawn, so there is nothing to be typical of
    words = {True: "typical of", False: "not typical of", None: "too few to judge:"}
    for measure, published in config.published.items():
        ours = tables.values(runs, measure)
        judged = as_published(published, ours, exact)
        verdict = f"{words[judged]} {len(ours)} seed{'s' * (len(ours) != 1)}"
        if exact and judged is not None:
            verdict = "as published" if judged else "not as published"
        rows.append({"measure": measure, "published": tables.published_figure(published), "verdict": verdict})
    together = all_as_published(config.published, [run["measures"] for run in runs])
    if together and not exact:
        said = tables.all_right(together.met, together.seeds)
        rows.append({"measure": "all in one run", "published": "the counts and texts above", "verdict": said})
    return rows


def _meanings(config: Config, measures: Sequence[str]) -> Rows:
    """What each measure means, if somebody has said so."""
    return [{"measure": name, "what it is": about} for name, about in config.meanings(measures).items()]


def _heading(config: Config, variant: str, runs: Sequence[Record]) -> str:
    """Which settings some runs have, and which ones the TOML file has."""
    said = changed(runs[0]["settings"], config.resolve(variant).recorded(), of="here")
    return said if variant == MAIN else f"{variant}, {said}"


def _settings(config: Config) -> Rows:
    return [{"setting": Markdown(f"`{k}`"), "value": written(v)} for k, v in config.resolve().recorded().items()]


def _changes(config: Config) -> Rows:
    """What each variant changes, and why."""
    return [
        {
            "variant": name,
            "changes": Markdown(", ".join(f"`{key}` {plain(written(value))}" for key, value in variant.set.items())),
            "about": words(variant.about),
        }
        for name, variant in config.variants.items()
    ]


def _variants(config: Config, runs: dict[str, list[Record]], named: dict[str, list[Record]]) -> Rows:
    """The variants side by side, measure by measure, each less the section itself on the seeds both have."""
    if len(named) < 2:
        return []
    rows = _figures(config, runs)
    order = list(dict.fromkeys(row["measure"] for row in rows))
    last = "difference from the main run, same seeds"
    rows = [
        {"measure": row["measure"], "variant": row["variant"]}
        | row
        | {last: _difference(row["measure"], named[row["variant"]], named.get(MAIN, []))}
        for row in sorted(rows, key=lambda row: order.index(row["measure"]))
    ]
    return tables.compact(rows)


def _difference(measure: str, records: list[Record], main: list[Record]) -> str:
    if records is main or selection.kind_of(records) != selection.kind_of(main):
        return NONE
    return tables.difference(*tables.shared(records, main, measure))


def _made(records: Sequence[Record]) -> str:
    """What the runs shown were made with, in a line."""
    if not records:
        return ""
    one, seconds = records[0]["provenance"], sorted(record["seconds"] for record in records)
    versions = ", ".join(f"{name} {version}" for name, version in one["versions"].items())
    median = seconds[len(seconds) // 2]
    trained = "nothing trained" if records[0]["trainer"] == "none" else f"{records[0]['trainer']} trainer"
    return f"{trained}, {median:.3g} s a seed (median), on {one['device']}, with {versions}"


@cache
def _templates():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("lstm_lab.report"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.globals["mark"] = generated.MARK
    templates.filters |= {"table": table, "plain": plain, "words": words, "fenced": fenced}
    return templates
