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
from lstm_lab.trainers.compiled.keras_model import KerasModel
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
    equal one of 2 · n, and it can go on with Keras' own `fit`. As there, nothing resets a stateful model's state. The
    history has the loss and, for classes, the accuracy; other metrics are left out. `lstm_lab.fit` has them all.
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
    framed = as_framed(model, numbers("x", x), numbers("y", y))
    order = _schedule(framed, model.stateful, epochs, batch_size or 32, shuffle, rng)
    return train(model, framed, order, weights, state=state, optimizer_state=optimizer_state, device=device)


def _fit_model(model, x, y, epochs, batch_size, shuffle, rng, device, own: dict) -> Trained:
    keras_model = KerasModel(model)
    for name, value in own.items():
        if value is not None:
            raise ValueError(f"{name} is given beside a Keras model, which has its own: set it in the model")
    architecture, x = keras_model.architecture, numbers("x", x)
    framed = as_framed(architecture, x, keras_model.targets(numbers("y", y)))
    keras_model.check_batches(framed.samples, batch_size)
    batch_size = keras_model.batch_size or batch_size or 32
    order = _schedule(framed, architecture.stateful, epochs, batch_size, shuffle, rng)
    trained = train(architecture, framed, order, device=device, backend=keras_model.backend, **keras_model.start())
    keras_model.write(trained)
    return trained


def as_framed(architecture: Architecture, x: np.ndarray, y: np.ndarray) -> Framed:
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
