"""The small network of every cell of the state contract, and how its answers are compared."""

from __future__ import annotations

import re
from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from lstm_lab import state

BATCH, STEPS, FEATURES, UNITS = 4, 3, 2, 3
EMPTY = -9.0  # what a masked step holds
CLOSE = 1e-4  # far above the rounding of float32, far below the difference of two states here

Cell = tuple[str, str, str, str]  # question, call, answer, evidence
Call = Callable[[keras.Model, np.ndarray], float]

_rng = np.random.default_rng(650)
X = _rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
WEIGHTS = [
    _rng.normal(size=shape).astype("float32")
    for shape in ((FEATURES, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,), (UNITS, 1), (1,))
]


def network(*, stateful: bool = True, masked: bool = False, steps: int = STEPS, **lstm) -> keras.Model:
    """The network of all cells, compiled, its state at zero."""
    front = [layers.Masking(EMPTY)] if masked else []
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH, steps, FEATURES)),
            *front,
            layers.LSTM(UNITS, stateful=stateful, **lstm),
            layers.Dense(1),
        ]
    )
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.0))
    model.set_weights(WEIGHTS)
    return model


def reference(repeats: int) -> float:
    """Mean squared answer to the last of `repeats` X in a row, from one stateless run over all of their steps."""
    x = np.concatenate([X] * repeats, axis=1)
    return score(network(stateful=False, steps=x.shape[1])(x))


def score(answers) -> float:
    return float(np.mean(np.square(keras.ops.convert_to_numpy(answers))))


def targets(x: np.ndarray) -> np.ndarray:
    return np.zeros((len(x), 1), "float32")


def _fit(model, x) -> float:
    return model.fit(x, targets(x), batch_size=BATCH, shuffle=False, verbose=0).history["loss"][0]


# Every call gives the mean of its squared answers: of its predictions, or as the loss with targets of zero.
CALLS: dict[str, Call] = {
    "model(x)": lambda model, x: score(model(x)),
    "predict": lambda model, x: score(model.predict(x, batch_size=BATCH, verbose=0)),
    "predict_on_batch": lambda model, x: score(model.predict_on_batch(x)),
    "evaluate": lambda model, x: model.evaluate(x, targets(x), batch_size=BATCH, verbose=0),
    "test_on_batch": lambda model, x: float(model.test_on_batch(x, targets(x))),
    "fit": _fit,
    "train_on_batch": lambda model, x: float(model.train_on_batch(x, targets(x))),
}
OVER_BATCHES = ("fit", "evaluate", "predict")


def cell(question: str, call: str, ask: Callable[..., tuple[str, str]], *arguments) -> Cell:
    """One cell: what `ask(*arguments)` gives; an error that a call raises is an answer too."""
    try:
        answer, evidence = ask(*arguments)
    except Exception as error:
        answer, evidence = "raises", f"{type(error).__name__}: {reason(error)}"
    return question, call, answer, evidence


def reason(error: Exception) -> str:
    """The line of a message that says what is wrong, without the lines that say where it happened."""
    frame = ("Graph execution error", "Exception encountered", "Detected at", "File ", "<", "\t", "Arguments received")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # Keras colours some of its messages
    lines = [line.strip() for line in plain.splitlines()]
    telling = [line for line in lines if line and not line.startswith(frame)]
    return (telling or lines or ["no message"])[0][:200]


def compared(values, expected: tuple[float, float], model, what: str = "two calls") -> tuple[str, str]:
    """("carried", "dropped" or "?", the evidence), after the calls that gave the values."""
    has_moved = moved(model)
    evidence = (
        f"mean squared answers of {what} {values[0]:.6f} and {values[1]:.6f}; in one run {expected[0]:.6f} and "
        f"{expected[1]:.6f}; the stored state {'moved' if has_moved else 'did not move'}"
    )
    if close(values[0], expected[0]) and close(values[1], expected[1]) and has_moved:
        return "carried", evidence
    if close(values[1], values[0]) and not has_moved:
        return "dropped", evidence
    return "?", evidence


def moved(model) -> bool:
    return any(array.any() for array in state.get(model).arrays())


def close(value: float, expected: float) -> bool:
    return abs(value - expected) < CLOSE * max(1.0, abs(expected))
