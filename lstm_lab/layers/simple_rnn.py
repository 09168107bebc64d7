"""SimpleRNN: h ← tanh(x · kernel + h · recurrent + bias)."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_lab.layers.recurrent import Recurrent


@dataclass(frozen=True)
class SimpleRNN(Recurrent):
    """Keras' SimpleRNN with tanh; the last output, or all with `return_sequences`. Its state is its output h."""

    def weight_shapes(self, shape):
        return [(shape[1], self.units), (self.units, self.units), (self.units,)]

    def step(self, xp, weights, pre_activation, state):
        return (xp.tanh(pre_activation + state[0] @ weights[0]),)
