"""Probes that count right answers: on the training samples, on fresh ones, on samples of an experiment's own making."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from lstm_lab.common.typed import Positive, typed
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.later import WithLater
from lstm_lab.framing.schedule import EMPTY, evaluation
from lstm_lab.judging.measures import Count, Number
from lstm_lab.layers import States
from lstm_lab.probes.asked import MOST, SHOWN, Asked, Measure, Probe
from lstm_lab.probes.baselines import lookup_table

AT_ONCE = 2**14  # samples that are asked at once: of each, a network holds the gates of all time steps


@typed
def in_order(name: str = "in_order", per_sequence: bool = False) -> Probe:
    """The training samples in the order and with the resets of training: what the sources' accuracies are.

    With fresh data per epoch, the last epoch's samples. per_sequence: a count for each sequence, NAME_1, NAME_2, …
    """

    def probe(asked: Asked) -> dict[str, Measure]:
        framed = asked.framed
        if framed.fresh:
            framed = framed.last_epoch()
        if not per_sequence:
            return {name: count(asked, framed)}
        answers = answer(asked, framed)
        size = asked.framed.per_sequence
        parts = [np.arange(i, i + size) for i in range(0, framed.samples, size)]
        return {f"{name}_{i}": _count(asked, framed.take(p), answers[p]) for i, p in enumerate(parts, 1)}

    return probe


@typed
def fresh_sequences(num: Positive = 1, name: str = "fresh") -> Probe:
    """Samples never trained on: as many epochs' worth, drawn anew as for training."""

    def probe(asked: Asked) -> dict[str, Measure]:
        return {name: count(asked, asked.redraw(asked.settings.replace(epochs=num)))}

    return probe


@typed
def on(name: str, make: Callable[[Any, np.random.Generator], Framed]) -> Probe:
    """Samples of the experiment's own making: `make(settings, rng)` gives them framed."""
    return lambda asked: {name: count(asked, make(asked.settings, asked.rng))}


@typed
def unseen(make: Callable[[Any, np.random.Generator], Framed], name: str = "unseen") -> Probe:
    """Samples of the experiment's own making, without those whose inputs are among the training samples; where all
    are, no measure."""

    def probe(asked: Asked) -> dict[str, Measure]:
        seen, drawn = {row.tobytes() for row in asked.framed.inputs}, make(asked.settings, asked.rng)
        others = np.flatnonzero([row.tobytes() not in seen for row in drawn.inputs])
        return {name: count(asked, drawn.take(others))} if others.size else {}

    return probe


@typed
def random_order(num: Annotated[int, 1, MOST] = 20, name: str = "random_order") -> Probe:
    """Training samples drawn at random, each from a zero state: does it know single patterns?"""

    def probe(asked: Asked) -> dict[str, Measure]:
        drawn = asked.framed.take(asked.rng.integers(asked.framed.samples, size=num))
        probabilities, _ = asked.predictor(drawn.inputs, None)
        return {name: _count(asked, drawn, probabilities.argmax(-1))}

    return probe


@typed
def squared_error(name: str, make: Callable[[Any, np.random.Generator], Framed] | None = None) -> Probe:
    """Of a regression: mean squared error over that of always saying the training targets' mean. 0 is perfect, and 1
    no better than the mean. Asked on `make(settings, rng)`, or on the training samples."""

    def probe(asked: Asked) -> dict[str, Measure]:
        framed = asked.framed if make is None else make(asked.settings, asked.rng)
        mean = asked.framed.targets.mean(axis=0)
        error = np.mean((answer(asked, framed) - framed.targets) ** 2)
        return {name: Measure(Number(float(error / np.mean((framed.targets - mean) ** 2))))}

    return probe


@typed
def later_error(name: str = "later_error") -> Probe:
    """Of a `framing.WithLater`: mean squared error on its later samples over its naive error."""

    def probe(asked: Asked) -> dict[str, Measure]:
        framed = asked.framed
        if not isinstance(framed, WithLater) or framed.later is None:
            raise ValueError("the samples come without later ones: frame them with framing.split_windows")
        error = np.mean((answer(asked, framed.later) - framed.later.targets) ** 2, dtype=float)
        return {name: Measure(Number(float(error / framed.naive)))}

    return probe


@typed
def rounded(name: str, make: Callable[[Any, np.random.Generator], Framed]) -> Probe:
    """Of a binary problem: right answers on `make(settings, rng)`, each probability rounded to 0 or 1."""

    def probe(asked: Asked) -> dict[str, Measure]:
        framed = make(asked.settings, asked.rng)
        right = (answer(asked, framed) > 0.5) == (framed.targets > 0.5)
        return {name: Measure(Count(int(right.sum()), right.size), chance=right.size / 2)}

    return probe


@typed
def over_variance(name: str, error: Callable[[Any], float]) -> Probe:
    """A squared error that is known beforehand, such as that of the noise alone: `error(settings)` over the variance
    of the training targets, to be set beside `squared_error`."""
    return lambda asked: {name: Measure(Number(float(error(asked.settings) / asked.framed.targets.var())))}


def count(asked: Asked, framed: Framed) -> Measure:
    """Right answers on framed samples, gone through with the resets of training."""
    return _count(asked, framed, answer(asked, framed))


def answer(asked: Asked, framed: Framed) -> np.ndarray:
    """The network's answers, int [samples] or [samples, output steps] (floats for a regression)."""
    if not asked.order.carries:
        parts = [framed.inputs[first : first + AT_ONCE] for first in range(0, max(framed.samples, 1), AT_ONCE)]
        outputs = np.concatenate([asked.predictor(inputs, None)[0] for inputs in parts])
        return outputs.argmax(-1) if framed.target_codec is not None else outputs
    schedule = evaluation(asked.order, framed, asked.settings.batch_size)
    answers = np.empty(framed.targets.shape, framed.targets.dtype)
    state: States | None = None
    for samples, reset in zip(schedule.batches, schedule.reset_before, strict=True):
        if reset.all():
            state = None
        elif reset.any() and state is not None:
            kept = ~reset[:, None]
            state = [tuple(array * kept for array in layer) for layer in state]
        outputs, state = asked.predictor(framed.inputs[samples], state)
        filled = samples != EMPTY
        answers[samples[filled]] = (outputs.argmax(-1) if framed.target_codec is not None else outputs)[filled]
    return answers


def _count(asked: Asked, framed: Framed, answers: np.ndarray) -> Measure:
    known = np.ones(framed.targets.shape, bool) if framed.loss_mask is None else framed.loss_mask
    right = (answers == framed.targets) & known
    guessed = lookup_table(asked.framed, framed, asked.architecture.answers_each_step)
    codec = framed.codec
    if framed.target_codec is None:
        raise ValueError("the targets are numbers, which cannot be counted right: use probes.squared_error")
    text = framed.target_codec.spaced
    lines = [
        f"{codec.spaced(x)} → {text(a)}" + ("" if np.all((a == y) | ~k) else f"   ({text(y)})")
        for x, a, y, k in zip(framed.inputs[:SHOWN], answers, framed.targets, known, strict=False)
        if codec is not None
    ]
    return Measure(
        Count(int(right.sum()), int(known.sum())),
        chance=float(known.sum() / framed.target_codec.classes),
        lookup_table=None if guessed is None else int(((guessed == framed.targets) & known).sum()),
        lines=lines,
    )
