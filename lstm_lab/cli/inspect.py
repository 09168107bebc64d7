"""`lstm-lab inspect`: what a framing lets a network learn."""

from __future__ import annotations

from typing import Annotated

import typer

from lstm_lab import inspecting
from lstm_lab.cli.commands import app
from lstm_lab.cli.console import console
from lstm_lab.cli.options import one_of

inspect = typer.Typer(help="Ask what a framing lets a network learn, before it is trained.")
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
