"""Probes ask a trained network something and count its answers.

A probe sees a predictor, `(inputs, state) → (probabilities, state)`, whichever trainer made it. Counts are
(right, asked), never a bare percentage, and come with two baselines computed from the data: chance, and the best a
guesser without memory can do: the most common target, in the training samples, of the last step's input alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_lab.codec import Codec
from lstm_lab.datasets.pairs import BLANK
from lstm_lab.forward import State
from lstm_lab.framing import Framed
from lstm_lab.models import LSTM, Architecture, Dense, Embedding
from lstm_lab.schedule import EMPTY, Order, evaluation
from lstm_lab.trainers.trained import Trained

SHOWN = 26  # samples whose answers are kept for people: an alphabet of them


@dataclass(frozen=True, eq=False)
class Asked:
    """What a probe may look at.

    framed      the training samples        order       how they were learnt
    trained     weights, state, history     before      the weights training began from
    predictor   (inputs, state) → (probabilities, state)
    redraw      (settings) → samples drawn anew, as for training, from the probe's own randomness
    """

    framed: Framed
    order: Order
    architecture: Architecture
    settings: Any
    trained: Trained
    before: list[np.ndarray]
    predictor: Callable[[np.ndarray, State | None], tuple[np.ndarray, State]]
    rng: np.random.Generator
    redraw: Callable[[Any], Framed]


@dataclass(frozen=True)
class Measure:
    """One figure of one run: a count (right of asked), a text (the symbols of a walk), or a number.

    chance, memoryless  the baselines of a count, out of the same `asked`
    lines               what was asked and answered, for people: "ABC → D"; not stored
    """

    value: tuple[int, int] | str | float
    chance: float | None = None
    memoryless: int | None = None
    lines: list[str] = field(default_factory=list)


Probe = Callable[[Asked], dict[str, Measure]]


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
        size = asked.framed.sequence_samples
        parts = [np.arange(i, i + size) for i in range(0, framed.samples, size)]
        return {f"{name}_{i}": _count(asked, framed.take(p), answers[p]) for i, p in enumerate(parts, 1)}

    return probe


def fresh_sequences(num: int = 1, name: str = "fresh") -> Probe:
    """Samples never trained on: as many epochs' worth, drawn anew as for training."""

    def probe(asked: Asked) -> dict[str, Measure]:
        return {name: count(asked, asked.redraw(asked.settings.replace(epochs=num)))}

    return probe


def on(name: str, make: Callable[[Any, np.random.Generator], Framed]) -> Probe:
    """Samples of the experiment's own making: `make(settings, rng)` gives them framed."""
    return lambda asked: {name: count(asked, make(asked.settings, asked.rng))}


def random_order(num: int = 20, name: str = "random_order") -> Probe:
    """Training samples drawn at random, each from a zero state: does it know single patterns?"""

    def probe(asked: Asked) -> dict[str, Measure]:
        drawn = asked.framed.take(asked.rng.integers(asked.framed.samples, size=num))
        probabilities, _ = asked.predictor(drawn.inputs, None)
        return {name: _count(asked, drawn, probabilities.argmax(-1))}

    return probe


def walk(start: str, steps: int = 25, name: str | None = None) -> Probe:
    """Feed the answers back, from a zero state and one symbol, and write down what is said.

    A stateful network is fed one symbol at a time; a stateless one as much of what was said as its time steps hold.
    """
    name = name or f"walk_{start}"

    def probe(asked: Asked) -> dict[str, Measure]:
        codec = _codec(asked.framed)
        said = [codec.code(symbol) for symbol in _symbols(start)]
        given, state = len(said), None
        if asked.architecture.stateful:
            for code in said[:-1]:
                _, state = asked.predictor(np.array([[[code]]], np.int32), state)
        for _ in range(steps):
            if asked.architecture.stateful:
                probabilities, state = asked.predictor(np.array([[[said[-1]]]], np.int32), state)
            else:
                probabilities, _ = asked.predictor(_context(asked.framed, said), None)
            said.append(int(probabilities[0].argmax(-1).ravel()[-1]))
        answers = asked.framed.answers or codec
        return {name: Measure(answers.text(said[given:]), lines=[f"{start} → {answers.text(said[given:])}"])}

    return probe


