"""ASCII text as one-hot rows, and back. NumPy only."""

from __future__ import annotations

import numpy as np

from lstm_lab.common.arrays import numbers, one_hot
from lstm_lab.common.typed import typed

CODES = 128


@typed
def encode(text: str) -> np.ndarray:
    """Text of n characters → float32 [n, 128], the 1.0 at each character's ASCII code.

    This takes any ASCII text and needs no fit. `Categories` gives narrower rows, with one column for each symbol that a
    text uses. Raises ValueError for an empty text, or naming a character that is not ASCII and its place.

    >>> rows = encode("LSTM")
    >>> rows.shape, rows.argmax(axis=1).tolist(), decode(rows)
    ((4, 128), [76, 83, 84, 77], 'LSTM')
    """
    if not text:
        raise ValueError("text is empty: give it one character or more")
    if not text.isascii():
        place = next(i for i, character in enumerate(text) if not character.isascii())
        raise ValueError(f"character {text[place]!r} at place {place} is not ASCII: leave it out or spell it in ASCII")
    return one_hot(np.frombuffer(text.encode("ascii"), np.uint8), CODES)


def decode(rows) -> str:
    """One-hot rows, or a network's probabilities, [n, 128] → the text of the most probable characters."""
    rows = numbers("rows", rows)
    if rows.ndim != 2 or rows.shape[1] != CODES or not len(rows):
        raise ValueError(f"rows of shape {list(rows.shape)}: need [characters, {CODES}], one character or more")
    if not np.isfinite(rows).all():
        raise ValueError(f"row {int(np.argwhere(~np.isfinite(rows))[0, 0])} is not finite: it has no largest value")
    return rows.argmax(axis=1).astype(np.uint8).tobytes().decode("ascii")
