"""Callbacks: reset the state at chosen times, keep it through validation, and warn when Keras loses it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import keras

from lstm_lab.common.checks import is_whole, items, shown
from lstm_lab.common.typed import typed
from lstm_lab.state.carrying import carries
from lstm_lab.state.values import State, get, put_back, reset


class StateWarning(UserWarning):
    """Keras changed or dropped a state and did not say so."""


class ResetState(keras.callbacks.Callback):
    """Reset the state of the whole model before every epoch, or before given batches of every epoch.

    every       "epoch": reset before the first batch of every epoch; "batch": before each batch
    at_batches  numbers of the batches before which to reset, from 0, in every epoch

    ValueError: neither or both given, an unknown word, a negative number; at the start of `fit`: a model without state,
    or batches that `steps_per_execution` hides.
    On JAX Keras' fit does not carry state, and a StateWarning says so; `state.carry(model)` makes it carry state.
    """

    def __init__(self, every: str | None = None, at_batches: Iterable[int] | None = None):
        super().__init__()
        if (every is None) == (at_batches is None):
            raise ValueError('give ResetState either every="epoch" or at_batches=[…]')
        if every not in (None, "epoch", "batch"):
            raise ValueError(f'every is {shown(every)}: use "epoch" or "batch", or at_batches=[…] for given batches')
        batches = [] if at_batches is None else items("at_batches", at_batches, "a list of batches, as in [3]")
        for batch in batches:
            if not is_whole(batch, 0):
                raise ValueError(f"at_batches has {shown(batch)}: use numbers of batches, from 0")
        self.every, self.at_batches = every, frozenset(batches)
        if every != "epoch":  # set where it is needed: a callback of batches makes an epoch many calls
            self.on_train_batch_begin = self._before_batch

    def on_train_begin(self, logs=None):
        if not carries(self.model):
            _warn(f"ResetState has nothing to reset: {_DROPPED.format(call='fit')}")
        together = self.model.steps_per_execution
        hidden = sorted(batch for batch in self.at_batches if batch % together)
        if hidden:
            raise ValueError(
                f"at_batches has {hidden[0]}, but steps_per_execution is {together}: "
                f"only multiples of {together} can be reset"
            )

    def on_epoch_begin(self, epoch, logs=None):
        if self.every == "epoch":
            reset(self.model)

    def _before_batch(self, batch, logs=None):
        if self.every == "batch" or batch in self.at_batches:
            reset(self.model)


class KeepState(keras.callbacks.Callback):
    """Put the state back after validation, evaluate and predict. They start from the present state.

    fresh: start them from a reset state instead.
    """

    @typed
    def __init__(self, fresh: bool = False):
        super().__init__()
        self.fresh = fresh
        if fresh:
            self.on_test_batch_begin = self.on_predict_batch_begin = self._before_batch
        self._kept: State | None = None

    def on_test_begin(self, logs=None):
        self._kept = get(self.model)

    def _before_batch(self, batch, logs=None):  # not in on_test_begin: a WatchState reads the state there
        if batch == 0:
            reset(self.model)

    def on_test_end(self, logs=None):
        if self._kept is not None:
            put_back(self.model, self._kept)
        self._kept = None

    on_predict_begin, on_predict_end = on_test_begin, on_test_end


class WatchState(keras.callbacks.Callback):
    """Warn with a StateWarning when Keras changes or drops the state and does not say so, once for each kind of call.

    In `fit`: when the first epoch does not change the state, and when validation changes it. As a callback of
    `evaluate` or `predict`: when they change or drop it. Placed after KeepState, it sees the state that KeepState put
    back. It reads the state only before and after all batches, not between them.
    """

    def __init__(self):
        super().__init__()
        self._said: set[str] = set()
        self._before: State | None = None
        self._start: State | None = None
        self._fitting = False

    def set_model(self, model):  # once for every call, also after a fit that raised and did not end
        super().set_model(model)
        self._fitting, self._start = False, None

    def on_train_begin(self, logs=None):
        self._fitting = True
        self._look("fit")
        self._start = None if "fit" in self._said else get(self.model)

    def on_epoch_end(self, epoch, logs=None):
        self._trained()

    def on_train_end(self, logs=None):
        self._fitting = False

    def on_test_begin(self, logs=None):
        self._trained()
        self._begin("validation" if self._fitting else "evaluate")

    def on_test_end(self, logs=None):
        self._end("validation" if self._fitting else "evaluate")

    def on_predict_begin(self, logs=None):
        self._begin("predict")

    def on_predict_end(self, logs=None):
        self._end("predict")

    def _trained(self) -> None:
        if self._start is not None and get(self.model) == self._start:
            self._say("fit", "fit's first epoch did not move the state: is it all masked, or is the state dropped?")
        self._start = None

    def _begin(self, call: str) -> None:
        self._look(call)
        self._before = None if call in self._said else get(self.model)

    def _end(self, call: str) -> None:
        if self._before is None:
            return
        now = get(self.model)
        if now != self._before:
            moved = now.distance(self._before)
            remedy = "KeepState() puts it back" + ', ResetState(every="epoch") forgets it' * (call == "validation")
            self._say(call, f"{call} moved the state, by up to {moved:.2g}; what follows starts from there: {remedy}")

    def _look(self, call: str) -> None:
        if call not in self._said and not carries(self.model):
            self._say(call, _DROPPED.format(call=call))

    def _say(self, call: str, message: str) -> None:
        self._said.add(call)
        _warn(message)


_DROPPED = (
    "on the JAX backend Keras' {call} drops the state after every batch; call state.carry(model) once, "
    "or call the model directly"
)


def _warn(message: str) -> None:
    warnings.warn(message, StateWarning, stacklevel=3)
