"""Embedding: a learnt row for every code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lstm_lab.layers.base import Layer, only


@dataclass(frozen=True)
class Embedding(Layer):
    """Codes [batch, steps] → learnt rows [batch, steps, width]."""

    classes: int
    width: int

    first_only: ClassVar[bool] = True
    takes_codes: ClassVar[bool] = True

    def output_shape(self, shape):
        return shape[0], self.width

    def weight_shapes(self, shape):
        return [(self.classes, self.width)]

    def initial_weights(self, shape, rng):
        return [rng.uniform(-0.05, 0.05, (self.classes, self.width))]

    def apply(self, xp, weights, x, mask, state):
        return weights[0][x], mask, ()

    def to_keras(self, stateful):
        import keras

        return keras.layers.Embedding(self.classes, self.width)

    @classmethod
    def from_keras(cls, layer):
        only(layer, mask_zero=False)
        return cls(layer.input_dim, layer.output_dim)
