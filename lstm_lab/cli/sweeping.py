"""`lstm-lab sweep`: a grid of settings over many seeds."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from lstm_lab.cli import terminal
from lstm_lab.cli.columns import plain_table
from lstm_lab.cli.commands import app
from lstm_lab.cli.console import console
from lstm_lab.cli.folders import OWN
from lstm_lab.cli.interrupts import interrupts
from lstm_lab.cli.options import (
    Assignments,
    Dask,
    Data,
    Device,
    Id,
    Jobs,
    Results,
    Seed,
    SettingsName,
    StartName,
    TrainerName,
    Workers,
    engine,
    is_smoke,
    one_of,
    seeds_of,
    with_data,
)
from lstm_lab.cli.progress import SweepWatch
from lstm_lab.common.checks import check_size, listed
from lstm_lab.judging.measures import percent
from lstm_lab.judging.verdicts import FEWEST_SEEDS
from lstm_lab.report import generated, grids, pages, reach, sweeps
from lstm_lab.report.grids import Cells
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue
from lstm_lab.suite.engines import Engine
from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.suite.grid import RUN, parse_over
from lstm_lab.suite.planning import Request, planned, timed
from lstm_lab.suite.results import Key, Record, Store, key
from lstm_lab.suite.running import run
from lstm_lab.suite.written import parse_assignments
from lstm_lab.trainers.kept import keep_programs

MANY, LONG = 1000, 600  # runs, and seconds, above which a sweep asks before it starts
LISTED = 10  # lines of cells that cannot be, or that failed


@app.command("sweep")
def sweep_command(
    id: Id,
    over: Annotated[
        list[str], typer.Option("--over", help="a setting and its values: units=4,8,16 or lag=1..9; may be repeated")
    ] = [],  # noqa: B006 (typer reads it, nobody writes it)
    seeds: Annotated[int, typer.Option(help="how many seeds of each cell", min=1)] = FEWEST_SEEDS,
    seed: Seed = None,
    trainer: TrainerName = "compiled",
    start: StartName = "",
    settings: SettingsName = "full",
    assignments: Assignments = [],  # noqa: B006
    data: Data = None,
    results: Results = OWN,
    jobs: Jobs = None,
    workers: Workers = None,
    dask: Dask = None,
    device: Device = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="try again what failed before")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="start without asking, however long it takes")] = False,
) -> None:
    """Train every combination of some settings' values over many seeds; the TOML file's grid if none are named.

    What is there already is not repeated: the same command goes on where it was interrupted.
    """
    name = catalogue.find(id)
    overrides = parse_assignments(with_data(assignments, data, [name]))
    config = catalogue.config(name)
    grid = parse_over(over, {each: setting.value for each, setting in config.settings.items()}) or config.grid
    if not grid:
        raise ValueError(f"{name} has no grid of its own: name what to vary, as in --over units=4,8,16")
    if both := [each for each in grid if each in overrides]:
        raise ValueError(f"setting {both[0]!r} is in --set and among what is varied: leave one of the two out")
    cells = config.over(grid).cells()
    check_size(RUN * seeds * len(cells), f"{_counted(len(cells), 'cell')} with --seeds {seeds:,}", "use fewer of both")
    request = Request(
        seeds=seeds_of(seed, seeds),
        trainer=one_of("trainer", trainer, "compiled", "keras"),
        start=one_of("start", start or "scheduled", "literal", "scheduled"),
        variants=tuple(cells),
        overrides=overrides,
        smoke=is_smoke(settings),
        jobs=jobs,
        device=device,
        failures="again" if retry_failed else "kept",
    )
    keep_programs()
    generated.refuse_own(pages.place(name, Recorded(results)))
    declared = catalogue.load(name).over(grid)
    console.print(f"{declared.id} · {config.title}", style="bold")
    with engine(workers, dask, device, trainer, jobs) as where:
        sweep = _Sweep(declared, request, results, where)
        sweep.agree(yes)
        sweep.run()


class _Sweep:
    """A sweep that is planned: what it will train, how long that takes, and what came of it.

    ValueError where no cell can be.
    """

    def __init__(self, declared: Experiment | Lesson, request: Request, results: Path, where: Engine | None):
        self._declared, self._request, self._results, self._where = declared, request, results, where
        self._store = Store(results, declared.name)
        compiled = request.trainer == "compiled" and isinstance(declared, Experiment)
        refused: dict[str, str] = {}
        with console.status(f"checking {_counted(len(request.variants), 'cell')}"):
            with interrupts.gently(Event()):  # an import that is cut in its middle can take the process with it
                places = _places(request) if compiled and where is None else 1
            parts = planned(declared, request, refused, weigh=compiled)
        interrupts.check()
        for line in _listed(f"{len(refused)} of {_counted(len(request.variants), 'cell')} cannot be trained", refused):
            console.print(line)
        if not parts:
            raise ValueError(f"no cell can be trained: {next(iter(refused.values()))}")
        self._places = where.threads if where else places
        known = set(map(key, self._store.records()))
        self._failed = {key(record) for record in self._store.failures()} - known
        left_out = known if request.failures == "again" else known | self._failed
        self._missing = {part: sum(key(stamp) not in left_out for stamp in part.stamps) for part in parts}
        self._there = sum(key(stamp) in known for part in parts for stamp in part.stamps)
        self._parts = parts
        if compiled and any(self._missing.values()):
            self._time()

    def _time(self) -> None:
        """Put seconds of this machine in the place of what a model says."""
        todo = [part for part, missing in self._missing.items() if missing]
        with console.status("timing the smallest, the middle and the largest cell"):
            costs = {part: each.cost for part, each in zip(todo, timed(todo, self._request.device), strict=True)}
        interrupts.check()
        self._parts = [replace(part, cost=costs.get(part, part.cost)) for part in self._parts]
        self._missing = dict(zip(self._parts, self._missing.values(), strict=True))

    def agree(self, yes: bool) -> None:
        """Say how many runs there are and how long they take, and ask where that is much.

        ValueError where nobody can be asked; typer's Exit for a no.
        """
        runs, seeds = sum(self._missing.values()), len(self._request.seeds)
        said = f"{_counted(len(self._parts), 'cell')}, {_counted(seeds, 'seed')} each: {runs} runs to do"
        if self._there:
            said += f", {self._there} are there already"
        again = self._request.failures == "again"
        failed = sum(key(stamp) in self._failed for part in self._parts for stamp in part.stamps)
        if failed:
            said += f"; {failed} failed before: {'they are tried' if again else '--retry-failed tries them'} again"
        elif again:
            said += "; none failed before"
        console.print(said)
        if not runs:
            return
        seconds = sum(part.cost * missing for part, missing in self._missing.items()) / self._places
        known = self._request.trainer == "compiled"
        if known:
            said = f"about {_duration(seconds)}, {_counted(self._places, 'run')} at once, and some seconds to start"
            console.print(f"{said}; some cells were trained for a moment to find out")
        if yes or not (runs > MANY or (known and seconds > LONG)):
            return
        if not sys.stdin.isatty():
            about = f", about {_duration(seconds)}" if known else ""
            raise ValueError(f"{runs} runs{about}: --yes starts them without asking, or use fewer --seeds")
        if not typer.confirm("start?"):
            console.print("nothing is started")
            raise typer.Exit

    def run(self) -> None:
        """Train what is missing, write the report, and show what came of it.

        Raises Interrupted, with what is kept, if a signal comes.
        """
        watch, runs = SweepWatch({part.variant: part.cost for part in self._parts}), sum(self._missing.values())
        try:
            if runs:
                with watch:
                    run(self._declared, self._request, self._results, watch, self._where, self._parts)
            report = pages.write(self._declared.name, Recorded(self._results))
            interrupts.check()
        except KeyboardInterrupt:
            kept = f"{watch.done} of {runs} runs are kept" if watch.done < runs else "all runs are kept"
            raise terminal.Interrupted(f"interrupted: {kept}; the same command goes on") from None
        console.print(f"report: {report}")
        self._show()

    def _show(self) -> None:
        """Print the first measure over the grid, the smallest settings that are enough, and what failed."""
        stamps = {key(stamp) for part in self._parts for stamp in part.stamps}
        runs, failed = (_by_cell(records, stamps) for records in (self._store.records(), self._store.failures()))
        config = self._declared.config
        cells = Cells(config.grid, runs, failed)
        for measure in cells.measures[:1]:
            console.print(measure, style="bold")
            told = reach.tell(config, cells, measure)
            console.print(plain_table(grids.table(cells, measure, told.asks if told else None)), "")
            if told and (found := list(filter(None, told.tables.values()))):
                few = f"; no value can be shown to be with fewer than {FEWEST_SEEDS} seeds"
                console.print(
                    f"{told.words}. Enough is {percent(reach.ENOUGH)} % of the seeds"
                    + few * (len(self._request.seeds) < FEWEST_SEEDS)
                )
                for rows in found:
                    console.print(plain_table(rows), "")
        if rows := sweeps.failures(cells):
            console.print("failed; --retry-failed tries them again", style="bold")
            console.print(plain_table(rows), "")


def _by_cell(records: Iterable[Record], wanted: set[Key]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        if key(record) in wanted:
            found.setdefault(record["variant"], []).append(record)
    return found


def _places(request: Request) -> int:
    """How many seeds the threads of this process train at once."""
    from lstm_lab.trainers import compiled

    return request.jobs or compiled.cores()


def _listed(what: str, reasons: dict[str, str]) -> list[str]:
    """Names under the reason that they share, in a few lines."""
    if not reasons:
        return []
    names: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        names.setdefault(reason, []).append(name)
    lines = [f"  {listed(each)}: {reason}" for reason, each in list(names.items())[:LISTED]]
    more = [f"  … and {len(names) - LISTED} other reasons"] if len(names) > LISTED else []
    return [f"{what}:", *lines, *more]


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _duration(seconds: float) -> str:
    """
    >>> _duration(4), _duration(100), _duration(7000)
    ('4 s', '2 min', '1.9 h')
    """
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
