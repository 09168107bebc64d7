"""The state of anybody's stateful Keras 3 model, on any Keras backend: what Keras itself has no word for.

    reset(model)                 every stateful layer back to zero, nested models and wrappers included
    reset(model, samples=[…])    some rows of the batch only
    get(model), set(model, …)    the state as a value; copy(source, target) between models
    save(model, path), load(path)  weights and state together, nothing unpickled
    stateful_twin(model)         the same weights, to be served one time step at a time
    carry(model)                 makes Keras' JAX trainer carry state, as its TensorFlow trainer does
    ResetState, KeepState, WatchState   callbacks; the last warns with a StateWarning

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
