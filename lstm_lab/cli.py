"""The command line: `lstm-lab list | show | run`, and what every script of experiments/ does when it is run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from lstm_lab.settings import MAIN, parse_assignments

OWN_RESULTS = Path("runs")  # a user's own runs; git ignores it. The reference runs are in results/

app = typer.Typer(add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Ids = Annotated[list[str], typer.Argument(help="ids or names, shortened as you like; `all`; `published`")]
Seed = Annotated[int | None, typer.Option(help="the seed (7, as the sources), or the first of several (0)", min=0)]
Seeds = Annotated[int, typer.Option(help="how many seeds", min=1)]
TrainerName = Annotated[str, typer.Option(help="compiled (fast) or keras (the reference)")]
StartName = Annotated[str, typer.Option(help="scheduled (all draws NumPy's) or literal (Keras' own, as the sources)")]
SettingsName = Annotated[str, typer.Option("--settings", help="full, or smoke for a few epochs only")]
Assignments = Annotated[list[str], typer.Option("--set", help="a setting, as name=value; may be repeated")]
Variants = Annotated[list[str], typer.Option("--variant", help="a variant's name, or `all`; may be repeated")]
Results = Annotated[Path, typer.Option(help="where runs and reports are written")]
Again = Annotated[bool, typer.Option("--again", help="repeat runs that are there already")]


@app.command("run")
def run_command(
    ids: Ids,
    seed: Seed = None,
    seeds: Seeds = 1,
    trainer: TrainerName = "compiled",
    start: StartName = "",
    settings: SettingsName = "full",
    assignments: Assignments = [],  # noqa: B006 (typer reads it, nobody writes it)
    variants: Variants = [MAIN],  # noqa: B006
    results: Results = OWN_RESULTS,
    again: Again = False,
) -> None:
    """Train, ask and report: one experiment, several, `all` or `published`."""
    from lstm_lab import catalogue

    for name in catalogue.select(ids):
        _run(catalogue.load(name), seed, seeds, trainer, start, settings, assignments, variants, results, again)


def run_script(declared) -> None:
    """Run one script: `python experiments/NNNN_name.py OPTIONS` is `lstm-lab run NNNN OPTIONS`."""
    from lstm_lab import catalogue

    catalogue.register(declared)
    _guarded(lambda: app(["run", declared.name, *sys.argv[1:]], prog_name="lstm-lab"))


@app.command("reproduce")
def reproduce_command(
    results: Results = Path("reproduced"), seeds: Annotated[int, typer.Option(help="how many seeds", min=1)] = 30
) -> None:
    """Run every published section anew and set published, recorded and measured figures side by side."""
    from lstm_lab import catalogue, console, recording

    console.console.print(recording.reproduce(results, catalogue.select(["published"]), seeds))


@app.command("record")
def record_command(
    ids: Annotated[list[str], typer.Argument(help="ids or names; all of them by default")] = ["all"],  # noqa: B006
    results: Results = Path("results"),
    long: Annotated[bool, typer.Option("--long", help="also what takes long, and Keras' own runs")] = False,
) -> None:
    """Run what is missing of the reference results in results/."""
    from lstm_lab import catalogue, recording

    recording.record(results, catalogue.select(ids), long)


@app.command("list")
def list_command(results: Results = Path("results")) -> None:
    """Every experiment: id, title, source, published and recorded result."""
    from rich.table import Table

    from lstm_lab.console import console
    from lstm_lab.report import overview

    table = Table("id", "title", "source", "published", "recorded")
    for row in overview.listing(results):
        table.add_row(*row)
    console.print(table)
    console.print("`lstm-lab run ID` runs one, `lstm-lab show ID` shows its samples")


@app.command("show")
def show_command(
    id: Annotated[str, typer.Argument(help="an id or name")],
    assignments: Assignments = [],  # noqa: B006
    variant: Annotated[str, typer.Option(help="a variant's name")] = MAIN,
    rows: Annotated[int, typer.Option(help="how many samples", min=1)] = 8,
) -> None:
    """The framed samples of an experiment, as a table: what is a sample, a time step, a feature."""
    from lstm_lab import catalogue, console
    from lstm_lab.experiment import Experiment, stream

    declared = catalogue.load(catalogue.find(id))
    settings = declared.config.resolve(variant, parse_assignments(assignments))
    if isinstance(declared, Experiment):
        console.console.print(console.framed_table(declared.data(settings, stream(0, "data")), rows))
    else:
        for item in declared.show(settings):
            console.console.print(item)


def _run(
    declared,
    seed: int | None,
    seeds: int,
    trainer: str,
    start: str,
    settings: str,
    assignments: list[str],
    variants: list[str],
    results: Path,
    again: bool,
) -> None:
    from lstm_lab import catalogue, console
    from lstm_lab.experiment import Experiment, stream
    from lstm_lab.report import pages
    from lstm_lab.results import Store
    from lstm_lab.running import Plan, run

    config = declared.config
    plan = Plan(
        seeds=_seeds(seed, seeds),
        trainer=_one_of("trainer", trainer, ("compiled", "keras")),
        start=_one_of("start", start or ("literal" if trainer == "keras" else "scheduled"), ("literal", "scheduled")),
        variants=tuple(config.variant_names() if "all" in variants else dict.fromkeys(variants)),
        overrides=parse_assignments(assignments),
        smoke=_one_of("settings", settings, ("full", "smoke")) == "smoke",
        again=again,
    )
    resolved = config.resolve(plan.variants[0], plan.overrides, plan.smoke)
    console.console.print(f"[bold]{declared.id} · {config.title}[/bold]   ({config.source})")
    if isinstance(declared, Experiment):
        console.console.print(console.framed_table(declared.data(resolved, stream(plan.seeds[0], "data"))))
    else:
        for item in declared.show(resolved):
            console.console.print(item)
    watch = console.Watch(epochs_too=trainer == "keras" and isinstance(declared, Experiment))
    with watch:
        records = run(declared, plan, results, watch)
    if len(plan.seeds) == 1 and len(plan.variants) == 1:
        console.show_answers(watch.answers)
    recorded = Store(catalogue.root() / "results", declared.name).records()
    for variant in plan.variants:
        measured = [record for record in records if record["variant"] == variant]
        reference = pages.reference(config, declared.name, recorded, variant)
        title = f"{declared.id} {'' if variant == MAIN else variant + ' '}· {_how(measured)}"
        console.console.print(console.result_table(config, measured, reference, title))
    report = pages.write(declared.name, config, results)
    console.console.print(f"report: {report}")


def _seeds(seed: int | None, seeds: int) -> tuple[int, ...]:
    """One seed: the sources' 7 unless another is given. Several: from 0, or from the one given."""
    if seeds == 1:
        return (7 if seed is None else seed,)
    first = seed or 0
    return tuple(range(first, first + seeds))


def _how(records: list[dict[str, Any]]) -> str:
    seeds, seconds, one = len(records), sum(record["seconds"] for record in records), records[0]
    return f"{one['trainer']} trainer, {one['start']} start, {seeds} seed{'s' * (seeds > 1)}, {seconds:.1f} s"


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> Any:
    if value not in allowed:
        raise ValueError(f"--{name} is {value!r}: use {' or '.join(allowed)}")
    return value


def _guarded(command: Callable[[], None]) -> None:
    """Run the command line; what a user got wrong is one line on stderr and exit status 2."""
    from lstm_lab.trainers.trained import TrainingDiverged

    try:
        command()
    except (ValueError, TrainingDiverged) as error:
        if os.environ.get("LSTM_LAB_TRACEBACK"):
            raise
        print(f"lstm-lab: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("lstm-lab: interrupted; finished runs are kept, and running again does the rest", file=sys.stderr)
        sys.exit(130)


def main() -> None:
    """The entry point of `lstm-lab`."""
    _guarded(app)
