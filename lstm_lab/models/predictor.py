"""A trained network's answers in NumPy: no compiling and no Keras, so that a probe can ask with any shape at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_lab.common.arrays import float32
from lstm_lab.common.typed import typed
from lstm_lab.framing.codec import Codec
from lstm_lab.layers import OneHot, States, forward
from lstm_lab.models.architecture import Architecture


class Predictor:
    """Answers of a trained network: (inputs, state) → (probabilities, state).

    inputs         as in `Framed.inputs`: codes [batch, time steps, codes per step], or floats [batch, time steps,
                   features] where `codec` is None
    state          for each layer that has one its arrays, [batch, units] each; None: zeros
    probabilities  float32 [batch, outputs], or [batch, output steps, outputs] where the network gives sequences

    Raises ValueError where inputs or state do not fit the network.
    """

    @typed
    def __init__(self, architecture: Architecture, weights: list, codec: Codec | None = None):
        self.architecture, self.codec = architecture, codec
        architecture.check_codec(codec)
        self._weights, self._fitting = architecture.checked_weights(weights), set[tuple[int, int]]()
        self._reached: States = []  # what it gave last: serving hands it back at each step, and need not be checked
        self._looks_up = codec is not None and codec.coding == "one_hot" and not architecture.layers[0].first_only

    def __call__(self, inputs: np.ndarray, state: States | None = None) -> tuple[np.ndarray, States]:
        outputs, states = self.each_step(inputs, state)
        self._reached = [tuple(array[-1] for array in layer) for layer in states]
        return outputs, self._reached

    def each_step(self, inputs: np.ndarray, state: States | None = None) -> tuple[np.ndarray, States]:
        """The same with the state after every step: for each layer that has one its arrays, [steps, batch, units]."""
        inputs = float32("inputs", inputs) if self.codec is None else self.codec.checked(inputs)
        if inputs.ndim != 3 or not inputs.shape[1]:
            raise ValueError(
                f"inputs of shape {inputs.shape}: need [batch, time steps, features or codes], one step or more"
            )
        x = self._encoded(inputs)
        given = len(x), x.shape[2] if len(x.shape) == 3 else 1
        if given not in self._fitting:
            self.architecture.check_shapes(self._weights, *given)
            self._fitting.add(given)
        before = state or []
        if state is not None and not (state and state is self._reached and len(state[0][0]) == len(inputs)):
            before = self.architecture.checked_state(state, len(inputs))
        outputs, states = forward(np, self.architecture.layers, self._weights, x, None, before)
        return outputs.swapaxes(0, 1) if self.architecture.gives_sequence else outputs, states

    def _encoded(self, inputs: np.ndarray) -> Any:
        """The inputs with the steps in front; one-hot rows stay codes, whose rows of the kernel are looked up."""
        if self.codec is None:
            return inputs.swapaxes(0, 1)
        if self._looks_up:
            return OneHot(np, inputs.swapaxes(0, 1), self.codec.classes, self.codec.blank)
        return self.codec.encode(inputs).swapaxes(0, 1)
