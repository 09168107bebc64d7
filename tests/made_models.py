"""Recurrent Keras models of the kinds that people publish, with data and arguments of `fit`, drawn from a seed.

What is drawn, and about how often, follows a count of 139 published models: validation, dropout, early stopping,
Bidirectional, other activations, generators, convolutions and so on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

L = keras.layers
STEPS, FEATURES, WORDS, CLASSES = 5, 2, 9, 3


@dataclass
class Case:
    """A model and how it is trained. `arguments()` makes those of `fit` anew: generators are used up."""

    name: str
    build: Callable[[], keras.Model]
    arguments: Callable[[], dict[str, Any]]
    parts: list[str] = field(default_factory=list)


@dataclass
class Fitted:
    model: keras.Model
    history: keras.callbacks.History


def fitted(case: Case, train: Callable) -> Fitted:
    """A case trained by `train(model, **arguments)`, from the seed that all are trained from."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    model = case.build()
    return Fitted(model, train(model, **case.arguments()))


def draw(seed: int) -> Case:
    rng = np.random.default_rng(seed)
    has = {name: bool(rng.random() < share) for name, share in SHARES.items()}
    kind = rng.choice(["LSTM"] * 7 + ["GRU", "GRU", "SimpleRNN"])
    head = str(rng.choice(["numbers", "classes", "one-hot", "yes or no", "sequence"]))
    optimizer = str(rng.choice(["adam"] * 6 + ["rmsprop", "sgd", "nadam", "adagrad", "adamax", "adadelta", "adamw"]))
    layers = int(rng.integers(1, 4))
    units = int(rng.choice([2, 3, 5, 8]))

    def build() -> keras.Model:
        words = has["embedding"] or has["mask_zero"]
        shape = (STEPS,) if words else (STEPS, FEATURES)
        stack: list = [] if has["no input"] else [keras.Input(shape)]
        if words:
            stack.append(L.Embedding(WORDS, 4, mask_zero=has["mask_zero"]))
        if has["convolution"] and not has["mask_zero"]:
            stack += [L.Conv1D(4, 2, activation="relu", padding="same"), L.MaxPooling1D(2, padding="same")]
        for number in range(layers):
            stack += _recurrent(kind, units, has, number < layers - 1 or head == "sequence")
        if has["batch normalization"]:
            stack.append(L.BatchNormalization(epsilon=0.1))
        if has["dense"]:
            stack += [L.Dense(4, kernel_regularizer="l2" if has["regularizer"] else None), L.Activation("relu")]
        stack += _head(head, has)
        model = keras.Sequential(stack)
        if has["functional"] and not has["no input"]:
            model = keras.Model(model.inputs, model.outputs)
        if has["frozen"]:
            model.layers[0].trainable = False
        loss, metrics = _loss(head, has)
        model.compile(
            optimizer=optimizer,
            loss=loss,
            metrics=metrics if has["metrics"] else None,
            steps_per_execution=2 if has["steps_per_execution"] else 1,
        )
        return model

    parts = [name for name, there in has.items() if there]
    name = f"{seed}: {layers} {kind}, {head}, {optimizer}, " + ", ".join(parts)
    return Case(name, build, lambda: _arguments(seed, head, has), parts)


SHARES = {
    "validation_data": 0.3,
    "validation_split": 0.17,
    "dropout layer": 0.28,
    "dropout inside": 0.11,
    "no input": 0.14,
    "activation": 0.14,
    "bidirectional": 0.12,
    "generator": 0.11,
    "early stopping": 0.1,
    "reduce": 0.05,
    "checkpoint": 0.05,
    "each batch": 0.05,
    "batch normalization": 0.05,
    "convolution": 0.05,
    "embedding": 0.2,
    "mask_zero": 0.05,
    "functional": 0.1,
    "dense": 0.3,
    "own loss": 0.03,
    "mae": 0.05,
    "metrics": 0.43,
    "class_weight": 0.03,
    "sample_weight": 0.03,
    "no shuffle": 0.3,
    "regularizer": 0.03,
    "frozen": 0.03,
    "steps_per_execution": 0.03,
    "time distributed": 0.2,
    "bar": 0.3,
}


