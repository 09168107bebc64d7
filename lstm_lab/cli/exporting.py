"""What `lstm-lab export` prints or writes: runs in canonical form, or in long form for pandas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from lstm_lab.cli.console import console, visible
from lstm_lab.cli.folders import described, reading
from lstm_lab.report import tidy
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Record, Store, canonical


def export(ids: Sequence[str], results: Path, file: Path | None) -> None:
    """Print the runs of ids and id/variant, or write them to a file; ValueError where there are none."""
    folder = reading(results)
    if file is not None:
        tidy.check(file)
    chosen = catalogue.with_variants(list(ids))
    if folder != results:
        typer.echo(f"lstm-lab: from {described(folder)}", err=True)
    stores = {name: Store(folder, name) for name in chosen}
    records = {name: store.records() for name, store in stores.items()}
    runs = list(_chosen(chosen, records))
    failed = list(_chosen(chosen, {name: store.failures(records[name]) for name, store in stores.items()}))
    if not runs and not (failed and file):
        raise ValueError(f"no runs of {' '.join(ids)} in {folder}: run them, or name --results")
    if file is not None:
        table = tidy.frame(runs, failed)
        tidy.write(file, table)
        console.print(f"{len(table)} rows of {len(runs) + len(failed)} runs: {file}", soft_wrap=True)
        return
    exported = canonical(runs)
    # UTF-8 whatever the output's encoding is, so that the bytes are the same.
    typer.echo((visible(exported) if console.is_terminal else exported).encode(), nl=False)


def _chosen(chosen: dict[str, list[str]], records: dict[str, list[Record]]) -> Iterator[Record]:
    """The records of the variants that are named; all of an experiment whose variants are not, or are all."""
    for name, named in chosen.items():
        every = "" in named or set(named) >= set(catalogue.config(name).variant_names())
        yield from (record for record in records[name] if every or record["variant"] in named)
