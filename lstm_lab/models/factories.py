"""The networks of the sources by name."""

from __future__ import annotations

from typing import Literal

from lstm_lab.common.checks import check_size, shown
from lstm_lab.common.typed import Positive, typed
from lstm_lab.layers import GRU, LSTM, Dense, Embedding, Flatten, Layer, Masking, Recurrent, RepeatVector, SimpleRNN
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.losses import Loss
from lstm_lab.models.optimizers import Adam, Optimizer

Kind = Literal["LSTM", "GRU", "SimpleRNN"]
_KINDS: dict[str, type[Recurrent]] = {"LSTM": LSTM, "GRU": GRU, "SimpleRNN": SimpleRNN}


@typed
def lstm_classifier(
    units: Positive,
    classes: Positive,
    *,
    kind: Kind = "LSTM",
    stateful: bool = False,
    layers: Positive = 1,
    return_sequences: bool = False,
    mask: float | None = None,
    embedding: Positive | None = None,
    activation: Literal["softmax", "sigmoid"] = "softmax",
    forget_bias: float = 1.0,
    learning_rate: float | None = None,
    optimizer: Optimizer | None = None,
) -> Architecture:
    """LSTM(units) → Dense(classes): the network of all three tutorials.

    kind              of the recurrent layers: LSTM, or another to compare it with
    layers            how many recurrent layers of so many units are stacked
    return_sequences  an answer at every time step rather than after the last
    mask              skip time steps whose features all have this value
    embedding         width of learnt rows in place of one-hot or scaled input; the codec's coding must be "embedding"
    activation        softmax with categorical, or sigmoid with binary cross-entropy (memory tutorial)
    forget_bias       bias of an LSTM's forget gates before training: Keras' 1, or more for a long memory
    learning_rate     of Adam (None: 0.001); or `optimizer`, another optimizer in its place
    """
    front: list[Layer] = [] if mask is None else [Masking(mask)]
    if embedding is not None:
        front.append(Embedding(classes, embedding))
    recurrent = _stack(units, layers, return_sequences, forget_bias, kind)
    head = Dense(classes, activation, return_sequences)
    loss: Loss = "categorical_crossentropy" if activation == "softmax" else "binary_crossentropy"
    return Architecture((*front, *recurrent, head), stateful, loss, _optimizer(learning_rate, optimizer))


@typed
def lstm_regressor(
    units: Positive,
    outputs: Positive = 1,
    *,
    stateful: bool = False,
    layers: Positive = 1,
    return_sequences: bool = False,
    learning_rate: float | None = None,
    optimizer: Optimizer | None = None,
) -> Architecture:
    """LSTM(units) → Dense(outputs), linear, squared error."""
    stack = (*_stack(units, layers, return_sequences), Dense(outputs, "linear", return_sequences))
    return Architecture(stack, stateful, "mse", _optimizer(learning_rate, optimizer))


@typed
def lstm_decoder(
    units: Positive,
    classes: Positive,
    outputs: Positive,
    *,
    learning_rate: float | None = None,
    optimizer: Optimizer | None = None,
) -> Architecture:
    """Encoder LSTM → RepeatVector(outputs) → decoder LSTM → Dense at every step: sequences of unequal length."""
    coders = (LSTM(units), RepeatVector(outputs), LSTM(units, return_sequences=True))
    head = Dense(classes, "softmax", time_distributed=True)
    return Architecture((*coders, head), optimizer=_optimizer(learning_rate, optimizer))


@typed
def mlp_classifier(
    hidden: Positive, classes: Positive, *, learning_rate: float | None = None, optimizer: Optimizer | None = None
) -> Architecture:
    """Flatten → Dense(hidden, relu) → Dense(classes, softmax): the baseline without any recurrence."""
    layers = (Flatten(), Dense(hidden, "relu"), Dense(classes, "softmax"))
    return Architecture(layers, optimizer=_optimizer(learning_rate, optimizer))


@typed
def mlp_regressor(
    hidden: Positive, outputs: Positive = 1, *, learning_rate: float | None = None, optimizer: Optimizer | None = None
) -> Architecture:
    """Flatten → Dense(hidden, relu) → Dense(outputs), linear, squared error."""
    layers = (Flatten(), Dense(hidden, "relu"), Dense(outputs))
    return Architecture(layers, loss="mse", optimizer=_optimizer(learning_rate, optimizer))


def _stack(
    units: int, layers: int, return_sequences: bool, forget_bias: float = 1.0, kind: Kind = "LSTM"
) -> tuple[Recurrent, ...]:
    check_size(10**5 * layers, f"layers is {layers}", "use fewer layers")  # as Keras' layers and the program take
    if kind != "LSTM" and forget_bias != 1:
        raise ValueError(f"forget_bias is {forget_bias}: only an LSTM has one, leave it out for kind {kind}")
    bias = (forget_bias,) if kind == "LSTM" else ()
    return tuple(_KINDS[kind](units, return_sequences or i < layers - 1, *bias) for i in range(layers))


def _optimizer(learning_rate: float | None, optimizer: Optimizer | None) -> Optimizer:
    if optimizer is None:
        return Adam() if learning_rate is None else Adam(learning_rate)
    if learning_rate is not None:
        raise ValueError(f"learning_rate is {learning_rate}, beside optimizer {shown(optimizer)}: give one of the two")
    return optimizer
