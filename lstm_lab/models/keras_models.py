"""Between an `Architecture` and a Keras model. Keras is imported here and nowhere else among the models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import keras
import numpy as np
from keras import layers

from lstm_lab.models.architecture import (
    LSTM,
    SGD,
    Activation,
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
        case LSTM(units, return_sequences, forget_bias):
            lstm = layers.LSTM(units, return_sequences=return_sequences, stateful=stateful)
            if forget_bias != 1:  # Keras has a switch for a bias of one, and no number
                gates = np.repeat([0, forget_bias, 0, 0], units)
                lstm.cell.unit_forget_bias, lstm.cell.bias_initializer = False, keras.initializers.Constant(gates)
            return lstm
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


def from_keras(model) -> Architecture:
    """The architecture of a compiled Sequential model; see `Architecture.from_keras`."""
    if not isinstance(model, keras.Sequential):
        raise ValueError(f"model {_name(model)}: only keras.Sequential is supported, not {type(model).__name__}")
    if not model.built:
        raise ValueError(f"model {_name(model)} has no weights yet: begin it with keras.Input(shape=…) or build it")
    specifications = [_specification(layer) for layer in model.layers]
    for layer in model.layers:
        if not layer.trainable or layer.non_trainable_weights:
            raise ValueError(f"layer {layer.name}: frozen weights (trainable=False) are not supported")
    stateful = {layer.stateful for layer in model.layers if isinstance(layer, layers.LSTM)}
    if len(stateful) == 2:
        raise ValueError(f"model {_name(model)}: stateful must be the same for all its LSTM layers")
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not getattr(model, "compiled", True):
        raise ValueError(f"model {_name(model)} is not compiled: call model.compile(loss=…, optimizer=…)")
    return Architecture(tuple(specifications), stateful == {True}, _loss(model), _optimizer(optimizer))


def _specification(layer):
    """A Keras layer as plain data; ValueError names the layer and the argument that is not supported."""
    if layer.dtype_policy.name != "float32":
        raise ValueError(f"layer {layer.name}: dtype {layer.dtype_policy.name} is not supported, use float32")
    match layer:
        case layers.Masking():
            _only(layer)
            return Masking(float(layer.mask_value))
        case layers.Embedding():
            _only(layer, mask_zero=False)
            return Embedding(layer.input_dim, layer.output_dim)
        case layers.LSTM():
            _only(layer, go_backwards=False, return_state=False, dropout=0.0, recurrent_dropout=0.0, use_bias=True,
                  activation="tanh", recurrent_activation="sigmoid")  # fmt: skip
            return LSTM(layer.units, bool(layer.return_sequences))
        case layers.RepeatVector():
            return RepeatVector(layer.n)
        case layers.Flatten():
            _only(layer, data_format="channels_last")
            return Flatten()
        case layers.Dense():
            return _dense(layer)
        case layers.TimeDistributed() if isinstance(layer.layer, layers.Dense):
            return _dense(layer.layer, time_distributed=True)
    raise ValueError(
        f"layer {layer.name}: {type(layer).__name__} is not supported; use Masking, Embedding, LSTM, RepeatVector, "
        "Flatten, Dense or TimeDistributed(Dense)"
    )


def _dense(layer, time_distributed: bool = False) -> Dense:
    _only(layer, use_bias=True)
    activation = keras.activations.serialize(layer.activation)
    if activation not in get_args(Activation):
        raise ValueError(f"layer {layer.name}: activation {_shown(activation)} is not supported, use one of "
                         f"{', '.join(get_args(Activation))}")  # fmt: skip
    return Dense(layer.units, activation, time_distributed)


def _only(layer, **values) -> None:
    """Refuse a layer whose arguments differ from the given ones, or that regularises or constrains its weights."""
    configuration = layer.get_config()
    for name, value in values.items():
        if configuration.get(name) != value:
            raise ValueError(f"layer {layer.name}: {name}={_shown(configuration.get(name))} is not supported, only "
                             f"{value!r}")  # fmt: skip
    for name, value in configuration.items():
        if name.endswith(("regularizer", "constraint", "lora_rank", "quantization_config")) and value is not None:
            raise ValueError(f"layer {layer.name}: {name}={_shown(value)} is not supported")


_LOSSES = {
    "categorical_crossentropy": "categorical_crossentropy",
    "sparse_categorical_crossentropy": "categorical_crossentropy",
    "binary_crossentropy": "binary_crossentropy",
    "mean_squared_error": "mse",
    "mse": "mse",
}


def _loss(model) -> Any:
    loss = model.loss
    options: dict = {}
    if isinstance(loss, keras.losses.Loss):
        serialized = keras.losses.serialize(loss)
        loss, options = serialized["class_name"], serialized["config"]
    elif callable(loss):
        loss = loss.__name__
    key = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in str(loss)).strip("_")
    key = key.replace("cross_entropy", "crossentropy")
    if key == "mean_squared_error" or key in _LOSSES:
        _refuse("loss", loss, options, {"from_logits": False, "label_smoothing": 0, "axis": -1, "ignore_class": None,
                                        "reduction": "sum_over_batch_size", "dtype": "float32"})  # fmt: skip
        if getattr(model, "_compile_loss", None) is not None and model._compile_loss._user_loss_weights is not None:
            raise ValueError("loss_weights are not supported: one loss, of weight one")
        return _LOSSES[key]
    raise ValueError(f"loss {_shown(loss)} is not supported; use one of {', '.join(_LOSSES)}")


_NO_OPTION = {
    "weight_decay": None,
    "clipnorm": None,
    "global_clipnorm": None,
    "clipvalue": None,
    "use_ema": False,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


def _optimizer(optimizer) -> Optimizer:
    kind, options = type(optimizer), optimizer.get_config()
    if not isinstance(options["learning_rate"], float):
        raise ValueError(f"optimizer {kind.__name__}: a learning_rate schedule is not supported, use a number")
    rate = _short(keras.ops.convert_to_numpy(optimizer.learning_rate))
    _refuse("optimizer", kind.__name__, options, _NO_OPTION)
    if kind is keras.optimizers.Adam:
        _refuse("optimizer", "Adam", options, {"amsgrad": False})
        return Adam(rate, *(options[name] for name in ("beta_1", "beta_2", "epsilon")))
    if kind is keras.optimizers.SGD:
        return SGD(rate, options["momentum"], options["nesterov"])
    if kind is keras.optimizers.RMSprop:
        _refuse("optimizer", "RMSprop", options, {"momentum": 0.0, "centered": False})
        return RMSprop(rate, options["rho"], options["epsilon"])
    raise ValueError(f"optimizer {kind.__name__} is not supported; use Adam, SGD or RMSprop")


def optimizer_arrays(optimizer) -> Iterable[list]:
    """The optimizer's own variables, one list over the weights for each kind: Adam's m and v, a momentum, or none."""
    match optimizer:
        case keras.optimizers.Adam():
            return [optimizer._momentums, optimizer._velocities]
        case keras.optimizers.SGD():
            return [optimizer.momentums] if optimizer.momentum else []
    return [optimizer._velocities]


def _refuse(what: str, name, options: dict, allowed: dict) -> None:
    for option, value in allowed.items():
        if option in options and options[option] != value:
            raise ValueError(f"{what} {name}: {option}={_shown(options[option])} is not supported, only {value!r}")


def _short(value: np.ndarray) -> float:
    """A float32 as the shortest decimal that stands for it: 0.001 rather than 0.0010000000475."""
    return float(str(np.float32(value)))


def _shown(value) -> str:
    if isinstance(value, dict):
        return str(value.get("class_name", value))
    return repr(value)


def _name(model) -> str:
    return repr(getattr(model, "name", type(model).__name__))
