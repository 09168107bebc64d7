"""`lstm-lab new`: an experiment of your own, which begins as a copy of another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lstm_lab.cli import completing, options
from lstm_lab.cli.commands import app
from lstm_lab.cli.console import console
from lstm_lab.suite import catalogue, copying


@app.command("new")
def new_command(
    id: Annotated[str, typer.Argument(help="four digits that no experiment has")],
    origin: Annotated[
        str, typer.Option("--from", help="the experiment to copy, an id or a name", autocompletion=completing.ids)
    ],
    name: Annotated[str | None, typer.Option(help="its name, as my_alphabet; by default made from the other's")] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="where experiments/ and configs/ are; by default those of the other", parser=options.folder),
    ] = None,
) -> None:
    """Copy an experiment's script and TOML file, without its published figures, claims, answer and source."""
    files = copying.copy(catalogue.find(origin), id, name, folder)
    home = files[0].parent.parent
    if folder is None and home.resolve() != Path.cwd():
        console.print(f"not here but in {home}, which has experiments; --folder names another", soft_wrap=True)
    for path in files:
        console.print(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
    here = folder is None or folder.resolve() == catalogue.root().resolve()
    console.print(f"run it: {f'lstm-lab run {id}' if here else f'python {files[0]}'} --settings smoke")
