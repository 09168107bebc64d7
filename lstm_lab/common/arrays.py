"""Arrays of numbers from what a caller gives: what is no number, or does not fit the type, is refused, not cast."""

from __future__ import annotations

import numpy as np

from lstm_lab.common.checks import check_size, count, shown


def numbers(name: str, values, kinds: str = "biuf") -> np.ndarray:
    """The values as an array of one of NumPy's kinds of type: "b" bool, "i" and "u" integers, "f" floats; "": of any.

    >>> numbers("x", [1j])
    Traceback (most recent call last):
    ValueError: x of type complex128: need numbers
    """
    _check_room(name, values)
    try:
        array = np.asarray(values)
    except Exception:  # rows of different lengths, or whatever an object raises that cannot become an array
        raise ValueError(f"{name} is {shown(values)}: need an array of numbers, with rows of one length") from None
    if np.ma.is_masked(values):  # as a plain array it would hold what its mask hides
        raise ValueError(f"{name} has masked values: fill them, as in values.filled(0), or leave them out")
    if kinds and array.dtype.kind not in kinds:
        what = f"{name} is {shown(values)}" if array.dtype.kind in "OUS" else f"{name} of type {array.dtype}"
        raise ValueError(f"{what}: need {'integers' if 'f' not in kinds else 'numbers'}")
    return array


def _check_room(name: str, values) -> None:
    """ValueError for more numbers than there is memory for, which a range, or one number as a whole array, can hold."""
    if isinstance(values, np.ndarray) and 0 not in values.strides:  # they are in memory already
        return
    size = count(values)
    check_size(8 * size, f"{name} with {size} numbers", "use fewer")


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


def cast(name: str, values: np.ndarray, dtype) -> np.ndarray:
    """The values as another type of numbers; ValueError for a type that would make other numbers of them.

    >>> cast("data", np.array([1.5]), int)
    Traceback (most recent call last):
    ValueError: dtype is int64: 1.5 in data would be another number
    """
    try:
        kind = np.dtype(dtype)
    except (TypeError, ValueError):
        kind = np.dtype(object)
    if kind.kind not in "biuf":
        raise ValueError(f"dtype is {shown(dtype)}: need a type of numbers, for example 'float32'")
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            cast = values.astype(kind, copy=False)
    except (TypeError, ValueError, OverflowError):  # of a value that is no number, or larger than the type's
        raise ValueError(f"{name} is {shown(values.tolist())}: need numbers that {kind} can hold") from None
    kept = np.isfinite(cast) | ~np.isfinite(values) if kind.kind == "f" else cast == values
    if not kept.all():
        raise ValueError(f"dtype is {kind}: {values[~kept][0]} in {name} would be another number")
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
