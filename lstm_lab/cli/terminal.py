"""One experiment in a terminal: its samples, a run with its progress and results, and what an interruption keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from lstm_lab.cli import console
from lstm_lab.report import pages, selection, tables
from lstm_lab.suite import catalogue, running
from lstm_lab.suite.draws import LegacyDraws, stream
from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.suite.running import Request
from lstm_lab.suite.settings import MAIN, Config
from lstm_lab.suite.values import Settings


class Interrupted(Exception):
    """Ctrl-C, with what is kept."""


def run(declared: Experiment | Lesson, request: Request, results: Path, options: str = "") -> None:
    """Run what is asked for, print what it gave beside what is recorded, and write the report.

    options  the command line's words for the settings asked for: what `compare` needs to find these runs
    Raises Interrupted on Ctrl-C, with the number of seeds that are kept.
    """
    config = declared.config
    resolved = config.resolve(request.variants[0], request.overrides, request.smoke)
    console.console.print(f"{declared.id} · {config.title}", style="bold")
    console.console.print(f"source: {config.source}")
    draws = LegacyDraws(request.seeds[0]) if request.start == "literal" else stream(request.seeds[0], "data")
    show(declared.of(request.variants[0]), resolved, draws, 5, f"`lstm-lab show {declared.id} --rows N`")
    watch = console.Watch(epochs_too=request.reports_epochs and isinstance(declared, Experiment))
    try:
        with watch:
            records = running.run(declared, request, results, watch)
    except KeyboardInterrupt:
        raise Interrupted(_kept(declared, request, results)) from None
    if len(request.seeds) == 1 and len(request.variants) == 1:
        console.show_answers(watch.answers)
    recorded = selection.Recorded(catalogue.root() / "results")
    for variant in request.variants:
        measured = [record for record in records if record["variant"] == variant]
        reference = recorded.reference(declared.name, variant)
        title = f"{declared.id} {'' if variant == MAIN else variant + ' '}· {_how(measured)}"
        console.console.print(console.result_table(config, measured, reference, title))
    show_meanings(config, list(records[0]["measures"]))
    if answer := pages.said(declared.name, recorded).get("Answer"):
        console.console.print(f"Answer: {answer}")
    report = pages.write(declared.name, selection.Recorded(results))
    console.console.print(f"report: {report}")
    if resolved.recorded() != config.resolve(request.variants[0]).recorded():
        console.console.print(
            "the report shows only runs with the settings of the TOML file, so these are not in it; to compare these: "
            f"lstm-lab compare {declared.id} OTHER{options} --results {results}"
        )


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
    """Print each setting, its value as `--set` takes it, its sentence, and what else it may be."""
    table = Table("setting", "value", "what it is", "may be", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column, most in zip(table.columns, (None, 16, None, 18), strict=True):
        column.max_width, column.overflow = most, "fold"
    for name, value in settings.recorded().items():
        setting = settings.declared[name]
        allowed = setting.allowed() or ("1 or more" if name in Settings.model_fields else "")
        table.add_row(name, json.dumps(value, ensure_ascii=False), setting.about, allowed)
    if table.rows:
        console.console.print(table, "")


def show_meanings(config: Config, measures: list[str] | None = None) -> None:
    """Print what the measures mean: those given, or those of the reference runs of the experiment."""
    if measures is None:
        measures = tables.measures(selection.Recorded(catalogue.root() / "results").current(config.name))
    for measure in measures:
        if about := config.about(measure):
            console.console.print(f"{measure}: {about}")


def _kept(declared: Experiment | Lesson, request: Request, results: Path) -> str:
    """How many of the seeds asked for are there after an interruption."""
    kind = selection.LESSON if isinstance(declared, Lesson) else (request.trainer, request.start)
    config, recorded = declared.config, selection.Recorded(results)
    resolved = {variant: config.resolve(variant, request.overrides, request.smoke) for variant in request.variants}
    runs = [run for variant, settings in resolved.items() for run in recorded.under(config.name, variant, settings)]
    kept = [run for run in selection.of_kind(runs, kind) if run["seed"] in request.seeds]
    of = len(request.seeds) * len(request.variants)
    command = "the same command without --again" if request.again else "the same command"
    return f"interrupted: {len(kept)} of {of} seeds are kept; {command} does the rest"


def _how(records: list[dict[str, Any]]) -> str:
    seeds, seconds, one = len(records), sum(record["seconds"] for record in records), records[0]
    return f"{selection.how((one['trainer'], one['start']))}, {seeds} seed{'s' * (seeds > 1)}, {seconds:.1f} s"
