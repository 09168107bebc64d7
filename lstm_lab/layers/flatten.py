"""Flatten: all time steps as one row of features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lstm_lab.layers.base import Layer, only
from lstm_lab.layers.one_hot import arranged


@dataclass(frozen=True)
class Flatten(Layer):
    """[batch, steps, features] → [batch, steps · features]: what an MLP sees."""

    keeps_steps: ClassVar[bool] = False
    takes_steps: ClassVar[bool] = True

    def output_shape(self, shape):
        return None, (shape[0] or 1) * shape[1]

    def apply(self, xp, weights, x, mask, state):
        return arranged(x, lambda array: xp.swapaxes(array, 0, 1).reshape(array.shape[1], -1)), None, ()

    def to_keras(self, stateful):
        import keras

        return keras.layers.Flatten()

    @classmethod
    def from_keras(cls, layer):
        only(layer, data_format="channels_last")
        return cls()