def _recurrent(kind: str, units: int, has: dict, sequences: bool) -> list:
    more: dict[str, Any] = {"activation": "relu"} if has["activation"] else {}
    if has["dropout inside"]:
        more |= {"dropout": 0.2, "recurrent_dropout": 0.2}
    layer = getattr(L, kind)(units, return_sequences=sequences, **more)
    if has["bidirectional"]:
        layer = L.Bidirectional(layer)
    return [layer, L.Dropout(0.3)] if has["dropout layer"] else [layer]


def _head(head: str, has: dict) -> list:
    if head == "numbers":
        return [L.Dense(1)]
    if head == "yes or no":
        return [L.Dense(1, activation="sigmoid")]
    last = L.Dense(CLASSES, activation="softmax")
    return [L.TimeDistributed(last) if head == "sequence" and has["time distributed"] else last]


def _loss(head: str, has: dict):
    if head == "numbers":
        return (_own_loss if has["own loss"] else "mae" if has["mae"] else "mse"), ["mae"]
    if head == "yes or no":
        return "binary_crossentropy", ["accuracy", keras.metrics.AUC(name="auc")]
    return ("categorical" if head == "one-hot" else "sparse_categorical") + "_crossentropy", ["accuracy"]


def _own_loss(y, answer):
    return keras.ops.mean(keras.ops.square(y - answer) + 0.1 * keras.ops.abs(answer), axis=-1)


def _data(seed: int, head: str, has: dict, samples: int):
    rng = np.random.default_rng([seed, samples])
    if has["embedding"] or has["mask_zero"]:
        x = rng.integers(0, WORDS, (samples, STEPS))
        x[:, 0] = rng.integers(1, WORDS, samples)  # no sample is masked as a whole
    else:
        x = rng.normal(size=(samples, STEPS, FEATURES))
    steps = -(-STEPS // 2) if has["convolution"] and not has["mask_zero"] else STEPS
    if head == "numbers":
        return x, rng.normal(size=(samples, 1))
    if head == "yes or no":
        return x, rng.integers(0, 2, samples)
    y = rng.integers(0, CLASSES, (samples, steps) if head == "sequence" else samples)
    return x, np.eye(CLASSES)[y] if head == "one-hot" else y


def _arguments(seed: int, head: str, has: dict) -> dict[str, Any]:
    x, y = _data(seed, head, has, 22)
    given: dict[str, Any] = {"batch_size": 5, "epochs": 4, "shuffle": not has["no shuffle"], "verbose": int(has["bar"])}
    callbacks: list = []
    watched = "val_loss" if has["validation_data"] or has["validation_split"] else "loss"
    if has["early stopping"]:
        callbacks.append(keras.callbacks.EarlyStopping(watched, patience=1, restore_best_weights=True))
    if has["reduce"]:
        callbacks.append(keras.callbacks.ReduceLROnPlateau(watched, patience=1, factor=0.5))
    if has["checkpoint"]:
        path = Path(tempfile.mkdtemp(), "best.weights.h5")
        callbacks.append(keras.callbacks.ModelCheckpoint(path, watched, save_best_only=True, save_weights_only=True))
    if has["each batch"]:
        callbacks.append(keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: logs["loss"]))
    if has["validation_data"]:
        given["validation_data"] = _data(seed, head, has, 8)
    elif has["validation_split"] and not has["generator"]:
        given["validation_split"] = 0.2
    if has["generator"]:
        del given["batch_size"], given["shuffle"]
        return {"x": _batches(x, y), "steps_per_epoch": 5, "callbacks": callbacks} | given
    if has["class_weight"] and head in ("classes", "yes or no"):
        given["class_weight"] = {label: 1.0 + label for label in range(CLASSES)}
    elif has["sample_weight"]:
        given["sample_weight"] = np.linspace(0.5, 1.5, len(x))
    return {"x": x, "y": y, "callbacks": callbacks} | given


def _batches(x, y):
    while True:
        for start in range(0, len(x), 5):
            yield x[start : start + 5], y[start : start + 5]
