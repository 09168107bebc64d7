"""Keras' list of callbacks without its threads, and with a copy of the model as it was after the last whole epoch."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import keras

from lstm_lab.state.layers import stateful_layers, synchronise
from lstm_lab.trainers.traced.program import Program

_OF_BATCHES = {
    "train": ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
}
_WHEN = ("save_freq", "update_freq")  # of Keras' own callbacks: "epoch" if they need no batches


class Replaced:
    """Attributes of a model that have other values while it is trained. Each `swap` exchanges them."""

    def __init__(self, model, others: dict[str, Any]):
        self._model, self._others = model, others

    def swap(self) -> None:
        for name, other in self._others.items():
            self._others[name] = getattr(self._model, name)
            setattr(self._model, name, other)


class Lending(keras.callbacks.CallbackList):
    """A list whose callbacks have the model with Keras' own functions: they may evaluate, test or train it themselves.

    replaced  what of the model is ours otherwise
    """

    replaced: Replaced | None = None


def _lent(name: str) -> Callable:
    call = getattr(keras.callbacks.CallbackList, name)

    def hook(self, *given, **more):
        if self.replaced is None:
            return call(self, *given, **more)
        self.replaced.swap()
        try:
            return call(self, *given, **more)
        finally:
            self.replaced.swap()

    return hook


for _call in ("train", "epoch", "train_batch", "test", "test_batch"):
    for _name in (f"on_{_call}_begin", f"on_{_call}_end"):
        setattr(Lending, _name, _lent(_name))


class Callbacks(Lending):
    """Somebody's callbacks, Keras' history and its progress bar, for one call of `fit`.

    programs  step → the program that is called, "train" and "test"
    epoch     the epoch whose turn it is, from 0
    """

    def __init__(self, callbacks, programs: dict[str, Program], *, model, verbose, epochs: int, steps: int | None):
        super().__init__(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            verbose=verbose,
            epochs=epochs,
            steps=steps,
        )
        self._programs, self.epoch = programs, 0
        self._kept: list = []
        self._warned = False
        for step, program in programs.items():
            program.each = looks_at_batches(self.callbacks, step)

    def _configure_async_dispatch(self, callbacks):
        """Threads cost more than all else in a call."""

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._keep(0)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        super().on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        if epoch + 1 < self.params["epochs"]:
            self._keep(epoch + 1)
        else:  # what goes wrong now, leaves the model as it is
            self._kept = []

    def on_train_batch_begin(self, batch, logs=None):
        if self._programs["train"].each:
            super().on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        if self._programs["train"].each:
            super().on_train_batch_end(batch, logs)

    def move_bar(self, batch: int, logs) -> None:
        """Show how far the epoch is."""
        if self._progbar and not self._programs["train"].each:
            self._progbar.on_train_batch_end(batch, {name: float(logs[name]) for name in sorted(logs)})

    def on_test_batch_begin(self, batch, logs=None):
        if self._programs["test"].each:
            super().on_test_batch_begin(batch, logs)

    def on_test_batch_end(self, batch, logs=None):
        if self._programs["test"].each:
            super().on_test_batch_end(batch, logs)

    def warn_of(self, batch: int) -> None:
        """Say that the loss has become no number."""
        if not self._warned:
            warnings.warn(
                f"the loss is no number from update {batch + 1} of epoch {self.epoch + 1} on: a smaller learning rate, "
                "or look for NaN in x and y",
                stacklevel=2,
            )
        self._warned = True

    def _keep(self, epochs: int) -> None:
        self._whole = epochs
        self._kept = [(variable, _value(variable)) for variable in variables(self._model)]

    def put_back(self, error: BaseException) -> None:
        """Make the model what it was after the last whole epoch, and say so in a note of the error."""
        if not self._kept:
            return
        synchronise(self._model)
        for variable, value in self._kept:
            variable.assign(value)
        error.add_note(f"The model is as it was after {self._whole} of {self.params['epochs']} epochs.")


def looks_at_batches(callbacks: list, step: str) -> bool:
    """Whether a callback is to be called at every batch that is trained, or tested."""
    return any(_looks(callback, step) for callback in callbacks)


def _looks(callback, step: str) -> bool:
    if isinstance(callback, keras.callbacks.ProgbarLogger | keras.callbacks.History):
        return False
    if any(getattr(callback, when, None) == "epoch" for when in _WHEN) and type(callback).__module__.startswith(
        "keras."
    ):
        return False
    return any(not getattr(getattr(callback, name), "_is_default", False) for name in _OF_BATCHES[step])


def _value(variable):
    """An array that no later update changes: TensorFlow's programs write into the arrays that they were given."""
    if keras.backend.backend() == "jax":
        return variable.value
    from tensorflow import raw_ops  # a third of what reading a variable in the usual way takes

    return raw_ops.ReadVariableOp(resource=variable.value.handle, dtype=variable.value.dtype).numpy().copy()


def variables(model) -> list:
    """All that training changes, once each."""
    found = [*model.variables, *(model.optimizer.variables if model.optimizer else ()), *model.metrics_variables]
    for _, layer in stateful_layers(model):
        found += keras.tree.flatten(layer.states) if layer.states is not None else []
    return list({id(variable): variable for variable in found}.values())
