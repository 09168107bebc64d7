"""The command line: `lstm-lab list | show | run | sweep | compare | state | inspect | new | report | export`,
and a script.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lstm_lab.cli import completing, exporting, listing, terminal
from lstm_lab.cli.columns import plain_table
from lstm_lab.cli.console import console, visible
from lstm_lab.cli.folders import OWN, RECORDED, described, reading
from lstm_lab.cli.legend import legend
from lstm_lab.cli.options import (
    KERAS3,
    Assignments,
    Data,
    EraName,
    Id,
    Ids,
    Results,
    SettingsName,
    VariantName,
    in_era,
    is_smoke,
    place,
    with_data,
    words,
)
from lstm_lab.inspecting import contract
from lstm_lab.report import alike, findings, overview, pages, selection, tables
from lstm_lab.report.compare import compare
from lstm_lab.report.readme import rewrite, rewritten
from lstm_lab.report.wanted import Wanted, short
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import stream
from lstm_lab.suite.settings import KERAS1, MAIN
from lstm_lab.suite.written import parse_assignments

SEVERAL = 5  # of more, `compare` shows the differences from the first alone

app = typer.Typer(add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@app.command("state-contract")
def state_contract_command(
    backends: Annotated[
        list[str], typer.Option("--backend", help="tensorflow, jax or torch; may be repeated; all installed by default")
    ] = [],  # noqa: B006
) -> None:
    """Ask this installation of Keras what its calls do with state: a matrix over its backends, measured now."""
    contract.main(backends or None, lambda line: typer.echo(visible(line), err=True))  # it takes minutes


@app.command("list")
def list_command(
    ids: Annotated[list[str] | None, typer.Argument(help="ids, or words of a title or source; all by default")] = None,
    results: Results = RECORDED,
    figures: Annotated[bool, typer.Option("--figures", help="the published and recorded figures instead")] = False,
) -> None:
    """Every experiment under its source: id, title and answer; or the published and recorded figures."""
    names, folder = listing.select(ids or []), reading(results) if figures else catalogue.reference()
    shown = listing.figures if figures else listing.titles
    with console.status(f"reading the runs of {len(names)} experiment{'s' * (len(names) != 1)}"):
        items = list(shown(names, selection.Recorded(folder)))
    for item in items:
        console.print(item)
    if figures or folder.is_dir():
        console.print(f"{'figures' if figures else 'answers'} from {described(folder)}", soft_wrap=True)
    console.print("`lstm-lab show ID` and `lstm-lab run ID` say more; `list WORD` narrows the list")


@app.command("show")
def show_command(
    id: Id,
    assignments: Assignments = [],  # noqa: B006
    variant: VariantName = MAIN,
    rows: Annotated[int, typer.Option(help="how many samples", min=1)] = 8,
    data: Data = None,
    era: EraName = KERAS3,
) -> None:
    """An experiment's settings and its framed samples: what is a sample, a time step, a feature."""
    name, variant = place(id, variant, era)
    typed = words(assignments, False, data)
    assignments = with_data(assignments, data, [name])
    settings = catalogue.config(name).resolve(variant, parse_assignments(assignments))
    declared = catalogue.load(name)  # after the settings are found right: it may import Keras
    config = declared.config
    console.print(f"{declared.id} · {config.title}", style="bold")
    yours = terminal.own_settings(config, variant, settings)
    for line in terminal.changes(config, variant, yours):
        console.print(line, style="bold")
    recorded = selection.Recorded(catalogue.reference())
    said = pages.said(name, recorded, bool(yours), variant)
    for heading in (each for each in pages.HEADINGS if each in said and each != "Shapes"):
        console.print(f"{heading}: {said[heading]}")
    terminal.show_settings(settings)
    terminal.show_meanings(config, tables.measures(recorded.current(name)))
    terminal.show(declared.of(variant), settings, stream(0, "data"), rows, "--rows N")
    if variant == MAIN:
        terminal.show_variants(config)
    console.print(f"run it: lstm-lab run {short(name, variant)}{typed}", soft_wrap=True)


