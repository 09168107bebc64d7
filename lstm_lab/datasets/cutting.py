"""A long series cut into samples for truncated BPTT; `lstm_lab.datasets.series` has these functions too."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from lstm_lab.common.typed import Positive, typed
from lstm_lab.preparing.columns import read_columns


@typed
def pieces(values, steps: Positive, overlap: int = 0, rest: Literal["refuse", "drop_first", "drop_last"] = "refuse"):
    """A long series cut into samples of `steps` time steps: [rows] or [rows, features] → [pieces, steps, features].

    This is truncation by hand: no gradient goes back beyond the first step of a piece. If the pieces do not overlap and
    are learnt in order with carried state, this is TBPTT(steps, steps). Without carried state the pieces are
    independent samples: they may be shuffled, and the network has no information about the steps before a piece. With
    an overlap, the later steps of a piece have at least that many steps before them.

    overlap  number of steps that a piece shares with the piece before; fewer than `steps`
    rest     what to do with rows that do not fill a piece: refuse them, or drop them at the start or at the end
    For targets one step ahead, cut values[:-1] and values[1:] in the same way. The result is a read-only view of the
    data if possible.

    >>> hours = np.arange(10.0)
    >>> pieces(hours, steps=4, overlap=1)[:, :, 0].tolist()
    [[0.0, 1.0, 2.0, 3.0], [3.0, 4.0, 5.0, 6.0], [6.0, 7.0, 8.0, 9.0]]
    >>> pieces(hours[:-1], steps=3).shape, pieces(hours[1:], steps=3)[0, :, 0].tolist()
    ((3, 3, 1), [1.0, 2.0, 3.0])
    """
    values = read_columns(values, "values").values
    if overlap not in range(steps):
        raise ValueError(f"overlap is {overlap}: need 0 to {steps - 1}, fewer than the {steps} steps of a piece")
    if steps > (rows := len(values)):
        raise ValueError(f"steps is {steps}: there are only {rows} rows, use that or fewer")
    stride = steps - overlap
    what = f"pieces of {steps} steps" + (f" overlapping by {overlap}" if overlap else "")
    return windows(_fit(values, overlap, stride, rest, what), steps)[::stride]


@typed
def streams(
    values, steps: Positive, batch_size: Positive, rest: Literal["refuse", "drop_first", "drop_last"] = "refuse"
):
    """A long series as `batch_size` streams side by side, for a stateful network: [pieces, steps, features].

    The series is cut into `batch_size` long parts, one for each slot of the batch. Slot i of a batch continues where
    slot i of the batch before ended, so the carried state fits (in Keras: stateful=True, this batch_size,
    shuffle=False, and reset_state after each epoch). In batches of consecutive pieces, as `pieces` gives them, every
    slot would have the state of the piece that is `batch_size` pieces earlier.

    >>> streams(np.arange(12), steps=2, batch_size=2)[:, :, 0].tolist()
    [[0, 1], [6, 7], [2, 3], [8, 9], [4, 5], [10, 11]]
    """
    values = read_columns(values, "values").values
    if steps * batch_size > (rows := len(values)):
        raise ValueError(
            f"steps is {steps} and batch_size {batch_size}: {rows} rows do not fill one batch of {steps * batch_size}"
        )
    what = f"batches of {batch_size} × {steps} steps"
    fitting = _fit(values, 0, steps * batch_size, rest, what)
    cut = fitting.reshape(batch_size, -1, steps, fitting.shape[1])
    return cut.swapaxes(0, 1).reshape(-1, steps, fitting.shape[1])


@typed
def folded(values, period: Positive, rest: Literal["refuse", "drop_first", "drop_last"] = "refuse"):
    """Every `period` rows as one time step: [rows] or [rows, features] → [rows / period, period · features].

    Hours folded by 24 are days with 24 features. A year then has 365 time steps and not 8,760; for truncated BPTT a
    few hundred at most are advised. The features of one row stay together, and the oldest row is first.

    >>> folded(np.arange(48), period=24).shape, pieces(folded(np.arange(8760), 24), steps=365).shape
    ((2, 24), (1, 365, 24))
    """
    values = read_columns(values, "values").values
    if period > (rows := len(values)):
        raise ValueError(f"period is {period}: there are only {rows} rows, use that or fewer")
    return _fit(values, 0, period, rest, f"periods of {period} rows").reshape(-1, period * values.shape[1])


def windows(values: np.ndarray, steps: int) -> np.ndarray:
    """[rows, columns] → every window of `steps` rows, a read-only view [rows − steps + 1, steps, columns]."""
    return sliding_window_view(values, steps, axis=0).swapaxes(1, 2)


def _fit(values: np.ndarray, head: int, stride: int, rest: str, what: str) -> np.ndarray:
    """The rows that fill `head` and then whole strides; other rows are refused or dropped."""
    over = (len(values) - head) % stride
    if over and rest == "refuse":
        raise ValueError(
            f"{len(values)} rows do not make whole {what}, {over} are left over: use rest='drop_first' or 'drop_last'"
        )
    return values[over:] if rest == "drop_first" else values[: len(values) - over]
