"""Somebody's own compiled Keras model, read as an `Architecture`."""

from __future__ import annotations

import keras

from lstm_lab.layers import KINDS, Layer
from lstm_lab.models import losses, optimizers
from lstm_lab.models.architecture import Architecture


def read_model(model) -> Architecture:
    """See `Architecture.from_keras`."""
    name = repr(getattr(model, "name", type(model).__name__))
    if not isinstance(model, keras.Sequential):
        raise ValueError(f"model {name}: only keras.Sequential is supported, not {type(model).__name__}")
    if not model.built:
        raise ValueError(f"model {name} has no weights yet: begin it with keras.Input(shape=…) or build it")
    layers = tuple(read_layer(layer) for layer in model.layers)
    for layer in model.layers:
        if not layer.trainable or layer.non_trainable_weights:
            raise ValueError(f"layer {layer.name}: frozen weights (trainable=False) are not supported")
    stateful = {theirs.stateful for theirs, ours in zip(model.layers, layers, strict=True) if ours.has_state}
    if len(stateful) == 2:
        raise ValueError(f"model {name}: stateful must be the same for all its recurrent layers")
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not getattr(model, "compiled", True):
        raise ValueError(f"model {name} is not compiled: call model.compile(loss=…, optimizer=…)")
    return Architecture(layers, stateful == {True}, losses.from_keras(model), optimizers.from_keras(optimizer))


def read_layer(layer) -> Layer:
    """A Keras layer as plain data; ValueError names the layer and what is not supported."""
    if layer.dtype_policy.name != "float32":
        raise ValueError(f"layer {layer.name}: dtype {layer.dtype_policy.name} is not supported, use float32")
    for kind in KINDS:
        if kind.reads(layer):
            return kind.from_keras(layer)
    *kinds, last = (kind.__name__ for kind in KINDS)
    raise ValueError(
        f"layer {layer.name}: {type(layer).__name__} is not supported; use {', '.join(kinds)}, {last} or "
        "TimeDistributed(Dense)"
    )
