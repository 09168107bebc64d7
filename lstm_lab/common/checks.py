"""The checks that several parts make of their arguments, each with one wording."""

from __future__ import annotations

from numbers import Integral


def is_whole(value, least: int = 1) -> bool:
    """Whether a value is a whole number, Python's or NumPy's, of `least` or more; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def check_whole(least: int = 1, /, **values) -> None:
    """ValueError for the first of the named values that is not a whole number of `least` or more.

    >>> check_whole(2, classes=1)
    Traceback (most recent call last):
    ValueError: classes is 1: need a whole number, 2 or more
    """
    for name, value in values.items():
        if not is_whole(value, least):
            raise ValueError(f"{name} is {value!r}: need a whole number, {least} or more")


def check_choice(name: str, value, *choices: str) -> None:
    """ValueError where a value is none of the choices.

    >>> check_choice("side", "left", "pre", "post")
    Traceback (most recent call last):
    ValueError: side is 'left': use pre or post
    """
    if value not in choices:
        raise ValueError(f"{name} is {value!r}: use {', '.join(choices[:-1])} or {choices[-1]}")
