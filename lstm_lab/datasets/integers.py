"""A user's own integers, from a CSV file; `lstm_lab.datasets.echo` has this function too."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from lstm_lab.common.checks import check_size, listed, shown
from lstm_lab.common.files import FileContent, read_file
from lstm_lab.common.typed import Positive, typed

NUMBER = 1024  # bytes that a number takes until it is learnt: its rows, and their places in the order of some epochs


@typed
def read_integers(
    path: str | Path | FileContent, classes: Positive | None = None, column: str | None = None
) -> np.ndarray:
    """A CSV file of integers, one on each line → int32 [rows].

    classes  integers must be in 0 … classes − 1; None: they must not be negative
    column   the name of the column to read, as in the first line; None: the file has one column, with or without a name

    Columns are separated by commas. 3.0 counts as the integer 3, and a byte order mark is skipped. Raises ValueError,
    which names the file and its line, for a missing value, a value that is not an integer or is out of range, an
    unknown column, another separator, or fewer than two numbers. Empty lines at the end are ignored.
    """
    return _read(path if isinstance(path, FileContent) else read_file(path), classes, column).copy()


@lru_cache(maxsize=1)  # a run asks for the same file's numbers again for each seed and each probe
def _read(read: FileContent, classes: int | None, column: str | None) -> np.ndarray:
    path, count = read.path, max(read.content.count(end) for end in (b"\n", b"\r"))
    check_size(NUMBER * count, f"{path.name}, {count:,} lines", "give a shorter file")
    most = 2**31 - 2 if classes is None else min(classes - 1, 2**31 - 2)
    with read.opened() as file:
        lines = csv.reader(file, strict=True)
        try:
            values = np.fromiter(_integers(path.name, lines, column, most), np.int32)
        except (UnicodeDecodeError, csv.Error) as error:
            reason = "a quotation mark is not closed" if "end of data" in str(error) else error
            at = f"after line {lines.line_num}: {reason}"
            raise ValueError(f"{path.name} is not a CSV file in UTF-8, {at}") from None
    if len(values) < 2:
        raise ValueError(f"{path.name} has {len(values)} number(s): need two or more")
    return values


def _integers(file: str, lines, column: str | None, most: int) -> Iterator[int]:
    """The integers of the column to read, without its name."""
    place, width, empty = -1, 0, 0
    for row in lines:
        cells, line = [cell.strip() for cell in row], f"{file}, line {lines.line_num}"
        if not any(cells):
            empty = empty or lines.line_num
            continue
        if empty:
            raise ValueError(f"{file}, line {empty}: the value is missing, each line needs an integer")
        if place < 0:
            place, named = _column(file, cells, column)
            width = len(cells)
            if named:
                continue
        if any(cells[width:]):
            what = "more than one value" if width == 1 else f"{len(cells)} values"
            first = f"the first line has {width if width > 1 else 'one'}{_separated(','.join(cells))}"
            raise ValueError(f"{line}: {what}, but {first}")
        text = cells[place] if place < len(cells) else ""
        if not text:
            raise ValueError(f"{line}: the value is missing, each line needs an integer")
        if not re.fullmatch(r"[+-]?[0-9]+(\.0*)?", text):
            raise ValueError(f"{line}: {shown(text)} is not an integer{_separated(text)}")
        digits = text.partition(".")[0]
        if len(digits) > 20 or not 0 <= int(digits) <= most:
            raise ValueError(f"{line}: {shown(text)[1:-1]} is out of range, need 0 to {most}")
        yield int(digits)


def _column(file: str, first: list[str], column: str | None) -> tuple[int, bool]:
    """The place of the column to read, and whether the first line holds names."""
    named = [name for name in first if name]
    if column is not None:
        if first.count(column) > 1:
            raise ValueError(f"column is {shown(column)}: {file} has {first.count(column)} of that name")
        if column not in named:
            raise ValueError(
                f"column is {shown(column)}: the first line of {file} names {listed(named)}, "
                f"choose one of them with --set column=NAME{_separated(named[0])}"
            )
        return first.index(column), True
    if len(named) > 1:
        raise ValueError(
            f"{file} has {len(named)} columns: name the one to read with --set column=NAME, "
            f"its first line has {listed(named)}"
        )
    missing = named[0].lower() in ("nan", "na", "n/a", "null", "none", "-", "inf") or not named[0].isprintable()
    return first.index(named[0]), not (missing or re.match(r"[+-]?(\.?[0-9]|inf)", named[0]))


def _separated(text: str) -> str:
    """What to say of a text that another sign than the comma divides."""
    signs = {";": "';'", "\t": "tabs", "|": "'|'", " ": "spaces"}
    found = [words for sign, words in signs.items() if sign in text]
    return f"; separate the values by commas, not by {found[0]}" if found else ""
