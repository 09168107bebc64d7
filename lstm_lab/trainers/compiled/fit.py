"""`fit` for somebody's own Keras model: the compiled updates in place of Keras' loop, and everything put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from lstm_lab.common.arrays import float32, numbers
from lstm_lab.common.checks import shown
from lstm_lab.common.typed import Positive, typed
from lstm_lab.datasets.pairs import check_range
from lstm_lab.framing.codec import Codec
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Order, Schedule
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.losses import name_in_keras
from lstm_lab.trainers.compiled.run import OptimizerState, train
from lstm_lab.trainers.trained import Trained

# Of each model: one thread after the other trains it, as each writes back all there is.
_training: WeakKeyDictionary[Any, Lock] = WeakKeyDictionary()


@typed
def fit(
    model: Any,
    x: Any,
    y: Any,
    *,
    epochs: Positive = 1,
    batch_size: Positive | None = None,
    shuffle: bool = False,
    rng: np.random.Generator | None = None,
    weights: list | None = None,
    state: Sequence | None = None,
    optimizer_state: OptimizerState | None = None,
    device: str | None = None,
    **options,
) -> Trained:
    """Train a compiled Keras Sequential model, whichever its backend, or an `Architecture`, as Keras' `fit` would.

    x           float [samples, time steps, features], or whole codes [samples, time steps] for an Embedding
    y           as the loss takes it: [samples, outputs], or [samples, output steps, outputs]; classes [samples] or
                [samples, output steps]
    batch_size  None: that of a stateful model's Input, else 32
    shuffle     every epoch anew, drawn from `rng`
    weights, state, optimizer_state  where an `Architecture` starts: `Trained` has all three. State and optimizer None:
                zeros. A model brings its own, and they may not be given.

    A model's weights, layer state and optimizer variables are read, and afterwards written back: two calls of n epochs
    equal one of 2 · n, and it can go on with Keras' own `fit`. As there, nothing resets a stateful model's state.
    Raises ValueError naming what is not supported or does not fit; TrainingDiverged, leaving the model as it was.
    """
    for name, value in options.items():
        if value is not None:
            raise ValueError(f"{name} is not supported by the compiled fit: leave it out, or use Keras' own fit")
    own = {"weights": weights, "state": state, "optimizer_state": optimizer_state}
    if not isinstance(model, Architecture):
        if not hasattr(model, "get_weights"):
            raise ValueError(f"model is {shown(model)}: need a compiled keras.Sequential, or an Architecture")
        with _training.setdefault(model, Lock()):
            return _fit_model(model, x, y, epochs, batch_size, shuffle, rng, device, own)
    if weights is None:
        raise ValueError("weights are missing: an Architecture has none of its own, see initial_weights")
    framed = _framed(model, numbers("x", x), numbers("y", y))
    order = _schedule(framed, model.stateful, epochs, batch_size or 32, shuffle, rng)
    return train(model, framed, order, weights, state=state, optimizer_state=optimizer_state, device=device)


def _fit_model(model, x, y, epochs, batch_size, shuffle, rng, device, own: dict) -> Trained:
    from keras.ops import convert_to_numpy  # only for who has a Keras model, and so has imported Keras already

    architecture = Architecture.from_keras(model)
    for name, value in own.items():
        if value is not None:
            raise ValueError(f"{name} is given beside a Keras model, which has its own: set it in the model")
    x, y = numbers("x", x), _as_the_loss_takes_it(model, architecture, numbers("y", y))
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    if list(map(id, optimizer._trainable_variables)) != list(map(id, model.trainable_variables)):
        raise ValueError(
            f"optimizer {type(optimizer).__name__} was made for other weights, those of another model or of this one "
            "before its layers changed: compile the model again, with an optimizer of its own"
        )
    kept = [getattr(optimizer, name) for name in architecture.optimizer.arrays]
    if any(len(arrays) != len(model.trainable_variables) for arrays in kept):
        raise ValueError(
            f"optimizer {type(optimizer).__name__} keeps no {architecture.optimizer.arrays[0].strip('_')}: it was "
            "given another setting after its first update, which Keras does not notice; compile the model again"
        )
    stateful = [layer for layer in model.layers if getattr(layer, "stateful", False)]
    fixed = model.input_shape[0]
    if stateful and batch_size not in (None, fixed):
        raise ValueError(f"batch_size is {batch_size}: this stateful model's Input has a batch of {fixed}, use that")
    if stateful and x.ndim and len(x) % fixed:
        raise ValueError(
            f"x has {len(x)} samples: this stateful model's Input has a batch of {fixed}, and every batch must be "
            "full; leave some samples out, or build the model for another batch"
        )
    trained = fit(
        architecture,
        x,
        y,
        epochs=epochs,
        batch_size=fixed if stateful else batch_size,
        shuffle=shuffle,
        rng=rng,
        weights=model.get_weights(),
        state=[tuple(convert_to_numpy(variable) for variable in layer.states) for layer in stateful] or None,
        optimizer_state=OptimizerState(
            int(convert_to_numpy(optimizer.iterations)),
            [tuple(convert_to_numpy(arrays[i]) for arrays in kept) for i in range(len(model.trainable_variables))],
        ),
        device=device,
    )
    model.set_weights(trained.weights)
    optimizer.iterations.assign(trained.optimizer_state.iterations)
    for number, values in enumerate(trained.optimizer_state.kept):
        for arrays, value in zip(kept, values, strict=True):
            arrays[number].assign(value)
    for layer, reached in zip(stateful, trained.state, strict=True):
        for variable, value in zip(layer.states, reached, strict=True):
            variable.assign(value)
    return trained


def _as_the_loss_takes_it(model, architecture: Architecture, y: np.ndarray) -> np.ndarray:
    """Targets of a Keras model; ValueError where its loss takes others, which an Architecture's takes both."""
    loss, axes = name_in_keras(model.loss), len(model.output_shape) - 1
    if architecture.loss != "categorical_crossentropy":
        return y
    if loss.startswith("sparse"):
        if y.ndim > axes and y.shape[-1] > 1:
            raise ValueError(f"y of shape {y.shape}: {loss} takes classes; for one-hot rows, categorical_crossentropy")
        return y[..., 0] if y.ndim == axes + 1 and y.shape[-1] == 1 else y
    if y.ndim == axes and architecture.outputs == 1:
        y = y[..., None]
    if y.ndim <= axes or y.shape[-1] == 1 < architecture.outputs:
        raise ValueError(
            f"y of shape {y.shape}: {loss} takes rows of {architecture.outputs} numbers, one for each class; for "
            "classes, sparse_categorical_crossentropy"
        )
    from keras import backend

    rows = float32("y", y).sum(axis=-1)
    if backend.backend() != "tensorflow" and (wrong := np.argwhere(abs(rows - 1) > 1e-5)).size:
        place = tuple(map(int, wrong[0]))
        raise ValueError(
            f"y{list(place)} has the sum {rows[place]:g}: need 1, for with another sum Keras on {backend.backend()} "
            "has another gradient than on TensorFlow, which the compiled fit follows"
        )
    return y


