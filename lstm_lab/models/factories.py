"""The networks of the sources by name."""

from __future__ import annotations

from typing import Literal

from lstm_lab.layers import LSTM, Dense, Embedding, Flatten, Layer, Masking, RepeatVector
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.losses import Loss
from lstm_lab.models.optimizers import Adam, Optimizer


def lstm_classifier(
    units: int,
    classes: int,
    *,
    stateful: bool = False,
    layers: int = 1,
    return_sequences: bool = False,
    mask: float | None = None,
    embedding: int | None = None,
    activation: Literal["softmax", "sigmoid"] = "softmax",
    forget_bias: float = 1.0,
    learning_rate: float = 0.001,
    optimizer: Optimizer | None = None,
) -> Architecture:
    """LSTM(units) → Dense(classes): the network of all three tutorials.

    layers            how many LSTM layers of so many units are stacked
    return_sequences  an answer at every time step rather than after the last
    mask              skip time steps whose features all have this value
    embedding         width of learnt rows in place of one-hot or scaled input; the codec's coding must be "embedding"
    activation        softmax with categorical, or sigmoid with binary cross-entropy (memory tutorial)
    forget_bias       bias of the forget gates before training: Keras' 1, or more for a long memory
    learning_rate     of Adam; `optimizer` is another optimizer in its place
    """
    front: list[Layer] = [] if mask is None else [Masking(mask)]
    if embedding is not None:
        front.append(Embedding(classes, embedding))
    recurrent, head = _stack(units, layers, return_sequences, forget_bias), Dense(classes, activation, return_sequences)
    loss: Loss = "categorical_crossentropy" if activation == "softmax" else "binary_crossentropy"
    return Architecture((*front, *recurrent, head), stateful, loss, optimizer or Adam(learning_rate))


def lstm_regressor(
    units: int,
    outputs: int = 1,
    *,
    stateful: bool = False,
    layers: int = 1,
    return_sequences: bool = False,
    learning_rate: float = 0.001,
    optimizer: Optimizer | None = None,
) -> Architecture:
    """LSTM(units) → Dense(outputs), linear, squared error."""
    stack = (*_stack(units, layers, return_sequences), Dense(outputs, "linear", return_sequences))
    return Architecture(stack, stateful, "mse", optimizer or Adam(learning_rate))


def lstm_decoder(
    units: int, classes: int, outputs: int, *, learning_rate: float = 0.001, optimizer: Optimizer | None = None
) -> Architecture:
    """Encoder LSTM → RepeatVector(outputs) → decoder LSTM → Dense at every step: sequences of unequal length."""
    coders = (LSTM(units), RepeatVector(outputs), LSTM(units, return_sequences=True))
    head = Dense(classes, "softmax", time_distributed=True)
    return Architecture((*coders, head), optimizer=optimizer or Adam(learning_rate))


def mlp_classifier(
    hidden: int, classes: int, *, learning_rate: float = 0.001, optimizer: Optimizer | None = None
) -> Architecture:
    """Flatten → Dense(hidden, relu) → Dense(classes, softmax): the baseline without any recurrence."""
    layers = (Flatten(), Dense(hidden, "relu"), Dense(classes, "softmax"))
    return Architecture(layers, optimizer=optimizer or Adam(learning_rate))


def mlp_regressor(
    hidden: int, outputs: int = 1, *, learning_rate: float = 0.001, optimizer: Optimizer | None = None
) -> Architecture:
    """Flatten → Dense(hidden, relu) → Dense(outputs), linear, squared error."""
    layers = (Flatten(), Dense(hidden, "relu"), Dense(outputs))
    return Architecture(layers, loss="mse", optimizer=optimizer or Adam(learning_rate))


def _stack(units: int, layers: int, return_sequences: bool, forget_bias: float = 1.0) -> tuple[LSTM, ...]:
    if layers < 1:
        raise ValueError(f"layers is {layers}: need 1 or more")
    return tuple(LSTM(units, return_sequences or i < layers - 1, forget_bias) for i in range(layers))
