"""One call of Keras' own `fit`, with our batches and our programs in it, and the model put back if it ends early."""

from __future__ import annotations

import math
import operator
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import keras

from lstm_lab.trainers.traced.batches import Feed
from lstm_lab.trainers.traced.callbacks import Callbacks, Replaced
from lstm_lab.trainers.traced.program import Program

# Updates from which on a program of one recurrent layer pays for being compiled: before that, Keras' own function has
# made them. On JAX Keras compiles too, and each of its updates costs less (benchmarks/fit.py).
WORTH = {"tensorflow": 200, "jax": 1000}

_PLACE = "_lstm_lab_traced"  # in a model's own dictionary: Keras looks for layers in what is set as an attribute


@dataclass(eq=False)
class Programs:
    """The programs of a model, for as long as it stays compiled as it is.

    made_for  what of the model they hold
    updates   that have been asked for, in all calls of `fit`, by the kind of data
    """

    made_for: list
    train: Program
    test: Program
    updates: Counter = field(default_factory=Counter)


def cannot(model) -> str:
    """Why a model's updates cannot stand in one program; "" if they may."""
    backend = keras.backend.backend()
    if backend not in ("tensorflow", "jax"):
        return f"Keras' backend is {backend}"
    if model.run_eagerly:
        return "the model was compiled with run_eagerly=True"
    if backend == "jax" and not model.jit_compile:
        return "the model was compiled with jit_compile=False"
    if keras.distribution.distribution() is not None or getattr(model, "_distribute_strategy", None) is not None:
        return "the model is spread over devices"
    return ""


def programs(model) -> Programs:
    """Those of a model; new ones where it was compiled anew, or has other layers."""
    made_for = _made_for(model)
    held = vars(model).get(_PLACE)
    # The same objects: a layer or a loss may be equal to another.
    if held is None or len(held.made_for) != len(made_for) or not all(map(operator.is_, held.made_for, made_for)):
        train, test = (Program(model, step, _program(model, step)) for step in ("train", "test"))
        held = vars(model)[_PLACE] = Programs(made_for, train, test)
    return held


def _made_for(model) -> list:
    # The tracker is new after each `compile`. Keras' functions too go on as before when a layer is frozen without it.
    compiled = [model._loss_tracker, model.optimizer, model._compile_loss, model._compile_metrics]
    return [*compiled, *model._flatten_layers()]


def _program(model, step: str):
    if keras.backend.backend() == "jax":
        from lstm_lab.trainers.traced import on_jax as backend
    else:
        from lstm_lab.trainers.traced import on_tensorflow as backend  # type: ignore[no-redef]
    return backend.program(model, step)


def worth(model, data: Feed) -> int:
    """Updates from which on a program of this model pays.

    On TensorFlow each recurrent layer takes as long to compile as the first, and a smaller last batch a second program.
    """
    if keras.backend.backend() == "jax":
        return WORTH["jax"]
    recurrent = sum(isinstance(layer, keras.layers.RNN) for layer in model._flatten_layers())
    return WORTH["tensorflow"] * max(1, recurrent) * (1 + data.any_size)


def pays(model, data: Feed, how: dict[str, Any]) -> bool:
    """Whether there are updates enough, with those of earlier calls with such data, for a program to pay."""
    updates, steps = programs(model).updates, how["steps_per_epoch"] or data.num_batches or math.inf
    updates[data.kind] += max(0, how["epochs"] - how["initial_epoch"]) * steps
    return updates[data.kind] >= worth(model, data)


def train(
    model, held: Programs, data: Feed, validation: Feed | None, callbacks: list, how: dict[str, Any]
) -> keras.callbacks.History:
    """`held`: of this model · `how`: what else `fit` takes: epochs, verbose, …

    After an error the model is as it was after the last whole epoch.
    """
    held.train.feed, held.test.feed = data, validation
    steps = how["steps_per_epoch"] or data.num_batches
    listening = Callbacks(
        callbacks,
        {"train": held.train, "test": held.test},
        model=model,
        verbose=how["verbose"],
        epochs=how["epochs"],
        steps=steps,
    )
    held.train.on_nan, held.train.on_block = listening.warn_of, listening.move_bar
    # An epoch in one call: what Keras does around a call takes as long as some updates of a small network. Where data
    # may run out within an epoch, Keras has to see after which batch.
    each = held.train.each or held.test.each
    whole = not each and data.is_whole and (validation is None or validation.is_whole)
    ours = {
        "train_function": held.train,
        "test_function": held.test,
        "steps_per_execution": steps if whole else 1,
    }
    replaced = Replaced(model, ours)
    replaced.swap()
    listening.replaced = replaced if callbacks else None
    try:
        return model.fit(x=data, validation_data=validation, callbacks=listening, **how)
    except BaseException as error:
        listening.put_back(error)
        raise
    finally:
        replaced.swap()
        held.made_for = _made_for(model)  # the first call may have built it
        held.train.release()
        held.test.release()
