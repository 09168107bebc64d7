"""What a trained network of ours uses its state for: the tests of `lstm_lab.inspecting`, as measures of a run."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lstm_lab.common.typed import typed
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Order
from lstm_lab.inspecting.use import making
from lstm_lab.inspecting.use.making import StateUse, ask
from lstm_lab.inspecting.use.network import Ours
from lstm_lab.inspecting.use.sequences import Sequences, of_samples
from lstm_lab.judging.measures import Number, Text
from lstm_lab.judging.statistics import Interval
from lstm_lab.models.architecture import Architecture
from lstm_lab.probes.asked import Asked, Measure, Probe

TESTS = tuple(test for test in making.TESTS if test != "gradient")  # which compiles a program for each network


@typed
def state_use(
    make: Callable[[Any, np.random.Generator], Framed] | None = None, *, epochs: int = 1, tests: Collection = TESTS
) -> Probe:
    """The verdict in words, and the figures that it rests on.

    No measure without a recurrent layer, or where no step has a target that counts in every sequence.

    make    gives the samples it is asked on, framed; None: the training samples, and where data are fresh so many
            epochs of samples never trained on
    """

    def probe(asked: Asked) -> dict[str, Measure]:
        if not any(layer.has_state for layer in asked.architecture.layers):
            return {}
        if make is not None:
            framed = make(asked.settings, asked.rng)
        else:
            framed = asked.redraw(asked.settings.replace(epochs=epochs)) if asked.framed.fresh else asked.framed
        sequences = as_sequences(framed, asked.order, asked.settings.batch_size, asked.architecture)
        if not sequences.due.any():
            return {}
        return measures(ask(step_by_step(asked), sequences, tests=tests))

    return probe


def step_by_step(asked: Asked) -> Ours:
    """The trained network as the tests of `lstm_lab.inspecting` ask it: `run(x, state, of)` answers after each step."""
    return Ours(asked.architecture, asked.trained.weights, asked.framed.codec, asked.framed.features)


def as_sequences(framed: Framed, order: Order, batch_size: int, architecture: Architecture) -> Sequences:
    """Framed samples as sequences, with the slots and resets of training.

    An answer is due where the target counts in every sequence; those in which none counts are left out.
    """
    outputs = (framed.steps, architecture.outputs) if architecture.answers_each_step else (architecture.outputs,)
    per_slot = framed.per_epoch // batch_size
    if order.reset == "sequence":
        per_slot = framed.per_sequence if order.slots == "runs" else framed.per_sequence // batch_size
    inputs, targets = framed.inputs, framed.targets
    mask = None if framed.loss_mask is None else framed.loss_mask.astype(np.int32)
    if order.slots == "runs" and order.carries:
        place = np.arange(framed.samples).reshape(-1, batch_size, framed.per_epoch // batch_size).swapaxes(1, 2).ravel()
        inputs, targets, mask = inputs[place], targets[place], None if mask is None else mask[place]
    arranged = partial(of_samples, inputs, carries=order.carries, slots=batch_size, per_sequence=per_slot)
    found = arranged(targets, outputs)
    if mask is None:
        return found
    counts = arranged(mask, (*outputs[:-1], 2)).targets > 0  # the mask as if it were the targets of two classes
    asked = counts[:, found.due].any(axis=1)
    return replace(found.take(asked), due=found.due & counts[asked].all(axis=0))


def measures(use: StateUse) -> dict[str, Measure]:
    """The verdict and its figures, those of tests that were made."""
    found = {"state_use": Measure(Text(use.verdict.kind), lines=[str(use.verdict)])}
    figures: dict[str, Interval] = {}
    if use.resets is not None:
        figures["state_adds"] = use.resets.adds
    if use.warm_up is not None:
        figures["earlier_steps_add"] = use.warm_up.adds
    if use.swap is not None:
        figures["other_state_changes"] = use.swap.changed
    if use.clock is not None:
        figures |= {"place_explains": use.clock.place, "input_explains": use.clock.input}
    if use.served is not None:
        figures["served_same"] = use.served.same.values[-1]
    return found | {name: Measure(Number(value.estimate)) for name, value in figures.items()}
