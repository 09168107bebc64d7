"""A setting's value as somebody writes it on the command line. The setting's type decides how it is read.

    a text      as it is, also 123, true and 2020-01-01; quotes around the whole of it are TOML's and are taken off
    yes or no   true, yes, on, 1; false, no, off, 0; in capitals or not
    a number    8, 16.0, 1e3, .5; a whole number may be written as any of them
    a list      [1, 2] as in TOML, or 1,2

A text that cannot be read stays a text, and the settings then refuse it by name.
"""

from __future__ import annotations

import math
import tomllib
from typing import Any

from lstm_lab.common.checks import shown

YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Written(str):
    """A value that is still to be read."""

    __slots__ = ()


def read(text: str, like: Any) -> Any:
    """The value, of the type of `like`; the text itself if it is no such value.

    >>> read("123", "abc"), read("True", False), read("1e3", 5), read("2,3", [1]), read("2.5", 5), read("many", 5)
    ('123', True, 1000, [2, 3], 2.5, 'many')
    """
    text = str(text)
    if isinstance(like, str):
        value = _toml(text)
        return value if isinstance(value, str) else text
    text = text.strip()
    if isinstance(like, bool):
        word = text.lower()
        return word in YES if word in YES + NO else text
    if isinstance(like, int | float):
        return _number(text, like)
    if isinstance(like, list):
        return _list(text, like)
    return text if (value := _toml(text)) is None else value


def _number(text: str, like: float) -> int | float | str:
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return text
    return _whole(value, like) if math.isfinite(value) else text


def _whole(value: Any, like: Any) -> Any:
    """16.0 → 16 where a whole number is wanted, also within lists."""
    if isinstance(value, list) and isinstance(like, list) and like:
        return [_whole(item, like[0]) for item in value]
    return int(value) if isinstance(like, int) and isinstance(value, float) and value.is_integer() else value


def _list(text: str, like: list) -> Any:
    value = _toml(text)
    if isinstance(value, list):
        return _whole(value, like)
    if text.startswith("[") or (like and isinstance(like[0], list)):
        return text
    return [read(item, like[0] if like else None) for item in text.split(",")] if text else []


def _toml(text: str) -> Any:
    """A TOML value; None if it is none."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # a number of 5,000 digits is a ValueError of its own
        return None


def parse_assignments(assignments: list[str]) -> dict[str, Any]:
    """["units=16", "text=abab"] → {"units": "16", "text": "abab"}, to be read by each setting's type in `resolve`.

    ValueError for what is no name=value, and for several lines: only the first of them would be a setting.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        if not sign or not name.strip():
            raise ValueError(f"--set {assignment[:200]!r}: write it as name=value, for example --set epochs=100")
        if "\n" in assignment or "\r" in assignment:
            raise ValueError(
                f"--set {assignment[:200]!r}: it has several lines; write --set before each setting, and a line break "
                "within a text as \\n in quotes: --set 'text=\"A\\nB\"'"
            )
        if name.strip() in values:
            raise ValueError(f"setting {shown(name.strip())} is given twice: leave one of the two out")
        values[name.strip()] = Written(text)
    return values
