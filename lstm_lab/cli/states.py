"""`lstm-lab state`: what a trained network keeps in its state, step by step, as numbers, blocks and a figure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Annotated

import numpy as np
import typer
from rich import box
from rich.table import Table

from lstm_lab.cli.commands import app
from lstm_lab.cli.console import console
from lstm_lab.cli.interrupts import interrupts
from lstm_lab.cli.options import Assignments, Id, VariantName, place
from lstm_lab.framing.framed import Framed
from lstm_lab.models import Architecture
from lstm_lab.probes import LayerStates, Stepped, read_text, some_text, step_through
from lstm_lab.report import figures, generated
from lstm_lab.report.wanted import short
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.experiment import Experiment
from lstm_lab.suite.settings import MAIN
from lstm_lab.suite.written import parse_assignments

BLOCKS = "▁▂▃▄▅▆▇█"
MEANT = {"h": "what a layer gives to the next layer, and to itself at the next step", "c": "an LSTM's memory"}
UNITS = 8  # columns of numbers that fit into 80 characters
STEPS = 50  # blocks of a line


@app.command("state")
def state_command(
    id: Id,
    text: Annotated[
        str,
        typer.Option(help="what the network is given, a symbol a step: ABC, or 3,0,1 for numbers", show_default=False),
    ] = "",
    seed: Annotated[int, typer.Option(help="the seed", min=0)] = SOURCES_SEED,
    assignments: Assignments = [],  # noqa: B006 (typer reads it, nobody writes it)
    variant: VariantName = MAIN,
    units: Annotated[int, typer.Option(help="how many units of a layer, those that move most", min=1)] = UNITS,
    plot: Annotated[Path | None, typer.Option(help="draw all units to a file: .svg, .png or .pdf")] = None,
) -> None:
    """Train one network, record nothing, and show its state and its answer after each symbol, from a zero state."""
    kind = None if plot is None else figures.kind_of(plot)
    name, variant = place(id, variant)
    declared = catalogue.load(name)
    if not isinstance(declared, Experiment):
        raise ValueError(
            f"{declared.id} is a lesson and trains nothing, so there is no state: `lstm-lab list` has others"
        )
    experiment = declared.of(variant)
    usual, resolved = (declared.config.resolve(variant, parse_assignments(each)) for each in ([], assignments))
    job = experiment.job(resolved, seed)
    if not text:
        raise ValueError(
            f"--text is missing: say what the network is given, for example --text {some_text(job.framed)}"
        )
    given, inputs = read_text(text, job.framed, job.architecture)
    console.print(f"{short(name, variant)} · {declared.config.title}", style="bold")
    with console.status("training") as status:
        with interrupts.gently(Event()):
            from lstm_lab.trainers import compiled
        interrupts.check()

        def progress(done: float, logs: dict[str, float]) -> None:
            status.update(f"training: epoch {done:.0f} of {resolved.epochs}")

        trained = compiled.train(job.architecture, job.framed, job.schedule, job.weights, progress=progress)
    stepped = step_through(job.architecture, trained.weights, job.framed, given, inputs)
    console.print(f"compiled trainer, seed {seed}; nothing is recorded")
    unlike = usual.recorded()
    if changed := [
        f"{name}={json.dumps(value, ensure_ascii=False)}"
        for name, value in resolved.recorded().items()
        if value != unlike[name]
    ]:
        console.print(f"settings changed: {', '.join(changed)}")
    for line in explained(job.architecture, job.framed, stepped):
        console.print(line)
    console.print("", numbers_table(list(answer_rows(stepped))))
    kept = {name for layer in stepped.layers for name in layer.arrays}
    for each in sorted(kept & MEANT.keys(), reverse=True):
        console.print(f"{each}: {MEANT[each]}")
    for layer in stepped.layers:
        show_layer(layer, len(stepped.layers), units)
    if plot is not None and kind is not None:
        title = f"{short(name, variant)}, seed {seed}: the state after each step"
        generated.write(plot, figures.states(list(panels(stepped)), title, kind))
        console.print(f"plot: {plot}")


def explained(architecture: Architecture, framed: Framed, stepped: Stepped) -> Iterator[str]:
    """When the state is zero, and which answers training asked for."""
    if architecture.stateful:
        yield "The network is stateful: its state is zero at first, and is carried from step to step."
    else:
        steps = f"{framed.steps} step{'s' * (framed.steps > 1)}"
        yield f"The network is stateless: every sample, of {steps}, starts from a zero state."
    if any("×" in step for step in stepped.given):
        yield "The text is padded as in training: · is a step without a symbol."
    if stepped.each_step and not architecture.gives_sequence and framed.steps > 1:
        yield f"In training there is an answer only after step {framed.steps} of a sample."


def answer_rows(stepped: Stepped) -> Iterator[dict[str, str]]:
    """A row for each step: what is given, whether the state is reset before it, the answer and its probability."""
    answers = iter(stepped.answers if stepped.each_step else [])
    for step, given, reset in zip(stepped.steps, stepped.given, stepped.resets, strict=True):
        row = {"step": str(step), "state before": "zero" if reset else "kept", "given": given}
        yield row | (_answered(*next(answers)) if stepped.each_step else {})
    for step, answer in enumerate([] if stepped.each_step else stepped.answers, 1):
        yield {"step": f"output {step}", **_answered(*answer)}


def _answered(answer: str, probability: float | None) -> dict[str, str]:
    return {"answer": answer} | ({} if probability is None else {"probability": f"{100 * probability:.1f} %"})


def show_layer(layer: LayerStates, layers: int, units: int) -> None:
    """Print a layer's arrays as numbers, a table for every eight units, and then as blocks."""
    all_units, chosen = next(iter(layer.arrays.values())).shape[1], layer.most_moved(units)
    which = f" {layer.number} of {layers}" if layers > 1 else ""
    console.print(f"\n{type(layer.layer).__name__}{which}, {all_units} units", style="bold")
    if len(chosen) < all_units:
        console.print(f"shown: the {len(chosen)} whose h has the widest range; --units {all_units} shows all")
    for name, array in layer.arrays.items():
        for first in range(0, len(chosen), UNITS):
            columns = chosen[first : first + UNITS]
            rows = [
                {f"{name} after": step} | {f"unit {unit}": f"{array[row, unit]:+.3f}" for unit in columns}
                for row, step in enumerate(layer.steps)
            ]
            console.print(numbers_table(rows))
    for first in range(0, len(layer.steps), STEPS):
        for name, array in layer.arrays.items():
            most = float(np.abs(array[:, chosen]).max()) or 1.0
            console.print(f"{name}, a block for each step: {BLOCKS[0]} is {-most:+.3f}, {BLOCKS[-1]} is {most:+.3f}")
            for unit in chosen:
                console.print(f"  unit {unit:<4} {blocks(array[first : first + STEPS, unit], most)}")


