"""The state of a model as a value that can be read, compared, set, copied and reset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import RLock
from typing import Any

import keras
import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import check_size, is_whole, items, listed, shown
from lstm_lab.state.layers import clear, variables

_WHOLE = RLock()  # held while a state is read or set, so that no thread has the h of one and the c of another


class State(Mapping):
    """The state of a model: path of a stateful layer → its arrays, each [batch, units]; read-only copies.

    An LSTM has (h, c), a GRU or SimpleRNN (h,), a ConvLSTM2D (h, c) as [batch, height, width, filters].

    Two states are equal when their arrays are equal, layer by layer in order. Names do not count: Keras numbers layers
    when it makes them, so that the same model built twice has an `lstm` and an `lstm_1`.

    >>> State({"lstm": [np.zeros((2, 3)), np.ones((2, 3))]})
    State(lstm: [2, 3] [2, 3])
    """

    def __init__(self, layers: Mapping[str, Iterable[np.ndarray]]):
        if not isinstance(layers, Mapping):
            raise ValueError(f"state is {shown(layers)}: give one that state.get returned, or {{layer: [arrays]}}")
        self._layers = {}
        for path, arrays in layers.items():
            if not isinstance(path, str):
                raise ValueError(f"layer {shown(path)} of a state: need its name, a text")
            given = items(f"state of layer {shown(path)}", arrays, "a list of arrays")
            self._layers[path] = tuple(_frozen(path, array) for array in given)

    def __getitem__(self, path: str) -> tuple[np.ndarray, ...]:
        if path not in self._layers:
            raise KeyError(f"{shown(path)} is no stateful layer here: use one of {listed(self)}")
        return self._layers[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def __eq__(self, other) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return self._shapes() == other._shapes() and all(
            np.array_equal(mine, theirs, equal_nan=True)
            for mine, theirs in zip(self.arrays(), other.arrays(), strict=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        layers = (f"{path}: {' '.join(str(list(a.shape)) for a in arrays)}" for path, arrays in self.items())
        return f"State({', '.join(layers)})"

    def _shapes(self) -> list[list[tuple[int, ...]]]:
        return [[array.shape for array in arrays] for arrays in self.values()]

    def arrays(self) -> list[np.ndarray]:
        """All arrays in order, as one list."""
        return [array for arrays in self.values() for array in arrays]

    def distance(self, other: State) -> float:
        """The largest absolute difference between two states of the same shapes; NaN where one holds it."""
        if not isinstance(other, State):
            raise ValueError(f"cannot compare {self!r} with {shown(other)}: need a State")
        if self._shapes() != other._shapes():
            raise ValueError(f"cannot compare {self!r} with {other!r}: their shapes differ")
        pairs = zip(self.arrays(), other.arrays(), strict=True)
        apart = (np.abs(np.subtract(mine, theirs, dtype=np.float64)) for mine, theirs in pairs)  # integers would wrap
        return max((float(np.max(each, initial=0.0)) for each in apart), default=0.0)

    def rows(self, samples: Iterable[int]) -> State:
        """The state of some rows of the batch, in the given order, for example for a model of another batch size."""
        chosen = items("samples", samples, "a list of rows, as in [2]")
        return State(
            {path: [array[_rows(path, len(array), chosen)] for array in arrays] for path, arrays in self.items()}
        )


def get(model) -> State:
    """The state of every stateful layer as a copy, which later calls do not change.

    ValueError: the model has no stateful layer, or is not built.
    """
    with _WHOLE:
        return State({path: [keras.ops.convert_to_numpy(v) for v in held] for path, held in variables(model).items()})


def set(model, state: Mapping[str, Iterable[np.ndarray]]) -> None:
    """Set the state of the model, layer by layer in order; the names of the layers do not count.

    Between models whose layers have other names, make sure that the same order means the same layers.
    ValueError: no state, another number of layers or arrays, an array of another shape, or a number that is NaN,
    infinite or beyond the layer's type; the model is then unchanged.
    """
    places = _places(model, state)
    for layer, array, target in places:
        check_finite(layer, array, target.dtype)
    _assign(places)


def put_back(model, state: State) -> None:
    """Set a state that the model had before, whatever its numbers: that of a training that diverges may be NaN."""
    _assign(_places(model, state))


def _assign(places: list[tuple[str, np.ndarray, Any]]) -> None:
    with _WHOLE:
        for _, array, target in places:
            target.assign(array)


def copy(source, target) -> None:
    """Copy the state of one model into another whose stateful layers have the same shapes, in the same order.

    ValueError: as `set`.
    """
    set(target, get(source))


def reset(model, samples: Iterable[int] | None = None) -> None:
    """Set the state to zero, as Keras' `reset_state` of a layer does, in every stateful layer of the model.

    samples: the rows of the batch to reset; the other rows keep their state. None: all rows.
    ValueError: a row outside the batch; the model has no stateful layer, or is not built.
    """
    held = variables(model)
    if samples is None:
        with _WHOLE:
            clear([variable for of_layer in held.values() for variable in of_layer])
        return
    chosen = items("samples", samples, "a list of rows, as in [2]")
    with _WHOLE:
        changed = []
        for path, of_layer in held.items():
            for variable in of_layer:
                values = np.array(keras.ops.convert_to_numpy(variable))
                values[_rows(path, len(values), chosen)] = 0
                changed.append((path, values, variable))
        _assign(changed)


def _places(model, state: Mapping[str, Iterable[np.ndarray]]) -> list[tuple[str, np.ndarray, Any]]:
    """(layer as messages name it, array, the variable that takes it); ValueError where a state does not fit a model."""
    held = variables(model)
    state = state if isinstance(state, State) else State(state)
    if len(state) != len(held):
        raise ValueError(
            f"the state has {_count(state)}, but model {model.name!r} has {_count(held)}: both need the same number"
        )
    places = []
    for (source, arrays), (path, targets) in zip(state.items(), held.items(), strict=True):
        named = repr(path) if source == path else f"{path!r} (from {source!r})"
        if len(arrays) != len(targets):
            raise ValueError(f"state of layer {named} has {len(arrays)} arrays: the layer keeps {len(targets)}")
        for array, target in zip(arrays, targets, strict=True):
            shape = tuple(target.shape)
            if array.shape != shape:
                why = ""
                if array.shape[1:] == shape[1:]:
                    why = f"; the batch differs, choose {shape[0]} of its rows with state.rows([…])"
                raise ValueError(f"state of layer {named} has shape {array.shape}: the layer keeps {shape}{why}")
            places.append((named, array, target))
    return places


def _rows(path: str, batch: int, samples: list) -> list[int]:
    for sample in samples:
        if not is_whole(sample, 0) or sample >= batch:
            raise ValueError(
                f"samples has {shown(sample)}: layer {path!r} keeps a batch of {batch}, use row numbers from 0 to "
                f"{batch - 1}"
            )
    return [int(sample) for sample in samples]


def check_finite(layer: str, array: np.ndarray, dtype: str) -> None:
    """ValueError for a number that is NaN or infinite as a layer keeps it."""
    most = np.finfo(dtype if dtype in ("float16", "float64") else "float32").max  # bfloat16 goes nearly as far
    kept = np.abs(array) <= most
    if not kept.all():
        place = tuple(int(i) for i in np.argwhere(~kept)[0])
        raise ValueError(f"state of layer {layer} is {array[place]} at {list(place)}: need finite numbers, as {dtype}")


def _frozen(path, array) -> np.ndarray:
    values = numbers(f"state of layer {shown(path)}", array, "")
    check_size(values.nbytes, f"state of layer {shown(path)} of shape {list(values.shape)}", "use a smaller batch")
    values = np.array(values)
    if values.dtype.kind == "V" and values.dtype.type is not np.void:
        values = values.astype(np.float32)  # such as bfloat16, which NumPy cannot save; float32 holds it exactly
    if values.dtype.kind not in "fiu":
        raise ValueError(f"state of layer {shown(path)} is of type {values.dtype}: need numbers")
    values.flags.writeable = False
    return values


def _count(layers: Mapping) -> str:
    return f"{len(layers)} stateful layer{'' if len(layers) == 1 else 's'} ({', '.join(layers)})"
