"""Between an `Architecture` and a Keras model. Keras is imported here and nowhere else among the models."""

from __future__ import annotations

import keras
from keras import layers

from lstm_lab.models.architecture import (
    LSTM,
    SGD,
    Adam,
    Architecture,
    Dense,
    Embedding,
    Flatten,
    Masking,
    Optimizer,
    RepeatVector,
    RMSprop,
)


def to_keras(architecture: Architecture, batch_shape: tuple[int | None, ...]) -> keras.Sequential:
    """The compiled Sequential model; see `Architecture.to_keras`."""
    if architecture.stateful and batch_shape[0] is None:
        raise ValueError("a stateful network needs a fixed batch size: its state has one row for every slot")
    model = keras.Sequential([keras.Input(batch_shape=batch_shape)])
    for layer in architecture.layers:
        model.add(_keras_layer(layer, architecture.stateful))
    model.compile(loss=architecture.loss, optimizer=keras_optimizer(architecture.optimizer))
    return model


def _keras_layer(layer, stateful: bool):
    match layer:
        case Masking(value):
            return layers.Masking(mask_value=value)
        case Embedding(classes, width):
            return layers.Embedding(classes, width)
        case LSTM(units, return_sequences):
            return layers.LSTM(units, return_sequences=return_sequences, stateful=stateful)
        case RepeatVector(times):
            return layers.RepeatVector(times)
        case Flatten():
            return layers.Flatten()
        case Dense(outputs, activation, time_distributed):
            dense = layers.Dense(outputs, activation=activation)
            return layers.TimeDistributed(dense) if time_distributed else dense
    raise ValueError(f"no Keras layer for {layer!r}")


def keras_optimizer(optimizer: Optimizer) -> keras.optimizers.Optimizer:
    """The same optimizer in Keras."""
    match optimizer:
        case Adam(rate, beta_1, beta_2, epsilon):
            return keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)
        case SGD(rate, momentum, nesterov):
            return keras.optimizers.SGD(rate, momentum=momentum, nesterov=nesterov)
        case RMSprop(rate, rho, epsilon):
            return keras.optimizers.RMSprop(rate, rho=rho, epsilon=epsilon)
    raise ValueError(f"no Keras optimizer for {optimizer!r}")
