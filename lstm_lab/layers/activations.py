"""Activation functions by Keras' names, for NumPy and JAX alike: (xp, pre-activation […, n]) → […, n]."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np

Activation = Literal["linear", "softmax", "sigmoid", "tanh", "relu"]
Gates = Literal["sigmoid", "keras1_hard_sigmoid"]


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


HARD_SLOPE = 0.2


def keras1_hard_sigmoid(xp: Any, z):
    """Three straight lines: 0 up to −2.5, then 0.2 z + 0.5, and 1 from 2.5 on.

    This is `hard_sigmoid` of Keras 1 and 2. That of Keras 3 has the same name and another slope: relu6(z + 3) / 6.

    >>> keras1_hard_sigmoid(np, np.array([-3.0, -1.0, 0.0, 2.0, 3.0])).tolist()
    [0.0, 0.3, 0.5, 0.9, 1.0]
    """
    return xp.clip(z.dtype.type(HARD_SLOPE) * z + z.dtype.type(0.5), 0, 1)


ACTIVATIONS: dict[str, Callable] = {
    "linear": lambda xp, z: z,
    "softmax": softmax,
    "sigmoid": sigmoid,
    "tanh": lambda xp, z: xp.tanh(z),
    "relu": relu,
}


@cache
def keras1_hard_sigmoid_in_keras() -> Callable:
    """The same for a Keras layer. It is registered, so Keras can load a saved model once this has been called."""
    import keras

    @keras.saving.register_keras_serializable("lstm_lab", "keras1_hard_sigmoid")
    def keras1_hard_sigmoid(z):
        return keras.ops.clip(HARD_SLOPE * z + 0.5, 0.0, 1.0)

    return keras1_hard_sigmoid
