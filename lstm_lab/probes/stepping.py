"""What a network keeps in its state, step by step, while it is given a text from a zero state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstm_lab.common.typed import typed
from lstm_lab.datasets.pairs import BLANK
from lstm_lab.framing.codec import Codec
from lstm_lab.framing.framed import Framed
from lstm_lab.layers import Layer
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.predictor import Predictor

LONGEST = 1000  # steps of a text
LARGEST = 1e30  # a number that float32 can still be multiplied with
LISTED = 30  # symbols named in one line of an error


@dataclass(frozen=True, eq=False)
class LayerStates:
    """One layer's state after every step.

    number    of the layer among the recurrent ones, from 1
    steps     what each step was given; for a decoder the numbers of its output steps
    of_input  whether its steps are those of the input
    arrays    "h" and for an LSTM "c": float32 [steps, units]
    """

    layer: Layer
    number: int
    steps: list[str]
    of_input: bool
    arrays: dict[str, np.ndarray]

    def most_moved(self, units: int) -> list[int]:
        """Those units whose output h has the widest range, with the zero of the start, in order of their numbers."""
        h = next(iter(self.arrays.values()))
        ranges = np.maximum(h.max(axis=0), 0) - np.minimum(h.min(axis=0), 0)
        return sorted(np.argsort(-ranges, kind="stable")[:units].tolist())


@dataclass(frozen=True, eq=False)
class Stepped:
    """What a network keeps and answers.

    steps      the numbers of the steps, from 1; of steps of padding only the last
    given      what each step was given
    resets     whether the state is set to zero before it, or before the padding of which it is the last
    answers    a symbol, or numbers, and for a symbol its probability
    each_step  whether there is an answer after every step, and not at the steps of a decoder
    layers     the recurrent layers
    """

    steps: list[int]
    given: list[str]
    resets: list[bool]
    answers: list[tuple[str, float | None]]
    each_step: bool
    layers: list[LayerStates]


def step_through(
    architecture: Architecture, weights: Sequence[np.ndarray], framed: Framed, given: list[str], inputs: np.ndarray
) -> Stepped:
    """Give a trained network the steps that `read_text` made of a text.

    A stateful network carries its state through all of them. A stateless one starts each sample from zeros. If its
    training samples are padded, so is the text. An answer is asked for after every step, also where training asks for
    one only after the last; a network with RepeatVector or Flatten answers when it has been given the whole sample.
    """
    if architecture.keeps_steps:
        architecture = replace(architecture, layers=tuple(layer.at_every_step() for layer in architecture.layers))
    shown = np.arange(len(given))
    if is_padded(framed):
        given, inputs, shown = _padded(framed, given, inputs)
    predict = Predictor(architecture, list(weights), framed.codec)
    size = len(given) if architecture.stateful else framed.steps
    parts = [predict.each_step(inputs[None, start : start + size]) for start in range(0, len(given), size)]
    outputs = np.concatenate([part[0].reshape(-1, part[0].shape[-1]) for part, _ in parts])
    recurrent = [
        (layer, all(each.keeps_steps for each in architecture.layers[:place]))
        for place, layer in enumerate(architecture.layers)
        if layer.has_state
    ]
    layers = []
    for place, (layer, of_input) in enumerate(recurrent):
        arrays = [
            np.concatenate([states[place][i][:, 0] for _, states in parts]) for i in range(len(layer.state_names))
        ]
        steps = [given[step] for step in shown] if of_input else [f"output {n}" for n in range(1, len(arrays[0]) + 1)]
        named = zip(layer.state_names, (array[shown] if of_input else array for array in arrays), strict=True)
        layers.append(LayerStates(layer, place + 1, steps, of_input, dict(named)))
    answers = [_answer(output, framed.target_codec) for output in outputs]
    if architecture.keeps_steps:
        answers = [answers[step] for step in shown]
    resets = [place == 0 or step % size == 0 for place, step in enumerate(shown)]
    numbers = [int(step) + 1 for step in shown]
    return Stepped(numbers, [given[step] for step in shown], resets, answers, architecture.keeps_steps, layers)


@typed
def read_text(text: str, framed: Framed, architecture: Architecture) -> tuple[list[str], np.ndarray]:
    """A text as the network's steps: what each is given, in words, and the inputs [steps, codes per step].

    Symbols of one letter are written one after the other, longer ones with commas or spaces between them; so are the
    numbers of a series. A network with a window is given a window at each step. ValueError says what would do.
    """
    if not any(layer.has_state for layer in architecture.layers):
        raise ValueError("the network has no recurrent layer, so there is no state to see")
    wrong = f"text is {text[:200]!r}: "
    if framed.codec is None:
        parts, values = _numbers(text, framed, wrong)
    else:
        parts, values = _symbols(text, framed.codec, wrong)
    width = framed.inputs.shape[2]
    if not parts:
        raise ValueError(f"{wrong}there is nothing to give; write {some_text(framed)}, for example")
    if len(parts) < width:
        raise ValueError(f"{wrong}a step is given {width} symbols, and here are {len(parts)}; write {width} or more")
    steps = len(parts) - width + 1
    if steps > LONGEST:
        raise ValueError(f"{wrong}it has {steps} steps; write {LONGEST} or fewer")
    if is_padded(framed) and steps > framed.steps:
        raise ValueError(f"{wrong}it has {steps} steps, and a sample has {framed.steps}; write {framed.steps} or fewer")
    if not architecture.keeps_steps and steps != framed.steps:
        raise ValueError(f"{wrong}this network answers to {framed.steps} steps at once, and here are {steps}")
    separator = "" if framed.codec is None or _single(framed.codec) else " "
    given = [separator.join(parts[step : step + width]) for step in range(steps)]
    return given, np.lib.stride_tricks.sliding_window_view(values, width)


def is_padded(framed: Framed) -> bool:
    """Whether training samples have places of padding, and not of missing values."""
    return framed.codec is not None and not framed.holes and not bool(framed.input_mask.all())


def _padded(framed: Framed, given: list[str], inputs: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The steps with padding on the side where the training samples have it, and those to show: of it the last one."""
    missing = framed.steps - len(given)
    behind = bool(framed.input_mask[:, 0].all())
    padding = np.full((missing, inputs.shape[1]), BLANK, inputs.dtype)
    words = [f"· × {missing}"] * missing
    if behind:
        shown = [*range(len(given)), *([framed.steps - 1] if missing else [])]
        return given + words, np.concatenate([inputs, padding]), np.array(shown)
    return words + given, np.concatenate([padding, inputs]), np.arange(max(missing - 1, 0), framed.steps)


