"""A trained network's answers in NumPy: no compiling and no Keras, so that a probe can ask with any shape at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_lab.framing.codec import Codec
from lstm_lab.models.architecture import LSTM, Architecture, Dense, Embedding, Flatten, Masking, RepeatVector

State = list[tuple[np.ndarray, np.ndarray]]  # per LSTM layer: output h and cell c, [batch, units] each


def gates(xp: Any, z):
    """The gates and the candidate of an LSTM in Keras' order, i, f, g, o: [batch, 4 · units] → the same.

    xp: numpy or jax.numpy; this and `next_state` are the cell, for the compiled trainer as well. A sigmoid is a tanh at
    half the slope, so that all four are one call, and no large number overflows as in 1 / (1 + exp(−z)).
    """
    half, none = np.array(0.5, z.dtype), np.array(0.0, z.dtype)
    units = z.shape[-1] // 4
    scale = np.repeat([half, half, half + half, half], units)
    shift = np.repeat([half, half, none, half], units)
    return xp.tanh(z * scale) * scale + shift


def next_state(xp: Any, opened, c) -> tuple:
    """(h, c, tanh c) after a step, from its gates [batch, 4 · units] and the cell state before it [batch, units]."""
    units = c.shape[-1]
    i, f, g, o = (opened[..., n * units : (n + 1) * units] for n in range(4))
    c = f * c + i * g
    squashed = xp.tanh(c)
    return o * squashed, c, squashed


class Predictor:
    """Answers of a trained network: (inputs, state) → (probabilities, state).

    inputs         as in `Framed.inputs`: codes [batch, time steps, codes per step], or floats [batch, time steps,
                   features] where `codec` is None
    state          per LSTM layer (h, c), [batch, units] each; None: zeros
    probabilities  float32 [batch, outputs], or [batch, output steps, outputs] where the network gives sequences

    Raises ValueError where inputs or state do not fit the network.
    """

    def __init__(self, architecture: Architecture, weights: list[np.ndarray], codec: Codec | None = None):
        self.architecture, self.codec = architecture, codec
        self._weights = [np.asarray(array, np.float32) for array in weights]
        self._units = [layer.units for layer in architecture.lstm_layers]

    def __call__(self, inputs: np.ndarray, state: State | None = None) -> tuple[np.ndarray, State]:
        x = self.codec.encode(inputs) if self.codec else np.asarray(inputs, np.float32)
        state = self._checked(state, len(x))
        mask = None
        left = iter(self._weights)
        after: State = []
        for layer in self.architecture.layers:
            match layer:
                case Masking(value):
                    mask = (x != np.float32(value)).any(axis=-1)
                    x = np.where(mask[..., None], x, np.float32(0))
                case Embedding():
                    x = next(left)[x]
                case LSTM(_, return_sequences):
                    x, reached = _lstm(x, next(left), next(left), next(left), mask, *state[len(after)])
                    after.append(reached)
                    if not return_sequences:
                        x, mask = x[:, -1], None
                case RepeatVector(times):
                    x = np.broadcast_to(x[:, None], (len(x), times, x.shape[-1]))
                case Flatten():
                    x = x.reshape(len(x), -1)
                case Dense(_, activation):
                    x = ACTIVATIONS[activation](x @ next(left) + next(left))
        return x, after

    def _checked(self, state: State | None, batch: int) -> State:
        if state is None:
            zeros = [np.zeros((batch, units), np.float32) for units in self._units]
            return [(zero, zero) for zero in zeros]
        shapes = [(h.shape, c.shape) for h, c in state]
        needed = [((batch, units), (batch, units)) for units in self._units]
        if shapes != needed:
            raise ValueError(f"state of shapes {shapes}: this network and a batch of {batch} need {needed}")
        return state


def _lstm(x, kernel, recurrent, bias, mask, h, c):
    """Outputs [batch, time steps, units] and the state after the last step."""
    if x.shape[-1] != len(kernel):
        raise ValueError(f"inputs with {x.shape[-1]} features: this network's first kernel takes {len(kernel)}")
    driven = x @ kernel + bias
    y, outputs = np.zeros_like(h), np.empty((*x.shape[:2], h.shape[1]), np.float32)
    for step in range(x.shape[1]):
        new_h, new_c, _ = next_state(np, gates(np, driven[:, step] + h @ recurrent), c)
        if mask is None:
            y, h, c = new_h, new_h, new_c
        else:  # a skipped step keeps the state and repeats the output before it, zero at first, as Keras has it
            taken = mask[:, step, None]
            y, h, c = np.where(taken, new_h, y), np.where(taken, new_h, h), np.where(taken, new_c, c)
        outputs[:, step] = y
    return outputs, (h, c)


def _sigmoid(z):
    return np.float32(0.5) * np.tanh(np.float32(0.5) * z) + np.float32(0.5)  # 1 / (1 + exp(−z)) would overflow


def _softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


ACTIVATIONS: dict[str, Callable] = {
    "linear": lambda z: z,
    "softmax": _softmax,
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, np.float32(0)),
}
