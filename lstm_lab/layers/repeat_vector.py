"""RepeatVector: one vector at every step of a decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lstm_lab.layers.base import Layer
from lstm_lab.layers.one_hot import arranged


@dataclass(frozen=True)
class RepeatVector(Layer):
    """One vector [batch, features] → the same at every of `times` steps: between an encoder and its decoder."""

    times: int

    keeps_steps: ClassVar[bool] = False
    takes_steps: ClassVar[bool] = False

    def output_shape(self, shape):
        return self.times, shape[1]

    def apply(self, xp, weights, x, mask, state):
        return arranged(x, lambda array: xp.broadcast_to(array, (self.times, *array.shape))), None, ()

    def to_keras(self, stateful):
        import keras

        return keras.layers.RepeatVector(self.times)

    @classmethod
    def from_keras(cls, layer):
        return cls(layer.n)
