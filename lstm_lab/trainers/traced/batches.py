"""The batches of an epoch, for a program that takes many of them at once, in the order in which Keras draws them.

Keras' `fit` takes a data adapter of one's own in the place of x. The ones here wrap Keras' adapter for somebody's data,
which has checked them, weighted their classes and knows how many batches there are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any

import keras
import numpy as np
from keras.src.trainers.data_adapters import get_data_adapter
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter
from keras.src.trainers.data_adapters.data_adapter import DataAdapter

from lstm_lab.trainers.traced.arrays import on_device, shapes, size_of, stacked, take
from lstm_lab.trainers.traced.orders import Order

TOGETHER = 32  # batches of a generator that are stacked for one call
STACKED = 2**26  # bytes that they may have


class Untraceable(Exception):
    """These batches cannot stand in one array."""


class Feed(DataAdapter):
    """Keras' adapter for somebody's data, whose iterators are `Batches`.

    adapter  Keras' own
    steps    batches that an epoch has, where `fit` is told
    most     batches that may be stacked
    order    of arrays: that of the samples of an epoch
    latest   the batches whose turn it is: on a GPU, Keras wraps them in an iterator of its own
    """

    latest: Batches

    def __init__(self, adapter: DataAdapter, steps: int | None, most: int, order: Order | None):
        self.adapter, self.steps, self.order, self._most = adapter, steps, order, most

    @cached_property
    def arrays(self):
        """x, y and weights on the device as a whole; None where they are no dense arrays."""
        return on_device(self.adapter._inputs) if isinstance(self.adapter, ArrayDataAdapter) else None

    def __iter__(self) -> Batches:
        if self.arrays is not None:
            assert self.order is not None
            self.latest = Resident(self.arrays, self.order, self.adapter.batch_size)
        else:
            on_tensorflow = keras.backend.backend() == "tensorflow"
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
    def is_whole(self) -> bool:
        """Whether an epoch is all of the data, whose batches are counted."""
        return self.steps is None and self.num_batches is not None

    @cached_property
    def any_size(self) -> bool:
        """Whether Keras on TensorFlow traces a step for batches of any size."""
        if keras.backend.backend() != "tensorflow":
            return False
        if isinstance(self.adapter, ArrayDataAdapter):
            return bool(self.adapter.has_partial_batch)
        specs = keras.tree.flatten(self.adapter.get_tf_dataset().element_spec)
        return any(spec is not None and spec.shape.rank and spec.shape[0] is None for spec in specs)

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
    order = None
    if isinstance(adapter, ArrayDataAdapter):
        if not adapter._num_samples:
            raise ValueError("x has no samples")
        order = Order(adapter._num_samples, adapter.batch_size, given.get("shuffle", False))
    return Feed(adapter, steps_per_epoch, TOGETHER if together else 1, order)


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

    def __init__(self, arrays: Any, order: Order, batch_size: int):
        self._arrays, self._draws, self._size = arrays, order, batch_size
        self._order: np.ndarray | None = None
        self._at = 0

    def __next__(self):
        if self._order is None and self._draws.by_batch and self._at < self._draws.samples:
            first, self._at, self.given = self._at, self._at + self._size, self.given + 1
            return take(self._arrays, self._draws.draw(first, self._at))  # Keras draws no further than it needs
        arrays, order, start, _ = self.block(1)
        return take(arrays, order[start])

    def _block(self, most):
        if self._at >= self._draws.samples:
            raise StopIteration
        if self._order is None:  # drawn when Keras would draw it
            drawn = self._draws.draw(self._at)
            self._order = np.concatenate([np.zeros(self._draws.samples - len(drawn), np.int32), drawn])
            self._full = self._order[: len(self._order) // self._size * self._size].reshape(-1, self._size)
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
            raise Untraceable("some of the data are ragged, sparse or text")
        room = max(1, min(self._most, STACKED // max(1, sum(map(size_of, keras.tree.flatten(first))))))
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
        arrays = keras.tree.map_structure(lambda *parts: stacked(parts), *found)
        return arrays, np.arange(room, dtype=np.int32), 0, count
