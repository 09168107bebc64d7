"""One experiment in a terminal: its samples, a run with its progress and results, and what an interruption keeps."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from lstm_lab.cli import columns, console, folders, progress
from lstm_lab.cli.interrupts import interrupts
from lstm_lab.judging.verdicts import FEWEST_SEEDS
from lstm_lab.probes import Measure
from lstm_lab.report import generated, pages, selection
from lstm_lab.report.changes import changed
from lstm_lab.report.wanted import short
from lstm_lab.suite import catalogue, running
from lstm_lab.suite.draws import LegacyDraws, stream
from lstm_lab.suite.engines import Engine
from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.suite.planning import Request
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import MAIN, Config
from lstm_lab.suite.values import Settings
from lstm_lab.trainers.kept import keep_programs

VARIANTS = 10  # lines of the variants that `show` lists


class Interrupted(Exception):
    """Ctrl-C, with what is kept."""


def watched(
    declared: Experiment | Lesson, request: Request, results: Path, engine: Engine | None = None
) -> tuple[list[Record], dict[str, Measure]]:
    """Run what is missing, with bars that move: all records, and the answers of the seed that was trained last.

    Raises Interrupted on Ctrl-C, with the number of seeds that are kept.
    """
    keep_programs()
    watch = progress.Watch()
    with _keeping(declared, request, results), watch:
        return running.run(declared, request, results, watch, engine), watch.answers


@contextmanager
def _keeping(declared: Experiment | Lesson, request: Request, results: Path) -> Iterator[None]:
    """A block that ends with Interrupted, and what is kept, if a signal comes."""
    try:
        yield
        interrupts.check()
    except KeyboardInterrupt:
        raise Interrupted(_kept(declared, request, results)) from None


def run(
    declared: Experiment | Lesson, request: Request, results: Path, options: str = "", engine: Engine | None = None
) -> None:
    """Run what is asked for, print what it gave beside what is recorded, and write the report.

    options  the command line's words for the settings asked for: what `compare` needs to find these runs
    engine   where it is trained; None: in this process
    Raises Interrupted on Ctrl-C, with the number of seeds that are kept.
    """
    generated.refuse_own(pages.place(declared.name, selection.Recorded(results)))
    config, first = declared.config, request.variants[0]
    resolved = {variant: config.resolve(variant, request.overrides, request.smoke) for variant in request.variants}
    yours = {variant: own_settings(config, variant, settings) for variant, settings in resolved.items()}
    console.console.print(f"{declared.id} · {config.title}", style="bold")
    console.console.print(f"source: {config.source}")
    if len(yours) > 1:
        console.console.print(f"{len(yours)} variants: each table says what its variant changes", style="bold")
    for line in changes(config, first if len(yours) == 1 else MAIN, yours[first]):
        console.console.print(line, style="bold")
    draws = LegacyDraws(request.seeds[0]) if request.start == "literal" else stream(request.seeds[0], "data")
    show(declared.of(first), resolved[first], draws, 5, f"`lstm-lab show {declared.id} --rows N`")
    records, answers = watched(declared, request, results, engine)
    with _keeping(declared, request, results):
        if len(request.seeds) == 1 and len(request.variants) == 1:
            console.show_answers(answers)
        recorded = selection.Recorded(catalogue.reference())
        references = {variant: _readable(recorded, declared.name, variant) for variant in yours}
        for variant, mine in yours.items():
            measured = [record for record in records if record["variant"] == variant]
            title = "\n".join([f"{declared.id} · {_how(measured)}", *changes(config, variant, mine)])
            table = columns.result_table(config, measured, references[variant], title, changed=bool(mine))
            console.console.print(table, "")
        show_meanings(config, list(records[0]["measures"]))
        asked = MAIN if MAIN in yours else first
        said = pages.said(declared.name, recorded, any(yours.values()), asked)
        for heading in pages.ANSWERS:
            if heading in said:
                console.console.print(f"{heading}: {said[heading]}")
        report = pages.write(declared.name, selection.Recorded(results))
        console.console.print(f"report: {report}")
        if len(request.seeds) == 1 and isinstance(declared, Experiment):
            console.console.print(f"one seed is one run: --seeds {FEWEST_SEEDS} says on how many seeds it is so")
        if yours[first] and references[first]:
            elsewhere = "" if results == folders.OWN else f" --results {shlex.quote(str(results))}"
            command = f"lstm-lab compare {short(declared.name, first)}{options}{elsewhere}"
            console.console.print(f"beside the reference runs, on the same seeds: {command}", soft_wrap=True)


def show(declared: Experiment | Lesson, settings: Settings, draws: Any, rows: int, more: str) -> None:
    """Print an experiment's framed samples, or what a lesson shows; `more` says what shows more."""
    if not isinstance(declared, Experiment):
        for item in declared.show(settings):
            console.console.print(item)
        return
    framed = declared.data(settings, draws)
    order, batch_size = declared.order(settings), settings.batch_size
    console.console.print(console.framed_table(framed, rows, console.resets(order, framed, batch_size), more))


