"""`lstm-lab inspect`: what a framing lets a network learn, and what a trained network uses its state for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lstm_lab import inspecting
from lstm_lab.cli.commands import app
from lstm_lab.cli.console import console
from lstm_lab.cli.options import one_of
from lstm_lab.inspecting.use import reading
from lstm_lab.report import figures

inspect = typer.Typer(help="Ask what a framing lets a network learn, and what a trained network uses its state for.")
app.add_typer(inspect, name="inspect")


@inspect.command("framing")
def framing_command(
    samples: Annotated[int, typer.Option(help="number of samples", min=1)],
    lag: Annotated[int, typer.Option(help="a target needs the value so many steps before its own step", min=0)],
    batch_size: Annotated[int, typer.Option(help="number of slots", min=1)] = 1,
    steps: Annotated[int, typer.Option(help="time steps of a sample", min=1)] = 1,
    stateless: Annotated[bool, typer.Option("--stateless", help="every batch starts from a zero state")] = False,
    shuffle: Annotated[bool, typer.Option("--shuffle", help="the samples are learnt in a random order")] = False,
    reset: Annotated[
        str | None, typer.Option(help="when state is reset: batch, epoch or never; default: epoch if stateful")
    ] = None,
    slots: Annotated[
        str, typer.Option(help="dealt: consecutive samples to consecutive slots; runs: each slot consecutive samples")
    ] = "dealt",
    stride: Annotated[int, typer.Option(help="values from the beginning of a sample to that of the next", min=1)] = 1,
    each_step: Annotated[bool, typer.Option("--each-step", help="a target at each step of a sample")] = False,
    k2: Annotated[int | None, typer.Option(help="steps that a gradient goes back; default: the sample", min=1)] = None,
) -> None:
    """Which targets get the value that they need: in their sample, by carried state, or never; and what would help.

    The series has the values 0, 1, 2, and so on. Nothing is trained.
    """
    found = inspecting.framing(
        samples=samples,
        batch_size=batch_size,
        steps=steps,
        stateful=not stateless,
        shuffle=shuffle,
        reset=None if reset is None else one_of("reset", reset, "batch", "epoch", "never"),
        slots=one_of("slots", slots, "dealt", "runs"),
        stride=stride,
        each_step=each_step,
        lag=lag,
        k2=k2,
    )
    console.print(str(found), soft_wrap=True)


@inspect.command("state")
def state_command(
    model: Annotated[Path, typer.Argument(help="a file that model.save (.keras) or state.save wrote")],
    data: Annotated[Path, typer.Argument(help="a file that np.savez wrote: x and y, in the order of training")],
    per_sequence: Annotated[
        int | None,
        typer.Option(help="samples of a row from reset to reset, if stateful; default: all of them", min=1),
    ] = None,
    seed: Annotated[int, typer.Option(help="draws the places and inputs that are asked", min=0)] = 0,
    plot: Annotated[Path | None, typer.Option(help="draw it to a file: .svg, .png or .pdf")] = None,
) -> None:
    """What a trained Keras model uses its state for: reset, swap, clock, cold start, reach, service, and a verdict.

    KERAS_BACKEND says on which backend. The file of the model is only read.
    """
    if plot is not None:
        figures.kind_of(plot)
    x, y = reading.read_data(data)
    with console.status("loading the model"):
        network = reading.read_model(model)
    with console.status("asking the network"):
        use = inspecting.state_use(network, x, y, per_sequence=per_sequence, seed=seed)
    console.print(str(use), soft_wrap=True)
    if plot is not None:
        use.plot(plot)
        console.print(f"plot: {plot}")
