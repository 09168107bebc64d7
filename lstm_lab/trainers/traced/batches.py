"""The batches of an epoch, for a program that takes many of them at once, in the order in which Keras draws them.

Keras' `fit` takes a data adapter of one's own in the place of x. The ones here wrap Keras' adapter for somebody's data,
which has checked them, weighted their classes and knows how many batches there are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import keras
import numpy as np
from keras.src.trainers.data_adapters import get_data_adapter
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter
from keras.src.trainers.data_adapters.array_slicing import convert_to_sliceable
from keras.src.trainers.data_adapters.data_adapter import DataAdapter

TOGETHER = 32  # batches of a generator that are stacked for one call
STACKED = 2**26  # bytes that they may have


class Untraceable(Exception):
    """These batches cannot stand in one array."""


class Feed(DataAdapter):
    """Keras' adapter for somebody's data, whose iterators are `Batches`.

    adapter  Keras' own
    steps    batches that an epoch has, where `fit` is told
    most     batches that may be stacked
    orders   of arrays: draws the order of the samples of an epoch, int32 [samples]
    latest   the batches whose turn it is: on a GPU, Keras wraps them in an iterator of its own
    """

    latest: Batches

    def __init__(self, adapter: DataAdapter, steps: int | None, most: int, orders: Callable[[], np.ndarray] | None):
        self.adapter, self.steps, self.orders, self._most = adapter, steps, orders, most

    @cached_property
    def arrays(self):
        """x, y and weights on the device as a whole; None where they are no dense arrays."""
        return _on_device(self.adapter._inputs) if isinstance(self.adapter, ArrayDataAdapter) else None

    def __iter__(self) -> Batches:
        if self.arrays is not None:
            assert self.orders is not None
            self.latest = Resident(self.arrays, self.orders, self.adapter.batch_size)
        else:
            on_tensorflow = _backend() == "tensorflow"
            source = self.adapter.get_tf_dataset() if on_tensorflow else self.adapter.get_jax_iterator()
            self.latest = Stream(iter(source), self._most)
        self.latest.steps = self.steps
        return self.latest

    def get_tf_dataset(self):
        return self

    get_jax_iterator = __iter__

    def on_epoch_begin(self):
        self.adapter.on_epoch_begin()

    def on_epoch_end(self):
        self.adapter.on_epoch_end()

    @property
    def kind(self) -> Hashable:
        """The same for data that the same program trains: other shapes need another one."""
        if not isinstance(self.adapter, ArrayDataAdapter):
            return None
        shapes_of = (tuple(getattr(part, "shape", ())) for part in keras.tree.flatten(self.adapter._inputs))
        return (*shapes_of, self.adapter.batch_size)

    @property
    def num_batches(self):
        return self.adapter.num_batches

    @property
    def batch_size(self):
        return self.adapter.batch_size

    @property
    def has_partial_batch(self):
        return self.adapter.has_partial_batch

    @property
    def partial_batch_size(self):
        return self.adapter.partial_batch_size


def feed(x, y, sample_weight, *, together: bool = True, steps_per_epoch=None, **given) -> Feed:
    """Somebody's data as `fit` takes them. together: whether batches may be stacked; else one at a time is asked for.

    Raises what Keras raises of data that do not fit.
    """
    adapter = get_data_adapter(x=x, y=y, sample_weight=sample_weight, steps_per_epoch=steps_per_epoch, **given)
    orders = None
    if isinstance(adapter, ArrayDataAdapter):
        if not adapter._num_samples:
            raise ValueError("x has no samples")
        orders = _orders(adapter._num_samples, adapter.batch_size, given.get("shuffle", False))
    return Feed(adapter, steps_per_epoch, TOGETHER if together else 1, orders)


class Batches:
    """The batches that are left, one by one as Keras would get them, or many at once.

    ahead  how many of those that `next` would give are trained already
    """

    steps: int | None = None
    ahead = 0
    given = 0  # so many have been handed out

    @property
    def epoch_given(self) -> int:
        """How many have been handed out in the present epoch."""
        return (self.given - 1) % self.steps + 1 if self.steps else self.given

    def __iter__(self):
        return self

    def __next__(self):
        """The next batch, as Keras' own iterator has it."""
        raise NotImplementedError

    def block(self, most: int) -> tuple[Any, Any, int, int]:
        """(arrays, order, start, stop) of up to so many batches of the same shape; StopIteration where none is left.

        Batch i has the rows `order[i]` of all arrays, for start <= i < stop.
        """
        if self.steps:  # the rest belongs to the next epoch
            most = min(most, self.steps - self.given % self.steps)
        found = self._block(most)
        self.given += found[3] - found[2]
        return found

    def _block(self, most: int) -> tuple[Any, Any, int, int]:
        raise NotImplementedError