def show_settings(settings: Settings) -> None:
    """Print each setting, its value as `--set` takes it, its sentence, and which values are allowed."""
    table = Table("setting", "value", "what it is", "allowed", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column, most in zip(table.columns, (None, 16, None, 18), strict=True):
        column.max_width, column.overflow = most, "fold"
    for name, value in settings.recorded().items():
        setting = settings.declared[name]
        allowed = setting.allowed() or ("1 or more" if name in Settings.model_fields else "")
        table.add_row(name, json.dumps(value, ensure_ascii=False), setting.about, allowed)
    if table.rows:
        console.console.print(table, "")


def show_meanings(config: Config, measures: list[str]) -> None:
    """Print what measures mean."""
    for name, about in config.meanings(measures).items():
        console.console.print(f"{name}: {about}")


def show_variants(config: Config) -> None:
    """Print the variants' names, each with a line on it; of many, the first."""
    if not config.variants:
        return
    console.console.print(f"\nvariants, as in `lstm-lab run {config.id}/{next(iter(config.variants))}`:")
    for name, variant in list(config.variants.items())[:VARIANTS]:
        console.console.print(f"  {name}{': ' * bool(variant.about)}{variant.about}", no_wrap=True, overflow="ellipsis")
    if (more := len(config.variants) - VARIANTS) > 0:
        console.console.print(f"  … and {more} more, in configs/{config.name}.toml")


def own_settings(config: Config, variant: str, settings: Settings) -> str:
    """What settings change of a variant's own, in words; "" for nothing."""
    of = "reference" if config.seeds else "TOML file"  # an experiment of one's own has no reference runs
    return changed(settings.recorded(), config.resolve(variant).recorded(), of)


def changes(config: Config, variant: str, yours: str) -> list[str]:
    """What a variant is and changes of the main run, and what the command line changes of the variant."""
    lines = [f"changed: {yours}"] if yours else []
    if variant == MAIN:
        return lines
    about = config.variants[variant].about if variant in config.variants else ""
    values = changed(config.resolve(variant).recorded(), config.resolve().recorded(), of="main run")
    said = "; ".join(filter(None, (about, values)))
    return [f"variant {variant}" + (f": {said}" if said else ""), *lines]


def _readable(recorded: selection.Recorded, name: str, variant: str) -> list[dict[str, Any]]:
    """The reference runs of a variant. If they cannot be read, a line says so: what was just trained is shown still."""
    try:
        return recorded.reference(name, variant)
    except ValueError as error:
        console.console.print(f"the recorded figures are left out: {error}")
        return []


def _kept(declared: Experiment | Lesson, request: Request, results: Path) -> str:
    """How many of the seeds asked for are there after an interruption."""
    kind = selection.LESSON if isinstance(declared, Lesson) else (request.trainer, request.start)
    config, recorded = declared.config, selection.Recorded(results)
    resolved = {variant: config.resolve(variant, request.overrides, request.smoke) for variant in request.variants}
    runs = [run for variant, settings in resolved.items() for run in recorded.under(config.name, variant, settings)]
    kept = [run for run in selection.of_kind(runs, kind) if run["seed"] in request.seeds]
    of = len(request.seeds) * len(request.variants)
    if len(kept) == of and not request.again:
        return "interrupted: all runs are kept; the same command shows them and writes the report"
    command = "the same command without --again" if request.again else "the same command"
    return f"interrupted: {len(kept)} of {of} seeds are kept; {command} does the rest"


def _how(records: list[dict[str, Any]]) -> str:
    seeds, seconds, one = len(records), sum(record["seconds"] for record in records), records[0]
    return f"{selection.how((one['trainer'], one['start']))}, {seeds} seed{'s' * (seeds > 1)}, {seconds:.1f} s"
