"""GRU: an update gate z and a reset gate r.

    z = sigmoid(…)    r = sigmoid(…)    candidate = tanh(x · kernel + r ∘ (h · recurrent + bias))
    h ← z ∘ h + (1 − z) ∘ candidate

That is Keras' default, `reset_after=True`; without it the reset is applied before the product: (r ∘ h) · recurrent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lstm_lab.layers.activations import sigmoid
from lstm_lab.layers.base import only
from lstm_lab.layers.recurrent import Recurrent


@dataclass(frozen=True)
class GRU(Recurrent):
    """Keras' GRU: tanh, sigmoid gates; the last output, or all with `return_sequences`. Its state is its output h."""

    reset_after: bool = True

    def weight_shapes(self, shape):
        width = 3 * self.units
        return [(shape[1], width), (self.units, width), (2, width) if self.reset_after else (width,)]

    def in_keras1(self):
        raise ValueError("GRU has no form of Keras 1 here: its gates and its reset were others; use LSTM or SimpleRNN")

    def biases(self, bias):
        return (bias[0], bias[1]) if self.reset_after else (bias, None)

    def step(self, xp, weights, pre_activation, state):
        (recurrent, bias), (h,), units = weights, state, self.units
        if self.reset_after:
            inner = h @ recurrent + bias
            gates = sigmoid(xp, pre_activation[:, : 2 * units] + inner[:, : 2 * units])
            candidate = gates[:, units:] * inner[:, 2 * units :]
        else:
            gates = sigmoid(xp, pre_activation[:, : 2 * units] + h @ recurrent[:, : 2 * units])
            candidate = (gates[:, units:] * h) @ recurrent[:, 2 * units :]
        z = gates[:, :units]
        return (z * h + (1 - z) * xp.tanh(pre_activation[:, 2 * units :] + candidate),)

    def to_keras(self, stateful):
        layer = super().to_keras(stateful)
        return layer if self.reset_after else type(layer).from_config({**layer.get_config(), "reset_after": False})

    @classmethod
    def from_keras(cls, layer):
        only(layer, recurrent_activation="sigmoid")
        return replace(super().from_keras(layer), reset_after=bool(layer.reset_after))
