"""`fit` for anybody's Keras model: what `model.fit` takes and gives, with many updates in one program."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import keras
from keras.src.trainers.data_adapters.array_slicing import train_validation_split
from keras.src.trainers.data_adapters.data_adapter_utils import unpack_x_y_sample_weight

from lstm_lab import state
from lstm_lab.common.checks import is_number, is_whole, shown
from lstm_lab.trainers.traced import training
from lstm_lab.trainers.traced.batches import feed
from lstm_lab.trainers.traced.callbacks import looks_at_batches

# A native program: updates of a call from which on it is faster than another, and multiplications of an update up to
# which it is (benchmarks/fit.py).
WORTH_NATIVE, LARGEST = 2000, 100_000_000
ENGINES = ("auto", "native", "traced", "keras")


def fit(
    model: Any,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: Any = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: Any = True,
    class_weight: Any = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: Any = 1,
    *,
    engine: Literal["auto", "native", "traced", "keras"] = "auto",
    reset: Literal["epoch", "batch"] | None = None,
) -> keras.callbacks.History:
    """Train a compiled Keras model as its own `fit` does, with the same arguments: the same weights, sooner.

    engine  "auto": the fastest of the others that can train the model, and Keras' own `fit` for few updates, where
            compiling costs more than it saves; "native": the arithmetic of `lstm_lab.compiled`, for plain networks
            without callbacks and validation; "traced": Keras' own layers and updates, those of many batches in one XLA
            program, on TensorFlow and JAX; "keras": its own `fit`
    reset   "epoch": the state of a stateful model is carried, on every backend, and reset before each epoch; "batch":
            before each batch. None: as the backend's own `fit` does it, so that JAX loses it after every batch

    The model is afterwards as after `model.fit`, and so is the history, which also has `engine`, the one that trained,
    and `why`, which says why it was Keras' own `fit`, and is empty otherwise. The first call for a model compiles, for
    seconds; later calls for the same model do not. A callback with a method for batches is called at every batch, and
    then each update is a call of its own. After an error, or Ctrl-C, the model is as it was after the last whole epoch.
    docs/fit.md is a guide with examples.

    Raises what `model.fit` raises; ValueError for an engine or reset that does not exist, and for an engine that is
    named and cannot train the model. Warns where the model is one that neither engine can train.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(f"model is {shown(model)}: need a compiled Keras model")
    if engine not in ENGINES:
        raise ValueError(f"engine is {shown(engine)}: use one of {', '.join(ENGINES)}")
    model._assert_compile_called("fit")
    own = keras.tree.flatten(callbacks) if callbacks is not None else []
    callbacks = [*resets(model, reset), *own]
    check_counts(
        {
            "batch_size": batch_size,
            "epochs": epochs,
            "initial_epoch": initial_epoch,
            "steps_per_epoch": steps_per_epoch,
            "validation_steps": validation_steps,
            "validation_batch_size": validation_batch_size,
        }
    )
    if x is None:
        raise ValueError("x is None: give arrays, a dataset or a generator")
    if not (validation_split is None or (is_number(validation_split) and 0 <= validation_split < 1)):
        raise ValueError(f"validation_split is {shown(validation_split)}: use a number from 0 to below 1")
    if validation_split and validation_data is None:
        (x, y, sample_weight), validation_data = train_validation_split((x, y, sample_weight), validation_split)
    data = feed(
        x,
        y,
        sample_weight,
        batch_size=batch_size,
        steps_per_epoch=steps_per_epoch,
        shuffle=shuffle,
        class_weight=class_weight,
        together=not looks_at_batches(callbacks, "train"),
    )
    validation = None
    if validation_data is not None:
        validation = feed(
            *unpack_x_y_sample_weight(validation_data),
            batch_size=validation_batch_size or batch_size,
            steps_per_epoch=validation_steps,
            together=not looks_at_batches(callbacks, "test"),
        )
    how = {
        "epochs": epochs,
        "verbose": verbose,
        "initial_epoch": initial_epoch,
        "steps_per_epoch": steps_per_epoch,
        "validation_steps": validation_steps,
        "validation_freq": validation_freq,
    }
    unseen = not own and validation is None
    earlier = None
    if native := _native(model, data, reset, how, engine, unseen):
        earlier, how["initial_epoch"] = native.train(how)
        if how["initial_epoch"] >= epochs:
            return _said(earlier, "native", "")
        engine = "traced"  # from the epoch on whose loss is no number
    why = _why_keras(model, engine, data, how)
    if why:
        history = model.fit(data.adapter, validation_data=validation and validation.adapter, callbacks=callbacks, **how)
    else:
        held = training.programs(model)
        history = training.train(model, held, data, validation, callbacks, how)
        why = held.train.why_plain
    if earlier is not None:
        history.epoch = earlier.epoch + history.epoch
        history.history = {name: earlier.history.get(name, []) + each for name, each in history.history.items()}
    return _said(history, "keras" if why else "traced", why)


def check_counts(counts: dict[str, Any]) -> None:
    """ValueError for a number of `fit` that is none."""
    for name, value in counts.items():
        if value is not None and not is_whole(value, 0):
            raise ValueError(f"{name} is {shown(value)}: need a whole number")


def _said(history, engine: str, why: str):
    history.engine, history.why = engine, why
    return history


def _native(model, data, reset, how: dict, engine: str, unseen: bool):
    """The native engine, where it can train and is asked for or the fastest; else None."""
    updates = (how["epochs"] - how["initial_epoch"]) * (data.num_batches or 0)
    if engine not in ("auto", "native") or (engine == "auto" and (not unseen or updates < WORTH_NATIVE)):
        return None
    from lstm_lab.trainers.native import Native

    try:
        if not unseen:
            raise ValueError("callbacks and validation look at the model meanwhile")
        native = Native(model, data, reset)
    except ValueError as error:
        if engine == "native":
            raise ValueError(f"engine is 'native', but {error}: use 'auto', which finds another") from None
        return None
    return native if engine == "native" or native.products <= LARGEST else None


def _why_keras(model, engine: str, data, how: dict) -> str:
    """Why Keras' own `fit` is to train; "" if the traced engine is."""
    if engine == "keras":
        return "it was asked for"
    if why := training.cannot(model):
        if engine == "traced":
            raise ValueError(f"engine is 'traced', but {why}: use 'auto', which trains with Keras' own fit then")
        warnings.warn(f"lstm_lab.fit trains with Keras' own fit: {why}", stacklevel=3)
        return why
    if engine == "auto" and not training.pays(model, data, how):
        return f"fewer than {training.worth(model, data)} updates so far: a program would not pay for being compiled"
    return ""


def resets(model, reset: str | None) -> list:
    """The callbacks that reset a model's state, or warn where Keras moves or drops it; ValueError for another reset."""
    if reset is None:
        stateful = any(getattr(layer, "stateful", False) for layer in model._flatten_layers())
        return [state.WatchState()] if stateful else []
    if reset not in ("epoch", "batch"):
        raise ValueError(f"reset is {shown(reset)}: use 'epoch' or 'batch', or leave it out")
    state.carry(model)
    return [state.ResetState(every=reset)]
