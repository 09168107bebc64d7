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

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.arrays import one_hot as one_hot_rows
from lstm_lab.common.checks import items
from lstm_lab.common.typed import NotNegative, Positive, typed
from lstm_lab.datasets.integers import read_integers as read_integers
from lstm_lab.datasets.pairs import BLANK, Pairs, check_room

Classes = Annotated[int, 2, 2**31 - 1]
Unreachable = Literal["allowed", "refused"]
FIRST_ROW = 5  # t of the tutorial's first row of five values, although the row of t = 4 is complete too


@typed
def draw(
    num_sequences: Positive, rng: np.random.Generator, length: Positive = 25, classes: Classes = 100
) -> np.ndarray:
    """Integers drawn uniformly from 0 … classes − 1: int32 [sequences, length].

    rng: a NumPy Generator. Raises ValueError for a size below 1 or fewer than two classes.

    >>> draw(1, np.random.default_rng(7), length=5)
    array([[94, 62, 68, 89, 57]], dtype=int32)
    """
    what = f"num_sequences is {num_sequences} and length {length}"
    check_room(num_sequences * length, 0, what, "use fewer or shorter sequences")
    return rng.integers(0, classes, size=(num_sequences, length)).astype(np.int32)


@typed
def pairs(
    values: Any,
    lag: NotNegative = 1,
    context: Positive = 1,
    *,
    classes: Positive = 100,
    first: int | None = None,
    last: int | None = None,
    every: Positive = 1,
    sequences_per_epoch: Positive | None = None,
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
    values = np.atleast_2d(numbers("values", values, "iu"))
    if values.ndim != 2:
        raise ValueError(f"values of shape {values.shape}: need [sequences, length] or [length]")
    length = values.shape[1]
    _check_values(values, classes)
    _check_lag(lag, context, length, unreachable)
    ends = range(max(lag, context - 1) if first is None else first, length if last is None else last + 1, every)
    if not ends:
        raise ValueError(
            f"a sequence of {length} values has no row with a context of {context} and lag {lag}: "
            f"it needs {max(lag + 1, context)} or more"
        )
    reach = length + context - 2
    outside = next((t for t in ends[: reach + 2] if not 0 <= t <= reach), None)
    if outside is not None:
        raise ValueError(
            f"a row of {context} values that ends at {outside} lies outside a sequence of {length}: "
            f"use first and last from 0 to {reach}"
        )
    what = f"{len(values)} × {len(ends)} rows of {context} values, and {classes} classes"
    check_room(len(values) * len(ends) * context, classes, what, "use fewer, or smaller numbers")
    t, values = np.array(ends), values.astype(np.int32)
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


@typed
def fresh(
    epochs: Positive,
    rng: np.random.Generator,
    *,
    sequences: Positive = 1,
    length: Positive = 25,
    classes: Classes = 100,
    **rows,
) -> Pairs:
    """Rows of `sequences` new random sequences in every epoch; **rows are other arguments of `pairs`.

    >>> rows = fresh(500, np.random.default_rng(7), lag=1)
    >>> len(rows), rows.per_epoch, rows.per_sequence
    (12000, 24, 24)
    """
    what = f"epochs is {epochs}, with {sequences} sequence(s) of length {length}"
    check_room(epochs * sequences * length, 0, what, "use fewer epochs, or fewer or shorter sequences")
    values = draw(epochs * sequences, rng, length, classes)
    return pairs(values, classes=classes, sequences_per_epoch=sequences, **rows)


@typed
def tutorial_rows(
    epochs: Positive,
    rng: np.random.Generator,
    *,
    steps: Positive = 5,
    lag: NotNegative = 1,
    unreachable: Unreachable = "refused",
    length: Positive = 25,
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
    wrong = (values < 0) | (values >= classes)
    if wrong.any():
        row, step = np.argwhere(wrong)[0]
        raise ValueError(
            f"value {values[row, step]} at step {step} of sequence {row} is outside the alphabet 0 to {classes - 1}: "
            f"use classes = {max(int(values.max()) + 1, classes)} or change the value"
        )


def _check_lag(lag: int, context: int, length: int, unreachable: Unreachable) -> None:
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


@typed
def one_hot(values: Iterable[int], classes: Positive = 100) -> np.ndarray:
    """Integers [n] → one-hot rows: float32 [n, classes].

    Raises ValueError for a value outside 0 … classes − 1.

    >>> one_hot([2, 0], classes=3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    codes = numbers("values", items("values", values, "a list of integers"), "iu")
    _check_values(np.atleast_2d(codes), classes)
    return one_hot_rows(codes, classes)


def decode(rows: np.ndarray) -> np.ndarray:
    """One-hot rows or probabilities [n, classes] → integers [n], the position of the largest value in each row."""
    rows = numbers("rows", rows)
    if rows.ndim < 1 or not rows.shape[-1]:
        raise ValueError(f"rows of shape {list(rows.shape)}: need [n, classes]")
    if not np.isfinite(rows).all():
        raise ValueError(f"row {int(np.argwhere(~np.isfinite(rows))[0, 0])} is not finite: it has no largest value")
    return rows.argmax(axis=-1)
