"""What recurrent kinds share: a state, a walk over time, masked steps, and one answer a sample or one a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from lstm_lab.layers.base import Layer, glorot_uniform, only, orthogonal, over_time


@dataclass(frozen=True)
class Recurrent(Layer):
    """A kind with kernel [features, n · units], recurrent kernel [units, n · units] and bias; `step` is its cell."""

    units: int
    return_sequences: bool = False

    takes_steps: ClassVar[bool] = True

    def output_shape(self, shape):
        return shape[0] if self.return_sequences else None, self.units

    def initial_weights(self, shape, rng):
        kernel, recurrent, bias = self.weight_shapes(shape)
        return [glorot_uniform(rng, *kernel), orthogonal(rng, *recurrent), np.zeros(bias)]

    def state_shapes(self, batch):
        return ((batch, self.units),)

    @property
    def state_names(self):
        return ("h", "c")[: len(self.state_shapes(1))]

    def used_by_state(self, weights):
        return [weights[1]]

    def at_every_step(self):
        return replace(self, return_sequences=True)

    def apply(self, xp, weights, x, mask, state):
        kernel, recurrent, bias = weights
        if not state:
            state = tuple(xp.zeros(shape, kernel.dtype) for shape in self.state_shapes(x.shape[1]))
        input_bias, recurrent_bias = self.biases(bias)
        outputs, states = self.run(xp, (recurrent, recurrent_bias), x @ kernel + input_bias, mask, state)
        return (outputs, mask, states) if self.return_sequences else (outputs[-1], None, states)

    def biases(self, bias) -> tuple[Any, Any]:
        """The bias added to the inputs' part, and what `step` needs beside the recurrent kernel."""
        return bias, None

    def step(self, xp: Any, weights: tuple, pre_activation, state: Sequence) -> tuple:
        """The state's arrays after one more step, the output first.

        weights: recurrent kernel and bias · pre_activation: the inputs' part [batch, n · units]
        """
        raise NotImplementedError

    def run(self, xp: Any, weights: tuple, pre_activation, mask, state: tuple) -> tuple:
        """(outputs [steps, batch, units], the state's arrays after every step) for inputs' parts [steps, batch, …].

        A skipped step keeps the state and repeats the output before it, which is zero at first, as in Keras.
        """

        def advance(carry, inputs):
            z, kept = inputs
            new = self.step(xp, weights, z, carry[1:])
            new = (new[0], *new)
            if kept is not None:
                new = tuple(xp.where(kept[:, None], after, before) for after, before in zip(new, carry, strict=True))
            return new, new

        _, (outputs, *states) = over_time(xp, advance, (xp.zeros_like(state[0]), *state), (pre_activation, mask))
        return outputs, tuple(states)

    def to_keras(self, stateful):
        import keras

        kind = getattr(keras.layers, type(self).__name__)
        return kind(self.units, return_sequences=self.return_sequences, stateful=stateful)

    @classmethod
    def from_keras(cls, layer):
        only(layer, go_backwards=False, return_state=False, dropout=0.0, recurrent_dropout=0.0, use_bias=True,
             zero_output_for_mask=False, activation="tanh")  # fmt: skip
        return cls(layer.units, bool(layer.return_sequences))