def _framed(architecture: Architecture, x: np.ndarray, y: np.ndarray) -> Framed:
    """Arrays as Keras takes them → Framed."""
    codec = None
    if architecture.layers[0].takes_codes:
        if x.ndim != 2 or not _whole(x):
            raise ValueError(
                f"x of shape {x.shape} and type {x.dtype}: an Embedding takes whole codes [samples, steps]"
            )
        (classes, _), *_ = architecture.weight_shapes(1, 1)
        codec = Codec(_names(classes), "embedding")
        x = _codes("x", x, classes)[..., None]
    elif x.ndim != 3:
        raise ValueError(f"x of shape {x.shape}: need [samples, time steps, features]")
    else:
        x = float32("x", x)
    axes = 2 if architecture.gives_sequence else 1
    if (
        y.ndim == axes + 1
        and y.shape[-1] == 1 < architecture.outputs
        and architecture.loss == "categorical_crossentropy"
    ):
        y = y[..., 0]  # classes in a column of their own, as Keras' sparse loss allows
    if y.ndim == axes and architecture.loss != "categorical_crossentropy":
        y = y[..., None]
    answers = None
    if y.ndim == axes + 1:
        if y.shape[-1] != architecture.outputs:  # before one-hot rows become classes, which have no width
            raise ValueError(
                f"y of shape {y.shape} has targets of {y.shape[-1]} classes or numbers: this network has "
                f"{architecture.outputs} outputs"
            )
        ones = (y == 1).sum(axis=-1)
        if y.shape[-1] > 1 and architecture.loss != "mse" and (ones == 1).all() and ((y == 0) | (y == 1)).all():
            y = y.argmax(axis=-1)  # one-hot rows, of which accuracy can be told
    if y.ndim == axes:
        float32("y", y)  # a gap is named as one
        if not _whole(y):
            raise ValueError(f"y of shape {y.shape} and type {y.dtype}: need whole classes, or one column an output")
        answers, y = Codec(_names(architecture.outputs)), _codes("y", y, architecture.outputs)
    else:
        y = float32("y", y)
    return Framed(np.ascontiguousarray(x), np.ascontiguousarray(y), codec, answers)


def _whole(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).all() and (values == np.round(values)).all())


def _codes(name: str, values: np.ndarray, classes: int) -> np.ndarray:
    check_range(name, values, classes)
    return values.astype(np.int32)


def _names(classes: int) -> tuple[str, ...]:
    return tuple(map(str, range(classes)))


def _schedule(framed: Framed, stateful: bool, epochs: int, batch_size: int, shuffle: bool, rng) -> Schedule:
    """Keras' order of updates: consecutive samples to consecutive slots, and no reset where state is carried."""
    order = Order(shuffle="samples" if shuffle else "no", reset="never" if stateful else "batch")
    schedule = order.schedule(framed, epochs, batch_size, rng)
    if not stateful:
        return schedule
    return replace(schedule, reset_before=np.zeros_like(schedule.reset_before))  # it goes on from the state given
