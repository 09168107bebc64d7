"""The commands that train: `lstm-lab run | reproduce | record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lstm_lab.cli import completing, recording, terminal
from lstm_lab.cli.commands import app
from lstm_lab.cli.console import console
from lstm_lab.cli.folders import OWN, RECORDED
from lstm_lab.cli.options import (
    KERAS3,
    Again,
    Assignments,
    Dask,
    Data,
    Device,
    EraName,
    Ids,
    Jobs,
    Results,
    Seed,
    Seeds,
    SettingsName,
    StartName,
    TrainerName,
    Variants,
    Workers,
    engine,
    in_era,
    is_smoke,
    named_once,
    one_of,
    seeds_of,
    with_data,
    words,
)
from lstm_lab.judging.verdicts import FEWEST_SEEDS
from lstm_lab.suite import catalogue
from lstm_lab.suite.planning import Request
from lstm_lab.suite.settings import KERAS1, MAIN
from lstm_lab.suite.written import parse_assignments


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
    results: Results = OWN,
    again: Again = False,
    jobs: Jobs = None,
    workers: Workers = None,
    dask: Dask = None,
    device: Device = None,
    data: Data = None,
    era: EraName = KERAS3,
) -> None:
    """Train, ask and report: one experiment, several, `all` or `published`."""
    chosen = catalogue.with_variants(ids, KERAS1 if era == KERAS1 else MAIN)
    for name in (name for name, named in chosen.items() if any(named)):
        named_once(name, variants, era)
    variants = in_era(era, variants, list(chosen))
    typed = words(assignments, is_smoke(settings), data)
    assignments = with_data(assignments, data, list(chosen))
    requests: dict[str, Request] = {}
    for name, named in chosen.items():
        config = catalogue.config(name)
        wanted = [variant for each in named for variant in ([each] if each else variants)]
        request = Request(
            seeds=seeds_of(seed, seeds),
            trainer=one_of("trainer", trainer, "compiled", "keras"),
            start=one_of("start", start or ("literal" if trainer == "keras" else "scheduled"), "literal", "scheduled"),
            variants=tuple(config.variant_names() if catalogue.ALL in wanted else dict.fromkeys(wanted)),
            overrides=parse_assignments(assignments),
            smoke=is_smoke(settings),
            again=again,
            jobs=jobs,
            device=device,
        )
        for variant in request.variants:  # before the script, which may import Keras
            config.resolve(variant, request.overrides, request.smoke)
        requests[name] = request
    with engine(workers, dask, device, trainer, jobs) as where:
        for name, request in requests.items():
            terminal.run(catalogue.load(name), request, results, typed, where)


@app.command("reproduce")
def reproduce_command(
    results: Results = Path("reproduced"),
    seeds: Seeds = FEWEST_SEEDS,
    workers: Workers = None,
    dask: Dask = None,
    era: EraName = KERAS3,
) -> None:
    """Run every published section anew and set published, recorded and measured figures side by side."""
    (variant,) = in_era(era, [MAIN], [])
    names = catalogue.select(["published"], variant)
    with engine(workers, dask, None) as where:
        console.print(recording.reproduce(results, names, seeds, variant, where))


@app.command("record")
def record_command(
    ids: Annotated[
        list[str],
        typer.Argument(help="ids or names; all of them by default", autocompletion=completing.several_ids),
    ] = ["all"],  # noqa: B006
    results: Results = RECORDED,
    long: Annotated[bool, typer.Option("--long", help="also what takes long, and Keras' own runs")] = False,
    jobs: Jobs = None,
    workers: Workers = None,
    dask: Dask = None,
) -> None:
    """Run what is missing of the reference results in results/."""
    names = catalogue.select(ids)
    with engine(workers, dask, None, "keras" if long and workers else "compiled", jobs) as where:
        recording.record(results, names, long, jobs, where)
