"""The checks that several parts make of their arguments, each with one wording."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import islice
from numbers import Integral, Real
from pathlib import Path
from reprlib import Repr

LONGEST = 200  # characters that a message repeats of what it was given
ITEM = 128  # bytes of a list's item, and of what is made of it
LARGEST = 1.0  # GiB that one step may take for what it makes, unless LSTM_LAB_MEMORY says otherwise

_short = Repr()
_short.maxlevel, _short.maxlong, _short.maxstring, _short.maxother = 6, LONGEST, LONGEST, LONGEST
_short.maxlist = _short.maxtuple = _short.maxset = _short.maxfrozenset = _short.maxdeque = _short.maxdict = 30


def shown(value) -> str:
    """What a message says of a value: its repr on one line, 200 characters at most.

    >>> shown([1, 2]), len(shown("x" * 1000))
    ('[1, 2]', 200)
    """
    try:
        text = _short.repr(value)
    except Exception:  # of the value's own repr; a number of thousands of digits has none either
        text = f"<{type(value).__name__}>"
    if not text.isprintable():  # an array's line ends, or what a terminal would obey
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return cut(text)


def cut(text: str) -> str:
    """A text of 200 characters at most.

    >>> cut("ab"), len(cut(1000 * "ab"))
    ('ab', 200)
    """
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def listed(names) -> str:
    """Names in a message: the first thirty, 200 characters at most.

    >>> listed(["a", "b"])
    'a, b'
    """
    names = list(map(str, names))
    return cut(", ".join(names[:30]) + (", …" if len(names) > 30 else ""))


def is_whole(value, least: int = 1) -> bool:
    """Whether a value is a whole number, Python's or NumPy's, of `least` or more; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def is_number(value) -> bool:
    """Whether a value is a finite number, also as a float32; True and False are none."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return abs(float(value)) <= 3.4028235677973366e38  # the largest that rounds to no infinity; NaN is not
    except OverflowError:  # an integer that no float holds
        return False


def check_whole(least: int = 1, /, **values) -> None:
    """ValueError for the first of the named values that is not a whole number of `least` or more.

    >>> check_whole(2, classes=1)
    Traceback (most recent call last):
    ValueError: classes is 1: need a whole number, 2 or more
    """
    for name, value in values.items():
        if not is_whole(value, least):
            raise ValueError(f"{name} is {shown(value)}: need a whole number, {least} or more")


def check_choice(name: str, value, *choices: str) -> None:
    """ValueError where a value is none of the choices.

    >>> check_choice("side", "left", "pre", "post")
    Traceback (most recent call last):
    ValueError: side is 'left': use pre or post
    """
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} is {shown(value)}: use {', '.join(choices[:-1])} or {choices[-1]}")


def items(name: str, values: Iterable, need: str) -> list:
    """The items of an argument as a list; ValueError for one value or a frame, and for more items than memory may take.

    An iterator that never ends is refused too: it is not gone through to its end.

    >>> items("samples", 2, "a list of rows, as in [2]")
    Traceback (most recent call last):
    ValueError: samples is 2: need a list of rows, as in [2]
    """
    what = f"{name} is {shown(values)}"
    check_size(ITEM * count(values), what, "use fewer")
    try:
        if hasattr(values, "columns") or isinstance(values, Mapping):
            raise TypeError("a frame or a dictionary gives its names, not what they stand for")
        taken = list(islice(values, int(_bound() / ITEM) + 1))
    except Exception:  # a single value, or whatever an object raises that is gone through
        raise ValueError(f"{what}: need {need}") from None
    check_size(ITEM * len(taken), f"{what}, of {len(taken):,} items or more", "use fewer")
    return taken


def count(values) -> int:
    """How many items there are, as far as they say so before they are gone through; an iterator does not: 0.

    >>> import numpy as np
    >>> count(range(10**30)) > 10**18, count(np.zeros((3, 2))), count(iter("ab"))
    (True, 6, 0)
    """
    size = getattr(values, "size", None)  # an array's: a view of one number may have any number of rows
    try:
        return size if isinstance(size, int) else len(values)
    except TypeError:
        return 0
    except OverflowError:
        return 2**63


def check_size(size: int, what: str, instead: str) -> None:
    """ValueError where what is about to be made would take more memory than the bound; nothing is made before.

    size: bytes · what: the setting and its value · instead: what would do

    >>> check_size(4 * 10**12, "classes is 1000000", "use fewer classes")
    Traceback (most recent call last):
    ValueError: classes is 1000000: this would take 3.6 TiB of memory, above the bound of 1 GiB; use fewer classes
    """
    if size > (most := _bound()):
        raise ValueError(
            f"{cut(what)}: this would take {_bytes(size)} of memory, above the bound of {_bytes(int(most))}; {instead}"
        )


def _bound() -> float:
    """The bytes that one step may take."""
    given = os.environ.get("LSTM_LAB_MEMORY") or LARGEST
    try:
        bound = float(given) * 2**30
    except ValueError:
        bound = 0.0
    if not (is_number(bound) and bound > 0):
        raise ValueError(f"LSTM_LAB_MEMORY is {shown(given)}: need a number of GiB above 0, for example 4")
    return bound


def free_memory() -> int | None:
    """The bytes of memory that are free, as Linux counts them; None where the system does not say."""
    try:
        words = Path("/proc/meminfo").read_text().split()
        return 1024 * int(words[words.index("MemAvailable:") + 1])
    except (OSError, ValueError):
        return None


def _bytes(size: int) -> str:
    """
    >>> _bytes(3 * 2**29)
    '1.5 GiB'
    """
    power = min((max(size, 1).bit_length() - 1) // 10, 8)
    tenths = 10 * size >> 10 * power  # of a whole number, which may be beyond any float
    number = f"{tenths / 10:.3g}" if tenths < 10**5 else f"10^{len(str(tenths)) - 2}" if tenths < 10**4000 else "∞"
    return f"{number} {('bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB')[power]}"


def as_path(path) -> Path:
    """ValueError for what is no path."""
    if not isinstance(path, str | os.PathLike) or not isinstance(os.fspath(path), str):
        raise ValueError(f"path is {shown(path)}: give a file's name")
    try:
        os.fsencode(path)
        possible = "\0" not in str(path)
    except UnicodeEncodeError:  # half of a surrogate pair
        possible = False
    if not possible:
        raise ValueError(f"path is {shown(str(path))}: no file can have that name")
    return Path(path)


def check_folder(path) -> None:
    """ValueError where a file cannot be written because its folder is not there, or a folder has its name."""
    path = as_path(path)
    try:
        missing, folder = not path.parent.is_dir(), path.is_dir()
    except (OSError, ValueError) as error:
        raise ValueError(f"cannot save to {shown(str(path))}: {getattr(error, 'strerror', error)}") from None
    if missing:
        raise ValueError(f"cannot save to {path}: there is no folder {path.parent}, make it first")
    if folder:
        raise ValueError(f"cannot save to {path}: that is a folder, give a file's name")
