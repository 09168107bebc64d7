"""The order in which Keras' `fit` draws the samples of an epoch, on the backend in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import keras
import numpy as np
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter


class Order:
    """Draws the order of the samples, an epoch at a time.

    shuffle  as `fit` has it; "batch": within each batch alone
    """

    def __init__(self, samples: int, batch_size: int, shuffle):
        self.samples, self._size, self._shuffle = samples, batch_size, shuffle
        self.by_batch = shuffle == "batch"

    def draw(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Numbers of samples, int32; those from start to stop alone, which begin batches, if each batch is drawn."""
        if not self._shuffle:
            return np.arange(self.samples, dtype=np.int32)
        permutation: Callable = np.random.permutation  # where Keras itself draws on JAX
        if keras.backend.backend() == "tensorflow":
            from tensorflow.python.eager import context

            if (seed := context.global_seed()) is not None:
                return _tensorflow_order(self.samples, self._size, self._shuffle, seed)[start:stop]
            permutation = np.random.default_rng().permutation
        if not self.by_batch:
            return permutation(self.samples).astype(np.int32)
        starts = range(start, self.samples if stop is None else stop, self._size)
        parts = [permutation(min(self._size, self.samples - first)) + first for first in starts]
        return np.concatenate(parts, dtype=np.int32)


@lru_cache(maxsize=8)
def _tensorflow_order(samples: int, batch_size: int, shuffle, seed: int) -> np.ndarray:
    """What Keras' dataset draws from a global seed: the same in every epoch, as each begins a new iterator."""
    size = batch_size if shuffle == "batch" else samples
    draws = ArrayDataAdapter(np.arange(samples, dtype=np.int32), batch_size=size, shuffle=shuffle)
    return np.concatenate([np.asarray(batch) for batch in draws.get_tf_dataset()])
