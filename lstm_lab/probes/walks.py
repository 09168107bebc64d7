"""Probes that feed a network its own answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np

from lstm_lab.common.typed import typed
from lstm_lab.datasets.pairs import BLANK
from lstm_lab.framing.framed import Framed
from lstm_lab.judging.measures import Text
from lstm_lab.probes.asked import MOST, Asked, Measure, Probe

Steps = Annotated[int, 0, MOST]


@typed
def walk(start: str | Sequence[str], steps: Steps = 25, name: str | None = None) -> Probe:
    """Feed the answers back, from a zero state and one symbol, and write down what is said.

    A stateful network is fed one symbol at a time; a stateless one as much of what was said as its time steps hold.
    """
    name = name or f"walk_{start}"
    if not start:
        raise ValueError(f"start is {start!r}: need a symbol or more")

    def probe(asked: Asked) -> dict[str, Measure]:
        codec = asked.framed.codec
        if codec is None:
            raise ValueError("the inputs are numbers, not symbols: a walk needs symbols to feed back")
        said = [codec.code(symbol) for symbol in ([start] if isinstance(start, str) else start)]
        given, state, begin = len(said), None, codec.spaced(said)
        if asked.architecture.stateful:
            for code in said[:-1]:
                _, state = asked.predictor(np.array([[[code]]], np.int32), state)
        for _ in range(steps):
            if asked.architecture.stateful:
                probabilities, state = asked.predictor(np.array([[[said[-1]]]], np.int32), state)
            else:
                probabilities, _ = asked.predictor(_context(asked.framed, said), None)
            said.append(int(probabilities[0].argmax(-1).ravel()[-1]))
        answers = asked.framed.target_codec or codec
        return {name: Measure(Text(answers.text(said[given:])), lines=[f"{begin} → {answers.spaced(said[given:])}"])}

    return probe


@typed
def cold_start(symbol: str, steps: Steps = 5, name: str | None = None) -> Probe:
    """A walk from the middle of what was learnt, with no state: what does it say after `symbol`?"""
    return walk(symbol, steps, name or f"cold_start_{symbol}")


@typed
def warmed_up(before: Sequence[str] | str, symbol: str, name: str | None = None) -> Probe:
    """What it says to `symbol` once it has been given what comes before it; "A…J" means A to J."""
    run = _run(before) if isinstance(before, str) else list(before)
    return walk([*run, symbol], 1, name or f"warmed_up_{symbol}")


def _context(framed: Framed, said: list[int]) -> np.ndarray:
    """The end of what was said, in the framing's own shape: one sample of time steps, or of a window of features."""
    _, steps, codes = framed.inputs.shape
    context = np.full(steps * codes, BLANK, np.int32)
    kept = said[-steps * codes :]
    context[len(context) - len(kept) :] = kept
    return context.reshape(1, steps, codes)


def _run(text: str) -> list[str]:
    """ "A…J" → A, B, … J; any other text letter by letter."""
    if len(text) == 3 and text[1] == "…":
        if text[0] > text[2]:
            raise ValueError(f"before is {text!r}: {text[0]} comes after {text[2]}, write them in order, as in 'A…J'")
        return [chr(code) for code in range(ord(text[0]), ord(text[2]) + 1)]
    return list(text)