def _answer(output: np.ndarray, codec: Codec | None) -> tuple[str, float | None]:
    if codec is None:
        return " ".join(f"{value:.4g}" for value in output[:4]) + " …" * (len(output) > 4), None
    best = int(output.argmax())
    return codec.symbols[best], float(output[best])


def _single(codec: Codec) -> bool:
    return all(len(symbol) == 1 for symbol in codec.symbols)


def _symbols(text: str, codec: Codec, wrong: str) -> tuple[list[str], np.ndarray]:
    known = set(codec.symbols)
    if _single(codec):
        parts = [sign for sign in text if sign in known or not (sign == "," or sign.isspace())]
    else:
        parts = re.findall(r"[^,\s]+", text)
    unknown = list(dict.fromkeys(part for part in parts if part not in known))
    if unknown:
        named = ", ".join(repr(part[:20]) for part in unknown[:5]) + ", …" * (len(unknown) > 5)
        symbols = list(dict.fromkeys(codec.symbols))
        use = ", ".join(symbols[:LISTED]) + (f", … {symbols[-1]}" if len(symbols) > LISTED else "")
        between = "" if _single(codec) else ", with commas between them"
        raise ValueError(f"{wrong}{named} {'is' if len(unknown) == 1 else 'are'} no symbol here; use {use}{between}")
    return parts, np.array([codec.code(part) for part in parts], np.int32)


def _numbers(text: str, framed: Framed, wrong: str) -> tuple[list[str], np.ndarray]:
    features = framed.inputs.shape[2]
    if features > 1:
        raise ValueError(f"{wrong}a step is given {features} numbers, which a text cannot say; use another experiment")
    parts = re.findall(r"[^,\s]+", text)
    try:
        values = np.array([float(part) for part in parts])
    except ValueError:
        values = np.array([np.nan])
    if not (np.abs(values) <= LARGEST).all():
        raise ValueError(
            f"{wrong}the series is of numbers; write numbers with commas between them, as the network is given them, "
            f"for example {some_text(framed)}"
        )
    return parts, values.astype(np.float32)


def some_text(framed: Framed) -> str:
    """A text that would do: what the first training samples are given."""
    if framed.codec is None:
        return ",".join(f"{value:.3g}" for value in framed.inputs[:3, 0, 0])
    codes = [code for code in framed.inputs[:20].ravel() if code != BLANK][: max(3, framed.inputs.shape[2])]
    return ("" if _single(framed.codec) else ",").join(framed.codec.symbols[code] for code in codes)