def cold_start(symbol: str, steps: int = 5, name: str | None = None) -> Probe:
    """A walk from the middle of what was learnt, with no state: what does it say after `symbol`?"""
    return walk(symbol, steps, name or f"cold_start_{symbol}")


def warmed_up(before: Sequence[str] | str, symbol: str, name: str | None = None) -> Probe:
    """What it says to `symbol` once it has been given what comes before it; "A…J" means A to J."""
    run = _run(before) if isinstance(before, str) else list(before)
    return walk([*run, symbol], 1, name or f"warmed_up_{symbol}")  # type: ignore[arg-type]


def kernel_unmoved(name: str = "recurrent_kernel_unmoved") -> Probe:
    """How many entries of the recurrent kernels, and of the forget gate's part of kernel and bias, training left
    exactly as they were. All of them: no state was ever used, and the network is a feed-forward one. Without an LSTM
    layer there is nothing to count, and no measure."""

    def probe(asked: Asked) -> dict[str, Measure]:
        same = total = 0
        for place in _lstm_places(asked.architecture):
            units = asked.before[place + 1].shape[0]
            gate = slice(units, 2 * units)
            for i, part in ((1, slice(None)), (0, gate), (2, gate)):
                unmoved = asked.before[place + i][..., part] == asked.trained.weights[place + i][..., part]
                same, total = same + int(unmoved.sum()), total + unmoved.size
        return {name: Measure((same, total))} if total else {}

    return probe


def squared_error(name: str, make: Callable[[Any, np.random.Generator], Framed] | None = None) -> Probe:
    """Of a regression: mean squared error over that of always saying the training targets' mean. 0 is perfect, and 1
    no better than the mean. Asked on `make(settings, rng)`, or on the training samples."""

    def probe(asked: Asked) -> dict[str, Measure]:
        framed = asked.framed if make is None else make(asked.settings, asked.rng)
        mean = asked.framed.targets.mean(axis=0)
        error = np.mean((answer(asked, framed) - framed.targets) ** 2)
        return {name: Measure(float(error / np.mean((framed.targets - mean) ** 2)))}

    return probe


def final_loss(name: str = "loss") -> Probe:
    """The loss of the last epoch."""
    return lambda asked: {name: Measure(float(asked.trained.history["loss"][-1]))}


def epochs_to_learn(accuracy: float = 0.95, over: int = 20, name: str = "epochs_to_learn") -> Probe:
    """After how many epochs the training accuracy, averaged over some, first reached a level; all epochs if never."""

    def probe(asked: Asked) -> dict[str, Measure]:
        history = np.asarray(asked.trained.history["accuracy"], float)
        width = min(over, len(history))
        means = np.convolve(history, np.ones(width) / width, mode="valid")
        reached = means >= accuracy - 1e-9
        return {name: Measure(float(reached.argmax() + width if reached.any() else len(history)))}

    return probe


def count(asked: Asked, framed: Framed) -> Measure:
    """Right answers on framed samples, gone through with the resets of training."""
    return _count(asked, framed, answer(asked, framed))


def answer(asked: Asked, framed: Framed) -> np.ndarray:
    """The network's answers, int [samples] or [samples, output steps] (floats for a regression)."""
    if not asked.order.carries:
        outputs, _ = asked.predictor(framed.inputs, None)
        return outputs.argmax(-1) if framed.answers is not None else outputs
    schedule = evaluation(asked.order, framed, getattr(asked.settings, "batch_size", 1))
    answers = np.empty(framed.targets.shape, framed.targets.dtype)
    state: State | None = None
    for samples, reset in zip(schedule.batches, schedule.reset_before, strict=True):
        if reset.all():
            state = None
        elif reset.any() and state is not None:
            kept = ~reset[:, None]
            state = [(h * kept, c * kept) for h, c in state]
        outputs, state = asked.predictor(framed.inputs[samples], state)
        filled = samples != EMPTY
        answers[samples[filled]] = (outputs.argmax(-1) if framed.answers is not None else outputs)[filled]
    return answers


