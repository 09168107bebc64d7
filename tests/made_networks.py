"""Networks with weights made by hand, of which it is known what they do with their state."""

from __future__ import annotations

import numpy as np

from lstm_lab import models
from lstm_lab.inspecting.use.network import Ours
from lstm_lab.inspecting.use.sequences import Sequences, of_samples

SYMBOLS, STEPS, SHARP = 4, 12, 6.0


def sequences(x: np.ndarray, y: np.ndarray, per_sequence: int = STEPS) -> Sequences:
    """Symbols [sequences, steps] as a stateful network is given them: one-hot, one step a sample."""
    one_hot = np.eye(SYMBOLS, dtype="float32")[x.ravel()][:, None]
    return of_samples(one_hot, y.ravel(), (SYMBOLS if y.max() < SYMBOLS else STEPS,), carries=True, slots=1,
                      per_sequence=per_sequence)  # fmt: skip


def network(kernel, recurrent, bias, head, classes=SYMBOLS) -> Ours:
    """SimpleRNN → Dense with these weights; tanh of a multiple of `SHARP` is nearly a switch."""
    architecture = models.lstm_classifier(len(bias), classes, kind="SimpleRNN", stateful=True)
    weights = [kernel, recurrent, bias, head, np.zeros(classes)]
    return Ours(architecture, [np.asarray(array, "float32") for array in weights], None, SYMBOLS)


def memoryless() -> Ours:
    """Says the symbol that it is given."""
    none = np.zeros((SYMBOLS, SYMBOLS))
    return network(SHARP * np.eye(SYMBOLS), none, none[0], SHARP * np.eye(SYMBOLS))


def one_back() -> Ours:
    """Says the symbol before: one half of the units holds what is given, the other half what the first half held."""
    kernel = np.hstack([SHARP * np.eye(SYMBOLS), np.zeros((SYMBOLS, SYMBOLS))])
    recurrent = np.zeros((2 * SYMBOLS, 2 * SYMBOLS))
    recurrent[:SYMBOLS, SYMBOLS:] = SHARP * np.eye(SYMBOLS)
    head = np.vstack([np.zeros((SYMBOLS, SYMBOLS)), SHARP * np.eye(SYMBOLS)])
    return network(kernel, recurrent, np.zeros(2 * SYMBOLS), head)


def cue_kept(overwritten: bool = False, pull: float = 0.0) -> Ours:
    """Says which of the cues 0 and 1 came first, for ever; symbols 2 and 3 are not read.

    overwritten: a new cue takes the place of the old one · pull: how much symbol 3 pulls the answer to 0
    """
    kernel = np.zeros((SYMBOLS, SYMBOLS))
    kernel[:2, :2] = SHARP * np.eye(2)
    if overwritten:
        kernel[:2, :2] = 3 * SHARP * (2 * np.eye(2) - 1)
    kernel[2:, 2:] = SHARP * np.eye(2)
    recurrent, head = SHARP * np.eye(SYMBOLS), np.zeros((SYMBOLS, SYMBOLS))
    recurrent[2:] = 0
    head[:2, :2] = np.eye(2)
    head[3, 0] = pull
    return network(kernel, recurrent, np.zeros(SYMBOLS), head)


def clock() -> Ours:
    """Says 0, 1, 2, … whatever it is given: a one that moves from unit to unit, and begins where all are zero."""
    recurrent, bias = 2 * SHARP * np.eye(STEPS, k=1), np.full(STEPS, -SHARP)
    recurrent[:, 0] = SHARP
    bias[0] = SHARP * (STEPS - 2) / 2
    return network(np.zeros((SYMBOLS, STEPS)), recurrent, bias, SHARP * np.eye(STEPS), STEPS)
