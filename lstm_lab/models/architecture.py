"""Architecture: the layers of a network as plain, frozen data.

Both trainers build from it: `to_keras` gives the model a Keras user would write, the compiled trainer reads the tuple.
Weights are always a list of float32 arrays in Keras' order and layout (that of `model.get_weights()`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np

Activation = Literal["linear", "softmax", "sigmoid", "tanh", "relu"]
Loss = Literal["categorical_crossentropy", "binary_crossentropy", "mse"]


@dataclass(frozen=True)
class Masking:
    """Skip the time steps whose features all equal `value`."""

    value: float = 0.0


@dataclass(frozen=True)
class Embedding:
    """Codes [batch, steps] → learnt rows [batch, steps, width]."""

    classes: int
    width: int


@dataclass(frozen=True)
class LSTM:
    """Keras' LSTM: tanh, sigmoid gates; the last output, or all with `return_sequences`.

    forget_bias: where training begins. At Keras' 1 a fresh cell keeps 0.73 of itself from step to step, 1e-14 of it
    over a hundred steps; at ln(steps) it keeps about a third over so many.
    """

    units: int
    return_sequences: bool = False
    forget_bias: float = 1.0


@dataclass(frozen=True)
class RepeatVector:
    """One vector [batch, features] → the same at every of `times` steps: between an encoder and its decoder."""

    times: int


@dataclass(frozen=True)
class Flatten:
    """[batch, steps, features] → [batch, steps · features]: what an MLP sees."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer; `time_distributed` writes it as TimeDistributed(Dense), the same arithmetic."""

    outputs: int
    activation: Activation = "linear"
    time_distributed: bool = False


Layer = Masking | Embedding | LSTM | RepeatVector | Flatten | Dense


@dataclass(frozen=True)
class Adam:
    """Keras' Adam: w −= lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)."""

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7


@dataclass(frozen=True)
class SGD:
    """Keras' SGD, with momentum (and Nesterov's form of it)."""

    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False


@dataclass(frozen=True)
class RMSprop:
    """Keras' RMSprop (neither centred nor with momentum)."""

    learning_rate: float = 0.001
    rho: float = 0.9
    epsilon: float = 1e-7


Optimizer = Adam | SGD | RMSprop


@dataclass(frozen=True)
class Architecture:
    """A network, its loss and its optimizer.

    layers    from input to output; the last one is Dense
    stateful  whether the LSTM layers keep their state from one batch to the next
    loss      "categorical_crossentropy" behind a softmax, "binary_crossentropy" behind a sigmoid, or "mse"
    """

    layers: tuple[Layer, ...]
    stateful: bool = False
    loss: Loss = "categorical_crossentropy"
    optimizer: Optimizer = Adam()

    def __post_init__(self):
        if not self.layers or not isinstance(self.layers[-1], Dense):
            raise ValueError("the last layer of an Architecture must be Dense")
        for layer in self.layers:
            for field in fields(layer):
                value = getattr(layer, field.name)
                if field.type == "int" and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                    raise ValueError(
                        f"{type(layer).__name__}.{field.name} is {value!r}: need a whole number, 1 or more"
                    )
            if isinstance(layer, Dense) and layer.activation not in get_args(Activation):
                raise ValueError(
                    f"Dense.activation is {layer.activation!r}: use one of {', '.join(get_args(Activation))}"
                )
        if self.loss not in get_args(Loss):
            raise ValueError(f"loss is {self.loss!r}: use one of {', '.join(get_args(Loss))}")
        needed = {"categorical_crossentropy": "softmax", "binary_crossentropy": "sigmoid"}.get(self.loss)
        if needed and self.layers[-1].activation != needed:
            raise ValueError(f"loss {self.loss} needs a last layer with {needed}, not {self.layers[-1].activation}")

    @property
    def lstm_layers(self) -> tuple[LSTM, ...]:
        return tuple(layer for layer in self.layers if isinstance(layer, LSTM))

    @property
    def outputs(self) -> int:
        head = self.layers[-1]
        assert isinstance(head, Dense)
        return head.outputs

    @property
    def gives_sequence(self) -> bool:
        """Whether there is an output at every time step: [batch, steps, outputs] rather than [batch, outputs]."""
        sequence = True
        for layer in self.layers:
            if isinstance(layer, LSTM):
                sequence = layer.return_sequences
            elif isinstance(layer, Flatten):
                sequence = False
            elif isinstance(layer, RepeatVector):
                sequence = True
        return sequence

    @property
    def answers_each_step(self) -> bool:
        """Whether each output step belongs to an input step: no encoder and decoder in between."""
        return self.gives_sequence and not any(isinstance(layer, RepeatVector) for layer in self.layers)

    def initial_weights(self, steps: int, features: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Fresh weights as Keras' initialisers draw them, from a NumPy generator.

        steps, features: of the input [samples, time steps, features] (features of an embedding: 1).
        """
        from lstm_lab.models.initial import weights

        return weights(self, steps, features, rng)

    def to_keras(self, batch_shape: tuple[int | None, ...]):
        """The compiled Keras model for inputs of `batch_shape` (batch, time steps, features).

        A stateful network needs a fixed batch; an embedding takes (batch, time steps).
        """
        from lstm_lab.models.keras_models import to_keras

        return to_keras(self, batch_shape)

    @classmethod
    def from_keras(cls, model) -> Architecture:
        """The architecture of somebody's own compiled Sequential model; ValueError names what is not supported."""
        from lstm_lab.models.keras_models import from_keras

        return from_keras(model)
