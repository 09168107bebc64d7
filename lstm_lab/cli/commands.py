"""The command line: `lstm-lab list | show | run | compare | report | export`, and a script's own."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from lstm_lab.cli import recording, terminal
from lstm_lab.cli.console import console, listing, plain_table
from lstm_lab.common.checks import check_size
from lstm_lab.inspecting import contract
from lstm_lab.judging.verdicts import FEWEST_SEEDS
from lstm_lab.report import findings, overview, pages, selection
from lstm_lab.report.compare import compare
from lstm_lab.report.readme import rewrite
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED, stream
from lstm_lab.suite.results import Store, canonical
from lstm_lab.suite.running import Request
from lstm_lab.suite.settings import KERAS1, MAIN, RUN, parse_assignments

KERAS3 = "keras3"
RECORDED = Path("results")
OWN_RESULTS = Path("runs")  # a user's own runs; git ignores it. The reference runs are in results/

app = typer.Typer(add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Ids = Annotated[list[str], typer.Argument(help="ids or names, shortened as you like; `all`; `published`")]
Seed = Annotated[int | None, typer.Option(help="the seed (7, as the sources), or the first of several (0)", min=0)]
Seeds = Annotated[int, typer.Option(help="how many seeds", min=1)]
TrainerName = Annotated[str, typer.Option(help="compiled (fast) or keras (the reference)")]
StartName = Annotated[str, typer.Option(help="scheduled (all draws NumPy's) or literal (Keras' own, as the sources)")]
SettingsName = Annotated[str, typer.Option("--settings", help="full, or smoke for a few epochs only")]
Assignments = Annotated[list[str], typer.Option("--set", help="a setting, as name=value; may be repeated")]
Data = Annotated[Path | None, typer.Option(help="your own CSV file, for an experiment that takes one (0266)")]
Variants = Annotated[list[str], typer.Option("--variant", help="a variant's name, or `all`; may be repeated")]
Results = Annotated[Path, typer.Option(help="the folder of runs and reports")]
Jobs = Annotated[
    int | None, typer.Option(help="seeds at once: threads, or Keras' processes; default: cores, or 1", min=1)
]
EraName = Annotated[
    str, typer.Option("--era", help="keras3, or keras1: a published section with the defaults of its own time")
]
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
    jobs: Jobs = None,
    data: Data = None,
    era: EraName = KERAS3,
) -> None:
    """Train, ask and report: one experiment, several, `all` or `published`."""
    names = catalogue.select(ids, KERAS1 if era == KERAS1 else MAIN)
    variants = _in_era(era, variants, names)
    assignments = _with_data(assignments, data, names)
    options = "".join(f" --set {shlex.quote(assignment)}" for assignment in assignments)
    for name in names:
        declared = catalogue.load(name)
        request = Request(
            seeds=_seeds(seed, seeds),
            trainer=_one_of("trainer", trainer, "compiled", "keras"),
            start=_one_of("start", start or ("literal" if trainer == "keras" else "scheduled"), "literal", "scheduled"),
            variants=tuple(declared.config.variant_names() if "all" in variants else dict.fromkeys(variants)),
            overrides=parse_assignments(assignments),
            smoke=_smoke(settings),
            again=again,
            jobs=jobs,
        )
        terminal.run(declared, request, results, options + " --settings smoke" * request.smoke)


@app.command("reproduce")
def reproduce_command(
    results: Results = Path("reproduced"), seeds: Seeds = FEWEST_SEEDS, era: EraName = KERAS3
) -> None:
    """Run every published section anew and set published, recorded and measured figures side by side."""
    (variant,) = _in_era(era, [MAIN], [])
    console.print(recording.reproduce(results, catalogue.select(["published"], variant), seeds, variant))


@app.command("record")
def record_command(
    ids: Annotated[list[str], typer.Argument(help="ids or names; all of them by default")] = ["all"],  # noqa: B006
    results: Results = RECORDED,
    long: Annotated[bool, typer.Option("--long", help="also what takes long, and Keras' own runs")] = False,
    jobs: Jobs = None,
) -> None:
    """Run what is missing of the reference results in results/."""
    recording.record(results, catalogue.select(ids), long, jobs)


@app.command("state-contract")
def state_contract_command(
    backends: Annotated[
        list[str], typer.Option("--backend", help="tensorflow, jax or torch; may be repeated; all installed by default")
    ] = [],  # noqa: B006
) -> None:
    """Ask this installation of Keras what its calls do with state: a matrix over its backends, measured now."""
    contract.main(backends or None)


@app.command("list")
def list_command(results: Results = RECORDED) -> None:
    """Every experiment under its source: id, title, published and recorded result."""
    for item in listing(overview.listing(results)):
        console.print(item)
    console.print("`lstm-lab run ID` runs one, `lstm-lab show ID` shows its samples")


@app.command("show")
def show_command(
    id: Annotated[str, typer.Argument(help="an id or name")],
    assignments: Assignments = [],  # noqa: B006
    variant: Annotated[str, typer.Option(help="a variant's name")] = MAIN,
    rows: Annotated[int, typer.Option(help="how many samples", min=1)] = 8,
    data: Data = None,
    era: EraName = KERAS3,
) -> None:
    """An experiment's settings and its framed samples: what is a sample, a time step, a feature."""
    name = catalogue.find(id)
    (variant,) = _in_era(era, [variant], [name])
    assignments = _with_data(assignments, data, [name])
    declared = catalogue.load(name)
    settings = declared.config.resolve(variant, parse_assignments(assignments))
    console.print(f"{declared.id} · {declared.config.title}", style="bold")
    said = pages.said(name, selection.Recorded(RECORDED))
    for heading in (each for each in ("Question", "Answer", "Look at") if each in said):
        console.print(f"{heading}: {said[heading]}")
    terminal.show_settings(settings)
    terminal.show_meanings(declared.config)
    terminal.show(declared.of(variant), settings, stream(0, "data"), rows, "--rows N")