@app.command("compare")
def compare_command(
    ids: Annotated[
        list[str],
        typer.Argument(
            help="as 0110, 0140/shuffled, 0140/all or alphabet/all; one: your runs with the reference runs",
            autocompletion=completing.ids,
        ),
    ],
    measure: Annotated[str | None, typer.Option(help="which measure; the first that all have")] = None,
    results: Annotated[
        Path | None, typer.Option(help="the folder of runs: results/, or runs/ for one id or changed settings")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="draw it to a file: .svg, .png or .pdf")] = None,
    settings: SettingsName = "full",
    assignments: Assignments = [],  # noqa: B006
    data: Data = None,
    era: EraName = KERAS3,
) -> None:
    """Compare on the same seeds: rates, interquartile means, quantiles and paired differences, with intervals.

    Several are compared with each other. For one, your runs, with your settings, are compared with the reference runs.
    """
    if era != KERAS3:
        named = [catalogue.parted(text) for text in ids]
        in_era(era, [variant or MAIN for _, variant in named], [catalogue.find(id) for id, _ in named])
        ids = [f"{id}/{KERAS1}" for id, _ in named]
    smoke = is_smoke(settings)
    typed = words(assignments, smoke, data)
    assignments = with_data(assignments, data, list(catalogue.with_variants(ids)) if data else [])
    wanted = Wanted(parse_assignments(assignments), smoke, typed, reading(OWN))
    alone = len(ids) == 1 and catalogue.parted(ids[0])[1] != catalogue.ALL
    folder = reading(results or (OWN if alone or wanted.options else RECORDED))
    ids, left_out, measure = alike.expand(ids, wanted, folder, reading(RECORDED), measure)
    compared = compare(ids, wanted, folder, reading(RECORDED), measure, plot)
    console.print(f"{compared.measure}: {selection.how(compared.kind)}", style="bold")
    apart: dict[str, list[str]] = {}
    for which, path in compared.folders.items():
        apart.setdefault(described(path), []).append(which)
    said = "; ".join(f"{', '.join(which)} from {path}" for path, which in apart.items())
    if len(apart) == 1:
        said = f"from {described(folder)}" + f"; reference: {described(reading(RECORDED))}" * alone
    console.print(said, soft_wrap=True)
    if differing := compared.differing():
        console.print(f"not the same questions: {differing}; a difference may come from that alone")
    if compared.changes:
        console.print(f"yours: {compared.changes}")
    console.print()
    if compared.others:
        console.print(f"measured too, with --measure NAME: {', '.join(compared.others)}\n")
    if left_out:
        console.print(f"left out, without runs that measure {compared.measure}: {', '.join(left_out)}\n")
    differences = compared.differences()
    if len(compared.values) > SEVERAL:  # those from the first: of all pairs there would be too many to read
        differences = differences[: len(compared.values) - 1]
    both = (compared.table(), differences)
    for table in both:
        console.print(plain_table(table), "")
    for line in legend(selection.how(compared.kind), *both):
        console.print(line)
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
    results, root = reading(results), catalogue.root()
    if readme:  # what cannot be written is refused before all reports are made
        rewritten(root / "README.md", {"findings": ""})
        findings.check(root / "docs")
    for path in overview.write(results):
        console.print(str(path))
    if readme:
        docs, recorded = root / "docs", selection.Recorded(results)
        rewrite(root / "README.md", {"findings": findings.first(docs, recorded, root)})
        console.print(str(findings.write(docs, recorded)))


@app.command("export")
def export_command(
    ids: Ids,
    results: Results = RECORDED,
    tidy: Annotated[
        Path | None, typer.Option(help="write a row for each run and measure to a new file: .csv or .parquet")
    ] = None,
) -> None:
    """Print runs in canonical form, sorted, without times and provenance: the same bytes for the same seeds.

    With --tidy they are written to a table in long form instead, settings, times and runs that failed included.
    """
    exporting.export(ids, results, tidy)
