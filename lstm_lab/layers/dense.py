"""Dense: a fully connected layer, alone or at every time step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from lstm_lab.layers.activations import ACTIVATIONS, Activation
from lstm_lab.layers.base import Layer, glorot_uniform, only, shown


@dataclass(frozen=True)
class Dense(Layer):
    """A fully connected layer; `time_distributed` writes it as TimeDistributed(Dense), the same arithmetic."""

    outputs: int
    activation: Activation = "linear"
    time_distributed: bool = False

    @property
    def takes_steps(self) -> bool | None:  # type: ignore[override]
        return True if self.time_distributed else None

    def output_shape(self, shape):
        return shape[0], self.outputs

    def weight_shapes(self, shape):
        return [(shape[1], self.outputs), (self.outputs,)]

    def initial_weights(self, shape, rng):
        return [glorot_uniform(rng, shape[1], self.outputs), np.zeros(self.outputs)]

    def apply(self, xp, weights, x, mask, state):
        kernel, bias = weights
        return ACTIVATIONS[self.activation](xp, x @ kernel + bias), mask, ()

    def to_keras(self, stateful):
        import keras

        dense = keras.layers.Dense(self.outputs, activation=self.activation)
        return keras.layers.TimeDistributed(dense) if self.time_distributed else dense

    @classmethod
    def reads(cls, layer):
        import keras

        return super().reads(layer.layer if type(layer) is keras.layers.TimeDistributed else layer)

    @classmethod
    def from_keras(cls, layer):
        import keras

        wrapped = type(layer) is keras.layers.TimeDistributed
        dense = layer.layer if wrapped else layer
        only(dense, use_bias=True)
        activation = keras.activations.serialize(dense.activation)
        if activation not in get_args(Activation):
            raise ValueError(
                f"layer {dense.name}: activation {shown(activation)} is not supported, use one of "
                f"{', '.join(get_args(Activation))}"
            )
        return cls(dense.units, activation, wrapped)