@app.command("compare")
def compare_command(
    ids: Annotated[list[str], typer.Argument(help="two or more, as 0110 or 0140/shuffled (id/variant)")],
    measure: Annotated[str | None, typer.Option(help="which measure; the first that all have")] = None,
    results: Results = RECORDED,
    plot: Annotated[Path | None, typer.Option(help="draw it to a file: .svg, .png or .pdf")] = None,
    settings: SettingsName = "full",
    assignments: Assignments = [],  # noqa: B006
    era: EraName = KERAS3,
) -> None:
    """Compare on the same seeds: rates, interquartile means, quantiles and paired differences, with intervals."""
    if era != KERAS3:
        named = [text.partition("/") for text in ids]
        _in_era(era, [variant or MAIN for _, _, variant in named], [catalogue.find(id) for id, _, _ in named])
        ids = [f"{id}/{KERAS1}" for id, _, _ in named]
    overrides, smoke = parse_assignments(assignments), _smoke(settings)
    elsewhere = OWN_RESULTS if results == RECORDED else RECORDED
    compared = compare(ids, results, measure, plot, overrides=overrides, smoke=smoke, elsewhere=elsewhere)
    console.print(f"{compared.measure}: {selection.how(compared.kind)}", style="bold")
    reference = f"the reference runs; --results {OWN_RESULTS} for your own" if results == RECORDED else "as asked"
    console.print(f"from {results}/, {reference}\n")
    for table in (compared.table(), compared.differences()):
        console.print(plain_table(table), "")
    console.print("seeds along a line from the lowest value to the highest, dark where many are")
    for line in compared.strips():
        console.print(line)
    if plot is not None:
        compared.plot(plot)
        console.print(f"plot: {plot}")


@app.command("report")
def report_command(
    results: Results = RECORDED,
    readme: Annotated[
        bool, typer.Option("--readme", help="also docs/findings.md, and the first of them in README.md")
    ] = False,
) -> None:
    """Write every REPORT.md and the overview over all anew from the runs; with --readme also the pages for readers."""
    for path in overview.write(results):
        console.print(str(path))
    if readme:
        root, docs, recorded = catalogue.root(), catalogue.root() / "docs", selection.Recorded(results)
        rewrite(root / "README.md", {"findings": findings.first(docs, recorded, root)})
        console.print(str(findings.write(docs, recorded)))


@app.command("export")
def export_command(ids: Ids, results: Results = RECORDED) -> None:
    """Print runs in canonical form, sorted, without times and provenance: the same bytes for the same seeds."""
    records = [record for name in catalogue.select(ids) for record in Store(results, name).records()]
    if not records:
        raise ValueError(f"no runs of {' '.join(ids)} in {results}: run them, or name --results")
    sys.stdout.write(canonical(records))


def _with_data(assignments: list[str], data: Path | None, names: list[str]) -> list[str]:
    """The assignments with the user's own file among them; ValueError where an experiment takes none."""
    if data is None:
        return assignments
    for name in names:
        if "data" not in catalogue.config(name).settings:
            raise ValueError(f"--data {data}: {name} takes no file of its own, leave --data out")
    return [*assignments, f"data={json.dumps(str(data))}"]


def _in_era(era: str, variants: list[str], names: list[str]) -> list[str]:
    """The variants to run of these experiments in an era: those asked for, or the one with the defaults of Keras 1."""
    if _one_of("era", era, KERAS3, KERAS1) == KERAS3:
        return variants
    if others := [variant for variant in variants if variant != MAIN]:
        raise ValueError(f"--era {era} is a variant itself: leave out {', '.join(others)}")
    for name in names:
        if KERAS1 not in catalogue.config(name).variant_names():
            raise ValueError(f"--era {era}: {name} is no published section that trains a network; leave --era out")
    return [KERAS1]


def _seeds(seed: int | None, seeds: int) -> tuple[int, ...]:
    """One seed: the sources' unless another is given. Several: from 0, or from the one given."""
    if seeds == 1:
        return (SOURCES_SEED if seed is None else seed,)
    first = seed or 0
    check_size(RUN * seeds, f"--seeds {seeds}", "use fewer")
    return tuple(range(first, first + seeds))


def _smoke(settings: str) -> bool:
    return _one_of("settings", settings, "full", "smoke") == "smoke"


def _one_of(name: str, value: str, *allowed: str) -> Any:
    if value not in allowed:
        raise ValueError(f"--{name} is {value!r}: use {' or '.join(allowed)}")
    return value
