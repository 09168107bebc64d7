"""Arrays of a batch, or of all data, whatever Keras' backend is."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras.src.trainers.data_adapters.array_slicing import convert_to_sliceable


def on_device(inputs):
    """Arrays as they reach the model, all of their rows at once; None where some are no dense arrays."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        arrays = convert_to_sliceable(inputs, target_backend="tensorflow")
        arrays = _map(lambda array: tensorflow.convert_to_tensor(array) if is_dense(array) else array, arrays)
    else:
        import jax

        whole = slice(0, None)
        parts = convert_to_sliceable(inputs, target_backend="jax")
        arrays = _map(lambda part: part.convert_to_jax_compatible(part[whole]), parts)
        if all(is_dense(array) for array in keras.tree.flatten(arrays)):
            arrays = _map(jax.device_put, arrays)
    return keras.tree.lists_to_tuples(arrays) if shapes(arrays) is not None else None


def _map(change: Callable, arrays):
    return keras.tree.map_structure(lambda array: None if array is None else change(array), arrays)


def take(arrays, rows):
    """These rows of all arrays: one batch."""
    return _map(lambda array: keras.ops.take(array, rows, axis=0), arrays)


def is_dense(array) -> bool:
    """Whether XLA takes it: no ragged or sparse array, and no text."""
    known = isinstance(array, np.ndarray) or type(array).__name__ in ("EagerTensor", "ArrayImpl")
    return known and np.dtype(getattr(array.dtype, "as_numpy_dtype", array.dtype)).kind not in "OSU"


def size_of(array) -> int:
    return 0 if array is None else int(np.prod(array.shape)) * 8


def shapes(batch):
    """What has to be the same of batches that are stacked; None where they cannot be."""
    parts = [part for part in keras.tree.flatten(batch) if part is not None]
    if not all(map(is_dense, parts)):
        return None
    return [(tuple(part.shape), str(part.dtype)) for part in parts]


def stacked(parts):
    if parts[0] is None:
        return None
    return keras.ops.stack(parts) if not isinstance(parts[0], np.ndarray) else np.stack(parts)
