"""What the command line takes: its options, with a word on each, and what they stand for."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from lstm_lab.cli import completing
from lstm_lab.cli.console import console
from lstm_lab.common.checks import check_size, shown
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.engines import Engine, Processes
from lstm_lab.suite.grid import RUN
from lstm_lab.suite.settings import KERAS1, MAIN

KERAS3 = "keras3"


def folder(text: str | Path) -> Path:
    """The folder that an option names; an empty text would be the current one."""
    if not str(text).strip():
        raise typer.BadParameter("it is empty: name a folder")
    return Path(text)


Ids = Annotated[
    list[str],
    typer.Argument(
        help="ids, names or scripts; id/variant; `all`, `published`, `alphabet/all`",
        autocompletion=completing.several_ids,
    ),
]
Id = Annotated[str, typer.Argument(help="an id, a name or a script; or id/variant", autocompletion=completing.ids)]
Seed = Annotated[
    int | None, typer.Option(help="the seed (7, as the sources), or the first of several (0)", min=0, max=2**62)
]
Seeds = Annotated[int, typer.Option(help="how many seeds", min=1)]
TrainerName = Annotated[str, typer.Option(help="compiled (fast) or keras (the reference)")]
StartName = Annotated[str, typer.Option(help="scheduled (all draws NumPy's) or literal (Keras' own, as the sources)")]
SettingsName = Annotated[str, typer.Option("--settings", help="full, or smoke for a few epochs only")]
Assignments = Annotated[
    list[str],
    typer.Option("--set", help="a setting, as name=value; may be repeated", autocompletion=completing.settings),
]
Data = Annotated[Path | None, typer.Option(help="your own CSV file, for an experiment that takes one (0266)")]
Variants = Annotated[
    list[str],
    typer.Option("--variant", help="a variant's name, or `all`; may be repeated", autocompletion=completing.variants),
]
VariantName = Annotated[str, typer.Option("--variant", help="a variant's name", autocompletion=completing.variants)]
Results = Annotated[Path, typer.Option(help="the folder of runs and reports", parser=folder, metavar="PATH")]
Jobs = Annotated[
    int | None, typer.Option(help="seeds at once: threads, or Keras' processes; default: cores, or 1", min=1)
]
EraName = Annotated[
    str, typer.Option("--era", help="keras3, or keras1: a published section with the defaults of its own time")
]
Workers = Annotated[
    int | None, typer.Option(help="train in so many processes of this machine, which use every core", min=1)
]
Dask = Annotated[
    str | None, typer.Option(help="train on a Dask cluster: the scheduler's address, tcp://…", metavar="ADDRESS")
]
Device = Annotated[str | None, typer.Option(help="cpu, or gpu: all seeds side by side; default: what JAX prefers")]
Again = Annotated[bool, typer.Option("--again", help="repeat runs that are there already")]


@contextmanager
def engine(
    workers: int | None, dask: str | None, device: str | None, trainer: str = "compiled", jobs: int | None = None
) -> Iterator[Engine | None]:
    """Where to train, as the command line says; None: where `run` does by itself. It is ended with the block."""
    given = {"--workers": workers, "--dask": dask, "--jobs": jobs}
    if len(both := [name for name, value in given.items() if value is not None]) > 1:
        raise ValueError(f"{' and '.join(both)}: each says where to train, so leave all but one out")
    if device is not None:
        one_of("device", device, "cpu", "gpu")
        if trainer == "keras":
            raise ValueError(f"--device {device}: Keras chooses its device by itself; leave --device out")
    if workers is not None and device == "gpu":
        raise ValueError(f"--workers {workers}: one process alone uses the GPU, leave --workers out")
    if dask is not None:
        from lstm_lab.suite.engines.cluster import Cluster

        with Cluster(dask, device, say=console.print) as cluster:
            yield cluster
    elif workers is not None:
        with Processes(workers, trainer, "cpu" if trainer == "compiled" else None) as processes:
            yield processes
    else:
        yield None


def place(id: str, variant: str, era: str = KERAS3) -> tuple[str, str]:
    """The experiment's name and its variant: that of "0150/no_carried_state", or that of --variant or --era."""
    if catalogue.parted(id)[1]:
        name, named = catalogue.variant(id)
        named_once(name, [variant], era)
        return name, named
    name = catalogue.find(id)
    (variant,) = in_era(era, [variant], [name])
    return name, variant


def named_once(name: str, variants: list[str], era: str) -> None:
    """ValueError if --variant or --era stands beside an id that names its variant."""
    if variants != [MAIN] or era != KERAS3:
        option = f"--era {era}" if variants == [MAIN] else f"--variant {' '.join(variants)}"
        raise ValueError(f"{option}: {name[:4]}/… names its variant already, leave one of the two out")


def with_data(assignments: list[str], data: Path | None, names: list[str]) -> list[str]:
    """The assignments with the user's own file among them; ValueError where an experiment takes none."""
    if data is None:
        return assignments
    path = str(data)
    for name in names:
        if "data" not in (settings := catalogue.config(name).settings):
            raise ValueError(f"--data {data}: {name} takes no file of its own, leave --data out")
        if path == settings["data"].value:  # a file of that name, and not the checkout's own
            path = os.path.join(os.curdir, path)
    quoted = json.dumps(path, ensure_ascii=False).replace("\x7f", r"\u007f")  # which TOML does not take as it is
    return [*assignments, f"data={quoted}"]


def in_era(era: str, variants: list[str], names: list[str]) -> list[str]:
    """The variants to run of these experiments in an era: those asked for, or the one with the defaults of Keras 1."""
    if one_of("era", era, KERAS3, KERAS1) == KERAS3:
        return variants
    if others := [variant for variant in variants if variant != MAIN]:
        raise ValueError(f"--era {era} is a variant itself: leave out {', '.join(others)}")
    for name in names:
        if KERAS1 not in catalogue.config(name).variant_names():
            raise ValueError(f"--era {era}: {name} is no published section that trains a network; leave --era out")
    return [KERAS1]


def seeds_of(seed: int | None, seeds: int) -> tuple[int, ...]:
    """One seed: the sources' unless another is given. Several: from 0, or from the one given."""
    if seeds == 1:
        return (SOURCES_SEED if seed is None else seed,)
    first = seed or 0
    check_size(RUN * seeds, f"--seeds {seeds}", "use fewer")
    return tuple(range(first, first + seeds))


def words(assignments: list[str], smoke: bool, data: Path | None = None) -> str:
    """The command line's words for changed settings, as somebody wrote them: " --set units=8"; "" for none.

    assignments: without those that `data` stands for
    """
    file = "" if data is None else f" --data {shlex.quote(str(data))}"
    return "".join(f" --set {shlex.quote(each)}" for each in assignments) + file + " --settings smoke" * smoke


def is_smoke(settings: str) -> bool:
    return one_of("settings", settings, "full", "smoke") == "smoke"


def one_of(name: str, value: str, *allowed: str) -> Any:
    if value not in allowed:
        raise ValueError(f"--{name} is {shown(value)}: use {' or '.join(allowed)}")
    return value
