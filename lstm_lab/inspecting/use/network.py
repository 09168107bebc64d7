"""A trained network that is asked step by step: what the tests need of it, and our own networks.

The tests of `state_use` know no more of a network than what `Network` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from lstm_lab.framing.codec import Codec
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.predictor import Predictor

AT_ONCE = 2**16  # steps that one of our own networks is given at once: of each it holds the state

Arrays = list[np.ndarray]


class CannotBeAsked(ValueError):
    """A test that cannot be made with this network or these data, and why."""


class Network(Protocol):
    """What the tests need of a network; after any call it is as it was before."""

    def run(self, x: np.ndarray, state: Arrays | None, of: Callable[[np.ndarray], Any]) -> tuple[Any, Arrays]:
        """Answers after every step, and the state after the last.

        x [rows, steps, …] · state: arrays [rows, …]; None: zeros · of: makes of outputs [rows, steps, outputs] what is
        wanted, so that of many rows not all outputs are held
        """

    def gradient(self, x: np.ndarray, targets: np.ndarray, classes: int | None, state: Arrays | None) -> np.ndarray:
        """‖d loss after the last step / d x(t)‖ of each row: float [rows, steps]. CannotBeAsked for codes."""

    def untrained(self, seed: int) -> Network:
        """The same network with first weights."""


class Ours:
    """An Architecture with its weights, in NumPy."""

    def __init__(self, architecture: Architecture, weights: Arrays, codec: Codec | None, features: int):
        if not any(layer.has_state for layer in architecture.layers):
            raise ValueError("the network has no recurrent layer, so it has no state")
        if not architecture.keeps_steps:
            raise CannotBeAsked("the network answers to all steps at once, so it cannot be asked step by step")
        layers = tuple(layer.at_every_step() for layer in architecture.layers)
        self.architecture, self.codec, self.features = replace(architecture, layers=layers), codec, features
        self.weights, self._predict = weights, Predictor(self.architecture, weights, codec)

    def run(self, x, state, of):
        answers, states = [], []
        for rows in portions(len(x), max(1, AT_ONCE // x.shape[1])):
            before = None if state is None else self._nested([array[rows] for array in state])
            outputs, after = self._predict(x[rows], before)
            answers.append(of(outputs))
            states.append([array for layer in after for array in layer])
        return joined(answers), [np.concatenate(parts) for parts in zip(*states, strict=True)]

    def _nested(self, arrays: Arrays):
        left = iter(arrays)
        return [tuple(next(left) for _ in shapes) for shapes in self.architecture.state_shapes(1)]

    def untrained(self, seed):
        rng = np.random.default_rng(seed)
        weights = self.architecture.initial_weights(1, self.features, rng)
        return Ours(self.architecture, weights, self.codec, self.features)

    def gradient(self, x, targets, classes, state):
        import jax
        import jax.numpy as jnp

        from lstm_lab.layers import forward

        x = self.codec.encode(x) if self.codec else x
        before = [] if state is None else self._nested(state)

        def loss(x):
            outputs, _ = forward(jnp, self.architecture.layers, self.weights, x, None, before)
            return losses(jnp, outputs[-1], targets, classes).sum()

        slopes = jax.grad(loss)(jnp.asarray(x).swapaxes(0, 1))
        return np.asarray(jnp.linalg.norm(slopes, axis=-1)).T


def losses(xp: Any, outputs: Any, targets: np.ndarray, classes: int | None) -> Any:
    """Cross-entropy of one answer a row, or its squared error: [rows]. xp: NumPy, jax.numpy or keras.ops."""
    if classes is None:
        return xp.sum((outputs - targets) ** 2, axis=-1)
    if outputs.shape[-1] == 1:
        right = xp.where(targets == 1, outputs[:, 0], 1 - outputs[:, 0])
    else:
        rows = np.eye(outputs.shape[-1], dtype="float32")[targets]
        right = xp.sum(outputs * rows, axis=-1)
    return -xp.log(xp.clip(right, 1e-30, None) if xp is np else xp.maximum(right, 1e-30))


def portions(rows: int, at_once: int) -> Iterator[slice]:
    for first in range(0, rows, at_once):
        yield slice(first, min(first + at_once, rows))


def joined(parts: list) -> Any:
    return np.concatenate(parts) if parts else np.array([])
