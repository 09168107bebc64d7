"""Activation functions by Keras' names, for NumPy and JAX alike: (xp, pre-activation […, n]) → […, n]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

Activation = Literal["linear", "softmax", "sigmoid", "tanh", "relu"]


def sigmoid(xp: Any, z):
    if xp is not np:
        from jax import nn

        return nn.sigmoid(z)
    half = z.dtype.type(0.5)
    return half * np.tanh(half * z) + half  # 1 / (1 + exp(−z)) would overflow


def relu(xp: Any, z):
    if xp is not np:
        from jax import nn

        return nn.relu(z)  # its slope at 0 is 0, as in Keras
    return np.maximum(z, z.dtype.type(0))


def softmax(xp: Any, z):
    powers = xp.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


ACTIVATIONS: dict[str, Callable] = {
    "linear": lambda xp, z: z,
    "softmax": softmax,
    "sigmoid": sigmoid,
    "tanh": lambda xp, z: xp.tanh(z),
    "relu": relu,
}
