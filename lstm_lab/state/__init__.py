"""The state of anybody's stateful Keras 3 model, on any Keras backend: what Keras itself cannot do with it.

    reset(model)                 set the state of every stateful layer to zero, nested models and wrappers included
    reset(model, samples=[…])    the same for some rows of the batch only
    get(model), set(model, …)    read and set the state; copy(source, target) copies it between models
    save(model, path), load(path)  weights and state in one file, which is read without pickle
    stateful_twin(model)         a model with the same weights that takes one time step per call
    carry(model)                 makes Keras' JAX trainer carry state, as its TensorFlow trainer does
    ResetState, KeepState, WatchState   callbacks; WatchState warns with a StateWarning

Use it as `from lstm_lab import state` and write `state.reset(model)`: two of the names are those of built-ins. The
guide with examples is docs/state.md.
"""

from lstm_lab.state.callbacks import KeepState, ResetState, StateWarning, WatchState
from lstm_lab.state.carrying import carries, carry
from lstm_lab.state.files import load, save
from lstm_lab.state.twin import stateful_twin
from lstm_lab.state.values import State, copy, get, reset, set

__all__ = [
    "KeepState",
    "ResetState",
    "State",
    "StateWarning",
    "WatchState",
    "carries",
    "carry",
    "copy",
    "get",
    "load",
    "reset",
    "save",
    "set",
    "stateful_twin",
]
