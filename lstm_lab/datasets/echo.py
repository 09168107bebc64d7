"""Random integers to echo: given the values so far, which value came `lag` steps ago?

    v1 → v0, v2 → v1, …                              pairs(values, lag=1)              no context
    v1 v2 v3 v4 v5 → v4, v2 v3 v4 v5 v6 → v5, …      pairs(values, lag=1, context=5)   five steps of context
    · · · v0 v1 → v0, …, v21 v22 v23 v24 · → v24     pairs(…, first=1, last=25)        incomplete rows kept
    the same, from new values in every epoch         fresh(epochs, rng, …), tutorial_rows(epochs, rng, …)
    2 0 1 1 3 → · · 2 0 1, a target at every step    fresh(…, lag=2, first=0), framed as whole sequences

A random sequence cannot be predicted, so a network needs memory to answer.

Source: echo tutorial; incomplete rows and other lags: its extensions; files of integers: its readers' questions.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np

from lstm_lab.common.checks import check_whole
from lstm_lab.common.files import FileContent, read_file
from lstm_lab.datasets.pairs import BLANK, Pairs

Unreachable = Literal["allowed", "refused"]
FIRST_ROW = 5  # t of the tutorial's first row of five values, although the row of t = 4 is complete too


def draw(num_sequences: int, rng, length: int = 25, classes: int = 100) -> np.ndarray:
    """Integers drawn uniformly from 0 … classes − 1: int32 [sequences, length].

    rng: a NumPy Generator. Raises ValueError for a size below 1 or fewer than two classes.

    >>> draw(1, np.random.default_rng(7), length=5)
    array([[94, 62, 68, 89, 57]], dtype=int32)
    """
    check_whole(num_sequences=num_sequences, length=length)
    check_whole(2, classes=classes)
    return rng.integers(0, classes, size=(num_sequences, length)).astype(np.int32)


def pairs(
    values: np.ndarray,
    lag: int = 1,
    context: int = 1,
    *,
    classes: int = 100,
    first: int | None = None,
    last: int | None = None,
    every: int = 1,
    sequences_per_epoch: int | None = None,
    unreachable: Unreachable = "allowed",
) -> Pairs:
    """Rows of `context` values that end at time t; the target of a row is the value at t − lag.

    values       integers [sequences, length], or [length] for one sequence
    first, last  t of the first and last row, from 0; None: of the first and last complete row. Other rows have
                 `BLANK` for each missing value; a missing target does not count (`loss_mask`)
    every        time steps from one row to the next; with every = context each value is in one row
    sequences_per_epoch  sequences of one epoch, if every epoch has fresh ones; None: every epoch has all sequences
    unreachable  whether a lag outside the context is "allowed" (for a network that carries state from row to row, or to
                 show that no row holds the answer) or "refused" (for a network without carried state)

    Raises ValueError for a context that is longer than the sequence, for a lag outside the sequence or (if refused)
    outside the context, for a value outside the alphabet, and if there is no row.

    >>> rows = pairs(np.array([5, 6, 7, 8]), lag=1, context=2, classes=10)
    >>> rows.inputs.tolist(), rows.targets.tolist()
    ([[5, 6], [6, 7], [7, 8]], [5, 6, 7])
    >>> pairs(np.array([5, 6, 7, 8]), lag=1, context=2, classes=10, first=0, last=4).inputs.tolist()
    [[-1, 5], [5, 6], [6, 7], [7, 8], [8, -1]]
    """
    values = np.atleast_2d(np.asarray(values))
    length = values.shape[1]
    check_whole(every=every)
    _check_values(values, classes)
    _check_lag(lag, context, length, unreachable)
    t = np.arange(max(lag, context - 1) if first is None else first, length if last is None else last + 1, every)
    if not len(t):
        raise ValueError(
            f"a sequence of {length} values has no row with a context of {context} and lag {lag}: "
            f"it needs {max(lag + 1, context)} or more"
        )
    outside = t[(t < 0) | (t > length + context - 2)]
    if len(outside):
        raise ValueError(
            f"a row of {context} values that ends at {outside[0]} lies outside a sequence of {length}: "
            f"use first and last from 0 to {length + context - 2}"
        )
    inputs = _at(values, t[:, None] - np.arange(context)[::-1])
    targets = _at(values, t - lag)
    loss_mask = targets != BLANK
    return Pairs(
        inputs=inputs.reshape(-1, context),
        targets=np.maximum(targets, 0).reshape(-1),
        symbols=tuple(map(str, range(classes))),
        loss_mask=None if loss_mask.all() else loss_mask.reshape(-1),
        per_sequence=len(t),
        per_epoch=None if sequences_per_epoch is None else sequences_per_epoch * len(t),
    )


def fresh(epochs: int, rng, *, sequences: int = 1, length: int = 25, classes: int = 100, **rows) -> Pairs:
    """Rows of `sequences` new random sequences in every epoch; **rows are other arguments of `pairs`.

    >>> rows = fresh(500, np.random.default_rng(7), lag=1)
    >>> len(rows), rows.per_epoch, rows.per_sequence
    (12000, 24, 24)
    """
    values = draw(epochs * sequences, rng, length, classes)
    return pairs(values, classes=classes, sequences_per_epoch=sequences, **rows)


def tutorial_rows(
    epochs: int, rng, *, steps: int = 5, lag: int = 1, unreachable: Unreachable = "refused", length: int = 25
) -> Pairs:
    """The rows of the echo tutorial's section on context, from a new sequence in every epoch.

    Rows of `steps` values; the first one ends at t = 5, as in the source, or later if a row needs more values.

    >>> rows = tutorial_rows(500, np.random.default_rng(7))
    >>> rows.inputs.shape, rows.per_epoch
    ((10000, 5), 20)
    """
    first = max(FIRST_ROW, steps - 1)
    return fresh(epochs, rng, length=length, context=steps, lag=lag, first=first, unreachable=unreachable)


def _at(values: np.ndarray, place: np.ndarray) -> np.ndarray:
    """values[:, place], with `BLANK` for places outside the sequence."""
    inside = (place >= 0) & (place < values.shape[1])
    return np.where(inside, values[:, np.where(inside, place, 0)], BLANK).astype(np.int32)


def _check_values(values: np.ndarray, classes: int) -> None:
    if not np.issubdtype(values.dtype, np.integer):
        raise ValueError(f"values of type {values.dtype}: need integers")
    wrong = (values < 0) | (values >= classes)
    if wrong.any():
        row, step = np.argwhere(wrong)[0]
        raise ValueError(
            f"value {values[row, step]} at step {step} of sequence {row} is outside the alphabet 0 to {classes - 1}: "
            f"use classes = {max(int(values.max()) + 1, classes)} or change the value"
        )


def _check_lag(lag: int, context: int, length: int, unreachable: Unreachable) -> None:
    check_whole(context=context)
    check_whole(0, lag=lag)
    if context > length:
        raise ValueError(
            f"steps is {context}: a sequence has {length} values, use a context of {length} steps or fewer"
        )
    if lag >= length:
        raise ValueError(f"lag is {lag}: a sequence of {length} values has lags 0 to {length - 1}")
    if unreachable == "refused" and lag >= context:
        raise ValueError(
            f"lag is {lag}, but rows of {context} time steps reach back {context - 1} and state is not carried: "
            f"use a lag of {context - 1} or less, {lag + 1} steps or more, or carry the state"
        )


def read_integers(path: str | Path | FileContent, classes: int | None = None, column: str | None = None) -> np.ndarray:
    """A CSV file of integers, one on each line → int32 [rows].

    classes  integers must be in 0 … classes − 1; None: they must not be negative
    column   the name of the column to read, as in the first line; None: the file has one column, with or without a name

    Raises ValueError, which names the file and its line, for a missing value, a value that is not an integer or is out
    of range, an unknown column, or fewer than two numbers. Empty lines at the end are ignored.
    """
    import pandas

    read = path if isinstance(path, FileContent) else read_file(path)
    path = read.path
    try:
        text = read.opened().read().rstrip(", \t\r\n")
        places = range(1 + max((line.count(",") for line in text.splitlines()), default=0))
        cells = pandas.read_csv(
            io.StringIO(text), names=places, dtype=str, keep_default_na=False, skip_blank_lines=False
        ).apply(lambda column: column.str.strip())
    except ValueError as error:  # of the encoding, or pandas' ParserError
        raise ValueError(f"{path.name} is not a CSV file in UTF-8: {str(error).strip()}") from None
    cells.index += 1  # numbers of lines
    texts = _column(path, cells, column)
    most = 2**31 - 2 if classes is None else classes - 1
    for line, text in texts.items():
        if not text:
            raise ValueError(f"{path.name}, line {line}: the value is missing, each line needs an integer")
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise ValueError(f"{path.name}, line {line}: {text!r} is not an integer")
        if not 0 <= int(text) <= most:
            raise ValueError(f"{path.name}, line {line}: {text} is out of range, need 0 to {most}")
    if len(texts) < 2:
        raise ValueError(f"{path.name} has {len(texts)} number(s): need two or more")
    return texts.astype(np.int32).to_numpy()


def _column(path: Path, cells, column: str | None):
    """The texts of the column to read, by line number, without the line of names."""
    import pandas

    first = cells.head(1).to_numpy().ravel().tolist()
    named = [name for name in first if name]
    if column is not None:
        if first.count(column) > 1:
            raise ValueError(f"column is {column!r}: {path.name} has {first.count(column)} of that name")
        if column not in named:
            raise ValueError(
                f"column is {column!r}: the first line of {path.name} names {', '.join(named) or 'none'}, "
                "choose one of them with --set column=NAME"
            )
        return cells[first.index(column)].iloc[1:]
    if len(named) > 1:
        raise ValueError(
            f"{path.name} has {len(named)} columns: name the one to read with --set column=NAME, "
            f"its first line has {', '.join(named)}"
        )
    if (wide := cells.iloc[:, 1:].ne("").any(axis=1)).any():
        raise ValueError(f"{path.name}, line {wide.idxmax()}: more than one value, but the first line has one")
    number = pandas.to_numeric(cells[0].head(1), errors="coerce").notna().any()
    missing = not named or named[0].lower() in ("nan", "na", "n/a", "null", "none", "-")
    return cells[0] if number or missing else cells[0].iloc[1:]


def one_hot(values: Iterable[int], classes: int = 100) -> np.ndarray:
    """Integers [n] → one-hot rows: float32 [n, classes].

    Raises ValueError for a value outside 0 … classes − 1.

    >>> one_hot([2, 0], classes=3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    values = np.asarray(list(values))
    _check_values(np.atleast_2d(values), classes)
    return np.eye(classes, dtype=np.float32)[values]


def decode(rows: np.ndarray) -> np.ndarray:
    """One-hot rows or probabilities [n, classes] → integers [n], the position of the largest value in each row."""
    return np.asarray(rows).argmax(axis=-1)