class Resident(Batches):
    """Of arrays that are on the device as a whole."""

    def __init__(self, arrays: Any, orders: Callable[[], np.ndarray], batch_size: int):
        self._arrays, self._orders, self._size = arrays, orders, batch_size
        self._order: np.ndarray | None = None
        self._at = 0

    def __next__(self):
        arrays, order, start, _ = self.block(1)
        return take(arrays, order[start])

    def _block(self, most):
        if self._order is None:  # drawn when Keras would draw it
            self._order = self._orders()
            self._full = self._order[: len(self._order) // self._size * self._size].reshape(-1, self._size)
        if self._at >= len(self._order):
            raise StopIteration
        start = self._at // self._size
        if start == len(self._full):
            rest = self._order[self._at :][None]
            self._at = len(self._order)
            return self._arrays, rest, 0, 1
        stop = min(start + most, len(self._full))
        self._at = stop * self._size
        return self._arrays, self._full, start, stop


class Stream(Batches):
    """Of a generator, a dataset, or whatever else Keras takes: so many batches are stacked as have one shape."""

    def __init__(self, source: Iterator, most: int):
        self._source, self._most = source, most

    def __next__(self):
        self.given += 1
        return next(self._source)

    def _block(self, most):
        first = next(self._source)
        found, shape = [first], shapes(first)
        if shape is None:
            self._source = chain(found, self._source)
            raise Untraceable("some of the data are ragged or sparse")
        room = max(1, min(self._most, STACKED // max(1, sum(map(_bytes, keras.tree.flatten(first))))))
        while len(found) < min(most, room):
            following = next(self._source, None)
            if following is None:
                break
            if shapes(following) != shape:
                self._source = chain([following], self._source)
                break
            found.append(following)
        count = len(found)
        found += [first] * (room - count)  # one shape, one program
        arrays = keras.tree.map_structure(lambda *parts: _stacked(parts), *found)
        return arrays, np.arange(room, dtype=np.int32), 0, count


def _orders(samples: int, batch_size: int, shuffle) -> Callable[[], np.ndarray]:
    """Draws the order of an epoch's samples: int32 [samples]."""
    if not shuffle:
        rows = np.arange(samples, dtype=np.int32)
        return lambda: rows

    def order() -> np.ndarray:
        permutation: Callable = np.random.permutation  # where Keras itself draws on JAX
        if _backend() == "tensorflow":
            from tensorflow.python.eager import context

            if (seed := context.global_seed()) is not None:
                return _tensorflow_order(samples, batch_size, shuffle, seed)
            permutation = np.random.default_rng().permutation
        if shuffle != "batch":
            return permutation(samples).astype(np.int32)
        starts = range(0, samples, batch_size)
        parts = [permutation(min(batch_size, samples - start)) + start for start in starts]
        return np.concatenate(parts, dtype=np.int32)

    return order


@lru_cache(maxsize=8)
def _tensorflow_order(samples: int, batch_size: int, shuffle, seed: int) -> np.ndarray:
    """What Keras' dataset draws from a global seed: the same in every epoch, as each begins a new iterator."""
    size = batch_size if shuffle == "batch" else samples
    draws = ArrayDataAdapter(np.arange(samples, dtype=np.int32), batch_size=size, shuffle=shuffle)
    return np.concatenate([np.asarray(batch) for batch in draws.get_tf_dataset()])


def _backend() -> str:
    return keras.backend.backend()


def _on_device(inputs):
    """Arrays as they reach the model, all of their rows at once; None where some are no dense arrays."""
    if _backend() == "tensorflow":
        import tensorflow

        arrays = convert_to_sliceable(inputs, target_backend="tensorflow")
        arrays = _map(lambda array: tensorflow.convert_to_tensor(array) if _is_dense(array) else array, arrays)
    else:
        import jax

        whole = slice(0, None)
        parts = convert_to_sliceable(inputs, target_backend="jax")
        arrays = _map(lambda part: part.convert_to_jax_compatible(part[whole]), parts)
        if all(_is_dense(array) for array in keras.tree.flatten(arrays)):
            arrays = _map(jax.device_put, arrays)
    return keras.tree.lists_to_tuples(arrays) if shapes(arrays) is not None else None


def _map(change: Callable, arrays):
    return keras.tree.map_structure(lambda array: None if array is None else change(array), arrays)


def take(arrays, rows):
    """These rows of all arrays: one batch."""
    return _map(lambda array: keras.ops.take(array, rows, axis=0), arrays)


def _is_dense(array) -> bool:
    return isinstance(array, np.ndarray) or type(array).__name__ in ("EagerTensor", "ArrayImpl")


def _bytes(array) -> int:
    return 0 if array is None else int(np.prod(array.shape)) * 8


def shapes(batch):
    """What has to be the same of batches that are stacked; None where they cannot be."""
    parts = [part for part in keras.tree.flatten(batch) if part is not None]
    if not all(map(_is_dense, parts)):
        return None
    return [(tuple(part.shape), str(part.dtype)) for part in parts]


def _stacked(parts):
    if parts[0] is None:
        return None
    return keras.ops.stack(parts) if not isinstance(parts[0], np.ndarray) else np.stack(parts)
