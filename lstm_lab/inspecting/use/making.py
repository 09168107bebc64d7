"""What a trained network does with its state: tests that could show otherwise, baselines, and a verdict in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import listed, shown
from lstm_lab.common.typed import NotNegative, Positive, typed
from lstm_lab.inspecting.use.asking import Asking, resets, swap, warm_up
from lstm_lab.inspecting.use.clock import clock
from lstm_lab.inspecting.use.found import Found
from lstm_lab.inspecting.use.network import CannotBeAsked, Network
from lstm_lab.inspecting.use.plotting import plot
from lstm_lab.inspecting.use.reach import gradient, reach
from lstm_lab.inspecting.use.sequences import Sequences, finite, lookup_table, of_samples
from lstm_lab.inspecting.use.serving import served, shared
from lstm_lab.inspecting.use.summary import summary
from lstm_lab.inspecting.use.verdict import Verdict, judge

TESTS = ("resets", "swap", "clock", "warm_up", "reach", "gradient", "served")
WHOLE = ("reach", "gradient")  # those that can be made with whole samples too
MOST = 256  # sequences that the tests use; how right the network is, is asked on all


class StateUse(Found):
    """What was found, with a verdict. `print` shows a page, and `plot` draws it."""

    @property
    def verdict(self) -> Verdict:
        return judge(self)

    def __str__(self) -> str:
        return summary(self)

    def plot(self, path) -> None:
        """Draw the tests that were made to a file: .svg, .png or .pdf."""
        plot(self, path)


def ask(
    network: Network, sequences: Sequences, *, tests: Collection[str] = TESTS, seed: int = 0, refused: str = ""
) -> StateUse:
    """Make the tests. refused: why the network cannot be asked step by step; then those in WHOLE alone are made."""
    rng = np.random.default_rng(seed)
    if not sequences.due.any():
        raise ValueError("no step has a target in every sequence: ask about sequences with the same steps masked")
    together = shared(sequences)
    whole = Asking(network, sequences, rng, together)
    table = lookup_table(sequences)
    found: dict[str, Any] = {"right": whole.estimate(whole.right), "lookup_table": whole.estimate(table)}
    found["over_table"] = whole.estimate(whole.right - table, difference=True)
    some = sequences
    if sequences.count > MOST:
        some = sequences.take(np.sort(rng.choice(sequences.count, MOST, replace=False)))
        together = -(-together * MOST // sequences.count)
    first = network.untrained(seed)
    before = Asking(first, some, rng, together)
    found["untrained"] = before.estimate(before.right)
    asked = whole if some is sequences else Asking(network, some, rng, together)
    makers = {
        "resets": resets,
        "swap": swap,
        "clock": clock,
        "warm_up": warm_up,
        "reach": lambda asked: reach(asked, first),
        "gradient": lambda asked: gradient(asked, first),
        "served": lambda asked: served(asked, found.get("warm_up")),
    }
    not_made = {}
    for name in (name for name in TESTS if name in tests):
        asked.rng = np.random.default_rng([seed, TESTS.index(name)])
        try:
            if refused and name not in WHOLE:
                raise CannotBeAsked(refused)
            found[name] = makers[name](asked)
        except CannotBeAsked as reason:
            not_made[name] = str(reason)
    return StateUse(sequences, chance=sequences.chance, not_made=not_made, **found)


@typed
def state_use(
    model,
    x,
    y,
    *,
    per_sequence: Positive | None = None,
    tests: Collection = TESTS,
    seed: NotNegative = 0,
) -> StateUse:
    """Ask a trained Keras model what it uses its state for. The model, its weights and its state stay as they are.

    model         Sequential or functional, one input and one output, with LSTM, GRU or SimpleRNN layers; built
    x, y          samples and targets in the order of training, as `fit` takes them; for a stateful model sample i
                  goes to row i modulo batch size
    per_sequence  for a stateful model the samples of a row from one reset to the next; all of them by default
    tests         which to make; all by default
    seed          draws the places and inputs that are asked

    ValueError: another kind of model; x or y that do not fit it or hold NaN; samples that do not fill the batch. A test
    that cannot be made is left out, and `not_made` says why.
    """
    if unknown := [each for each in tests if each not in TESTS]:
        raise ValueError(f"tests holds {shown(unknown[0])}: use {listed(TESTS)}")
    from lstm_lab.inspecting.use.keras_network import OfKeras, Whole, check_model

    slots = check_model(model)
    x = _inputs(model, x)
    carries = slots is not None
    if slots is not None:
        if len(x) % slots:
            raise ValueError(
                f"x has {len(x)} samples: the model's batch of {slots} needs a multiple of {slots}; leave some out"
            )
        per_sequence = per_sequence or len(x) // slots
    elif per_sequence is not None:
        raise ValueError(
            f"per_sequence is {per_sequence}: the model is not stateful, so each sample is a sequence; leave it out"
        )
    sequences = of_samples(
        x, y, model.output_shape[1:], carries=carries, slots=slots or 1, per_sequence=per_sequence or 1
    )
    network: Network
    try:
        network, refused = OfKeras(model), ""
        if not carries:
            network.check_same(x[:8])
    except ValueError as reason:
        if carries:
            raise
        network, refused = Whole(model), str(reason)
        sequences = replace(sequences, due=np.arange(sequences.steps) == sequences.steps - 1)
    return ask(network, sequences, tests=tests, seed=seed, refused=refused)


def _inputs(model, x) -> np.ndarray:
    """x as the model takes it; ValueError if it does not fit."""
    x = numbers("x", x)
    wanted = model.inputs[0].shape
    fits = x.ndim == len(wanted) and all(own in (None, size) for own, size in zip(wanted[1:], x.shape[1:], strict=True))
    if not fits or 0 in x.shape:
        raise ValueError(f"x has shape {x.shape}: the model takes [samples, {', '.join(map(str, wanted[1:]))}]")
    return finite("x", x).astype(model.inputs[0].dtype)
