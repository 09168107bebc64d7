"""Sequences of any length as one array, padded or cut at the start or at the end. NumPy only."""

from __future__ import annotations

from typing import Literal

import numpy as np

from lstm_lab.common.arrays import cast, numbers
from lstm_lab.common.checks import check_size, items, shown
from lstm_lab.common.typed import Positive, typed

Side = Literal["pre", "post"]


@typed
def pad(
    sequences, length: Positive | None = None, side: Side = "pre", cut: Side = "pre", value=0, dtype=None
) -> np.ndarray:
    """Sequences [steps] or [steps, features] → [sequences, length] or [sequences, length, features].

    length  time steps of every row; None: those of the longest sequence
    side    where a short sequence is filled with `value`: "pre" at the start, which suits an LSTM best, or "post" at
            the end
    cut     where a long sequence loses steps: "pre" at the start, or "post" at the end
    dtype   of the result; None: a type that holds both the sequences and the value

    Like `keras.utils.pad_sequences`, but with the type of the data, where Keras rounds to int32 in silence. Raises
    ValueError for no sequences, a length below 1, sequences with different features, or an unknown side.

    >>> pad([[1, 2, 3, 4], [1, 2, 3], [1]]).tolist()
    [[1, 2, 3, 4], [0, 1, 2, 3], [0, 0, 0, 1]]
    >>> pad([[1, 2, 3, 4], [1, 2, 3], [1]], side="post").tolist()
    [[1, 2, 3, 4], [1, 2, 3, 0], [1, 0, 0, 0]]
    >>> pad([[1, 2, 3, 4], [1, 2, 3], [1]], length=2).tolist()
    [[3, 4], [2, 3], [0, 1]]
    >>> pad([[1, 2, 3, 4], [1, 2, 3], [1]], length=2, cut="post").tolist()
    [[1, 2], [1, 2], [0, 1]]
    """
    given = items("sequences", sequences, "a list of sequences, as in [[1, 2, 3], [1]]")
    rows = [numbers(f"sequence {number}", sequence, "") for number, sequence in enumerate(given)]
    filled = [row for row in rows if row.size]
    if not filled:
        raise ValueError(f"sequences hold nothing ({len(rows)} of them): give it one with a time step or more")
    features = filled[0].shape[1:]
    for number, row in enumerate(rows):
        if row.dtype.kind not in "iufb":
            raise ValueError(f"sequence {number} is of type {row.dtype}: need numbers (labels go through Categories)")
        if row.ndim == 0 or (row.size and row.shape[1:] != features):
            need = f"[steps, {', '.join(map(str, features))}]" if features else "[steps]"
            raise ValueError(f"sequence {number} has shape {list(row.shape)}: need {need}, as the others")
    length = max(map(len, filled)) if length is None else length
    if not isinstance(value, int | float | np.number | np.bool_):
        raise ValueError(f"value is {shown(value)}: need a number")
    if dtype is None:
        dtype = np.result_type(*filled, value)
    dtype = cast("value", np.asarray(value), dtype).dtype
    size = len(rows) * length * int(np.prod(features)) * dtype.itemsize
    check_size(2 * size, f"{len(rows)} sequences of length {length}", "use a smaller length")
    padded = np.full((len(rows), length, *features), value, dtype)
    kept_steps = slice(-length, None) if cut == "pre" else slice(length)
    filled = [row[kept_steps] for row in filled]
    kept = np.minimum([len(row) if row.size else 0 for row in rows], length)[:, None]
    place = np.arange(length)
    values = cast("the sequences", np.concatenate(filled), dtype)
    padded[place < kept if side == "post" else place >= length - kept] = values
    return padded