def _count(asked: Asked, framed: Framed, answers: np.ndarray) -> Measure:
    known = np.ones(framed.targets.shape, bool) if framed.loss_mask is None else framed.loss_mask
    right = (answers == framed.targets) & known
    guessed = memoryless(asked.framed, framed, asked.architecture.answers_each_step)
    codec = framed.codec
    if framed.answers is None:
        raise ValueError("the targets are numbers, which cannot be counted right: use probes.squared_error")
    text = framed.answers.text
    lines = [
        f"{codec.text(x)} → {text(a)}" + ("" if np.all((a == y) | ~k) else f"   ({text(y)})")
        for x, a, y, k in zip(framed.inputs[:SHOWN], answers, framed.targets, known, strict=False)
        if codec is not None
    ]
    return Measure(
        (int(right.sum()), int(known.sum())),
        chance=float(known.sum() / framed.answers.classes),
        memoryless=None if guessed is None else int(((guessed == framed.targets) & known).sum()),
        lines=lines,
    )


def memoryless(training: Framed, asked: Framed, each_step: bool | None = None) -> np.ndarray | None:
    """The answers of the best guesser without memory, int like `asked.targets`.

    It knows, for each input of the last time step (of each step, where there is an answer at every step), the target
    that came most often with it in the training samples, and nothing of what came before.

    each_step: whether the targets belong to the input's steps one by one; None: if there are as many of them.
    """
    if each_step is None:
        each_step = asked.targets.ndim == 2 and asked.targets.shape[1] == asked.steps
    if training.codec is None or training.answers is None:
        return None
    seen: dict[tuple, Counter] = defaultdict(Counter)
    overall: Counter = Counter()
    for key, target in zip(*_questions(training, each_step), strict=True):
        seen[key][target] += 1
        overall[target] += 1
    fallback = overall.most_common(1)[0][0]
    best = {key: counter.most_common(1)[0][0] for key, counter in seen.items()}
    keys, _ = _questions(asked, each_step, all_targets=True)
    return np.array([best.get(key, fallback) for key in keys]).reshape(asked.targets.shape)


def _questions(framed: Framed, each_step: bool, all_targets: bool = False) -> tuple[list[tuple], list[int]]:
    """(last input, output place) and target of every target that counts."""
    targets = framed.targets.reshape(framed.samples, -1)
    places = targets.shape[1]
    if each_step and framed.targets.ndim == 2:
        last = framed.inputs.reshape(-1, framed.inputs.shape[2])
        keys = list(map(tuple, last.tolist()))
    else:
        last = _last_step(framed)
        keys = [(*row, place) for row in map(tuple, last.tolist()) for place in range(places)]
    if framed.loss_mask is None or all_targets:
        return keys, targets.ravel().tolist()
    known = framed.loss_mask.ravel()
    return [key for key, k in zip(keys, known, strict=True) if k], targets.ravel()[known].tolist()


def _last_step(framed: Framed) -> np.ndarray:
    """The codes of the last step that is not padding: [samples, codes per step]."""
    if framed.holes:
        return framed.inputs[:, -1]
    filled = framed.input_mask
    last = framed.steps - 1 - filled[:, ::-1].argmax(axis=1)
    return framed.inputs[np.arange(framed.samples), last]


def _context(framed: Framed, said: list[int]) -> np.ndarray:
    """The end of what was said, in the framing's own shape: one sample of time steps, or of a window of features."""
    _, steps, codes = framed.inputs.shape
    context = np.full(steps * codes, BLANK, np.int32)
    kept = said[-steps * codes :]
    context[len(context) - len(kept) :] = kept
    return context.reshape(1, steps, codes)


def _lstm_places(architecture: Architecture) -> list[int]:
    """Where each LSTM layer's three arrays begin in the list of weights."""
    place, places = 0, []
    for layer in architecture.layers:
        if isinstance(layer, LSTM):
            places.append(place)
            place += 3
        elif isinstance(layer, Dense):
            place += 2
        elif isinstance(layer, Embedding):
            place += 1
    return places


def _codec(framed: Framed) -> Codec:
    if framed.codec is None:
        raise ValueError("the inputs are numbers, not symbols: a walk needs symbols to feed back")
    return framed.codec


def _symbols(start) -> list[str]:
    return [start] if isinstance(start, str) else list(start)


def _run(text: str) -> list[str]:
    """ "A…J" → A, B, … J; any other text letter by letter."""
    if len(text) == 3 and text[1] == "…":
        return [chr(code) for code in range(ord(text[0]), ord(text[2]) + 1)]
    return list(text)