def numbers_table(rows: list[dict[str, str]]) -> Table:
    """A table of short cells, the rows close together, numbers with a sign and percentages on the right."""
    shown = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    for column in columns:
        numeric = all(re.fullmatch(r"[-+][\d.]+|[\d.]+ %|", row.get(column, "")) for row in rows)
        shown.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(row.get(column, "") for column in columns))
    return shown


def blocks(values: np.ndarray, most: float) -> str:
    """Values from −most to most as blocks of eight heights.

    >>> blocks(np.array([-1.0, -0.1, 0.1, 1.0]), 1.0)
    '▁▄▅█'
    """
    heights = np.minimum((values / most + 1) / 2 * len(BLOCKS), len(BLOCKS) - 1).astype(int)
    return "".join(BLOCKS[height] for height in heights)


def panels(stepped: Stepped) -> Iterator[tuple[str, np.ndarray, list[str]]]:
    """A panel of the figure for each array of each layer: title, [steps, units], labels of the steps."""
    said = [answer for answer, _ in stepped.answers]
    for layer in stepped.layers:
        which = f"{type(layer.layer).__name__} {layer.number}: " if len(stepped.layers) > 1 else ""
        labels = layer.steps
        if layer.of_input == stepped.each_step and len(said) == len(labels):  # below what is given the answer
            labels = [f"{given}\n→ {answer}" for given, answer in zip(labels, said, strict=True)]
        for name, array in layer.arrays.items():
            yield f"{which}{name}", array, labels
