"""Networks with weights made by hand, of which it is known what they do with their state."""

from __future__ import annotations

import numpy as np

from lstm_lab import models
from lstm_lab.inspecting.use.network import CannotBeAsked, Ours
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


class Machine:
    """A network of exact arithmetic, one number a row its state, 0 at first: move(state, symbol) is the next state,
    say(state, symbol) the answer, a class or with classes None a number."""

    def __init__(self, move, say, classes=SYMBOLS):
        self.move, self.say, self.classes = move, say, classes

    def run(self, x, state, of):
        symbols = x.argmax(axis=-1)
        held, answers = np.zeros(len(x), int) if state is None else state[0][:, 0], []
        for step in range(x.shape[1]):
            answers.append(self.say(held, symbols[:, step]))
            held = self.move(held, symbols[:, step])
        found = np.stack(answers, axis=1)
        return of(found[..., None].astype(float) if self.classes is None else np.eye(self.classes)[found]), [
            held[:, None]
        ]

    def untrained(self, seed):
        return self

    def gradient(self, x, targets, classes, state):
        raise CannotBeAsked("a machine has no gradient")

    def right(self, x) -> np.ndarray:
        """What it says to symbols [sequences, steps], each from a zero state."""
        found, _ = self.run(np.eye(SYMBOLS)[x], None, lambda outputs: outputs)
        return found if self.classes is None else found.argmax(axis=-1)
