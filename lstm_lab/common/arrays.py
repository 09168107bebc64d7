"""Arrays of numbers from what a caller gives: what is no number, or does not fit the type, is refused and never cast."""

from __future__ import annotations

import numpy as np

from lstm_lab.common.checks import check_size, shown


def numbers(name: str, values, kinds: str = "biuf") -> np.ndarray:
    """The values as an array of one of NumPy's kinds of type: "b" bool, "i" and "u" integers, "f" floats; "": of any.

    >>> numbers("x", [1j])
    Traceback (most recent call last):
    ValueError: x of type complex128: need numbers
    """
    try:
        array = np.asarray(values)
    except Exception:  # rows of different lengths, or whatever an object raises that cannot become an array
        raise ValueError(f"{name} is {shown(values)}: need an array of numbers, with rows of one length") from None
    if kinds and array.dtype.kind not in kinds:
        what = f"{name} is {shown(values)}" if array.dtype.kind in "OUS" else f"{name} of type {array.dtype}"
        raise ValueError(f"{what}: need {'integers' if 'f' not in kinds else 'numbers'}")
    return array


def float32(name: str, values) -> np.ndarray:
    """The values as finite float32.

    >>> float32("x", [1e308])
    Traceback (most recent call last):
    ValueError: x[0] is 1e+308: need finite numbers, as float32 has them
    """
    array = numbers(name, values)
    with np.errstate(over="ignore"):
        cast = np.asarray(array, np.float32)
    if not np.isfinite(cast).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(cast))[0])
        raise ValueError(f"{name}{list(place) or ''} is {array[place]}: need finite numbers, as float32 has them")
    return cast


def one_hot(codes: np.ndarray, classes: int) -> np.ndarray:
    """Codes […] from 0 to classes − 1 → one-hot rows, float32 […, classes].

    >>> one_hot(np.array([2, 0]), 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    check_size(4 * codes.size * classes, f"one-hot rows of {classes} classes", "use fewer classes, or an Embedding")
    rows = np.zeros((*codes.shape, classes), np.float32)
    np.put_along_axis(rows, codes[..., None].astype(np.int64), 1.0, axis=-1)
    return rows
