"""One experiment in a terminal: its samples, a run with its progress and results, and what an interruption keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from lstm_lab.cli import console
from lstm_lab.report import pages, selection
from lstm_lab.suite import catalogue, running
from lstm_lab.suite.experiment import Experiment, LegacyDraws, Lesson, stream
from lstm_lab.suite.results import Store
from lstm_lab.suite.running import Plan
from lstm_lab.suite.settings import MAIN
from lstm_lab.suite.values import Settings


class Interrupted(Exception):
    """Ctrl-C, with what is kept."""


def run(declared: Experiment | Lesson, plan: Plan, results: Path, options: str = "") -> None:
    """Run a plan, print what it gave beside what is recorded, and write the report.

    options  the command line's words for the plan's settings: what `compare` needs to find these runs
    Raises Interrupted on Ctrl-C, with the number of seeds that are kept.
    """
    config = declared.config
    resolved = config.resolve(plan.variants[0], plan.overrides, plan.smoke)
    console.console.print(f"{declared.id} · {config.title}", style="bold")
    console.console.print(f"source: {config.source}")
    draws = LegacyDraws(plan.seeds[0]) if plan.start == "literal" else stream(plan.seeds[0], "data")
    show(declared, resolved, draws, 5, f"`lstm-lab show {declared.id} --rows N`")
    watch = console.Watch(epochs_too=plan.reports_epochs and isinstance(declared, Experiment))
    try:
        with watch:
            records = running.run(declared, plan, results, watch)
    except KeyboardInterrupt:
        raise Interrupted(_kept(declared, plan, results)) from None
    if len(plan.seeds) == 1 and len(plan.variants) == 1:
        console.show_answers(watch.answers)
    recorded = Store(catalogue.root() / "results", declared.name).records()
    for variant in plan.variants:
        measured = [record for record in records if record["variant"] == variant]
        reference = selection.reference(config, declared.name, recorded, variant)
        title = f"{declared.id} {'' if variant == MAIN else variant + ' '}· {_how(measured)}"
        console.console.print(console.result_table(config, measured, reference, title))
    report = pages.write(declared.name, config, results)
    console.console.print(f"report: {report}")
    if resolved.recorded() != config.resolve(plan.variants[0]).recorded():
        console.console.print(
            "it shows only runs of the present settings, so these are not in it; to compare these: "
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


def _kept(declared: Experiment | Lesson, plan: Plan, results: Path) -> str:
    """How many of a plan's seeds are there after an interruption."""
    config, made_by = declared.config, "none" if isinstance(declared, Lesson) else plan.trainer
    hashes = {v: config.hash(config.resolve(v, plan.overrides, plan.smoke)) for v in plan.variants}
    kept = [
        record
        for record in Store(results, declared.name).records()
        if record["seed"] in plan.seeds
        and record["trainer"] == made_by
        and record["start"] == (plan.start if made_by == "keras" else "scheduled")
        and hashes.get(record["variant"]) == record["config"]
    ]
    of = len(plan.seeds) * len(plan.variants)
    command = "the same command without --again" if plan.again else "the same command"
    return f"interrupted: {len(kept)} of {of} seeds are kept; {command} does the rest"


def _how(records: list[dict[str, Any]]) -> str:
    seeds, seconds, one = len(records), sum(record["seconds"] for record in records), records[0]
    how = "nothing trained" if one["trainer"] == "none" else f"{one['trainer']} trainer, {one['start']} start"
    return f"{how}, {seeds} seed{'s' * (seeds > 1)}, {seconds:.1f} s"
