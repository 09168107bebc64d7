"""Series of numbers, as supervised pairs of input steps and output steps, and as samples for truncated BPTT.

    to_supervised(frame, num_in=10)            every window of 10 steps → the step after it, as a frame or as arrays
    pieces(values, steps=168)                  a long series as samples of 168 time steps each
    streams(values, steps=24, batch_size=8)    the same, in an order in which state can be carried from batch to batch
    folded(values, period=24)                  24 hours as one time step with 24 features
    sine(200, period=25)                       a sine wave of 200 values

Source: the book's chapters on truncated BPTT (manual truncation) and on preparing data (sequences as supervised
learning, and its extensions). Scale a series before you frame it: see `lstm_lab.preparing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from lstm_lab.common.arrays import cast, numbers
from lstm_lab.common.checks import check_size, items, listed, shown
from lstm_lab.common.typed import Positive, typed
from lstm_lab.datasets.cutting import folded, pieces, streams, windows
from lstm_lab.preparing.columns import Columns, is_one_of, read_columns

__all__ = ["folded", "pieces", "sine", "streams", "to_arrays", "to_supervised", "wave_windows"]


@typed
def to_supervised(
    data,
    num_in: Positive = 1,
    num_out: Positive = 1,
    variables=None,
    *,
    inputs=None,
    targets=None,
    incomplete: Literal["drop", "keep"] = "drop",
    dtype=None,
):
    """Every window of `num_in` steps and the `num_out` steps after it: t−num_in … t−1 → t … t+num_out−1.

    data        a NumPy array or pandas object, [rows] or [rows, variables], one row per time step, in order
    variables   the columns to use, by name (of an array: by number); None: all
    inputs      those of the variables that are inputs; None: all
    targets     those of the variables that are predicted; None: all
    incomplete  what to do with windows that reach outside the data: "drop" them, or "keep" them, with NaN for each
                missing value, so that every t has a row
    dtype       the type of the result; None: the type of the data (networks take "float32"; NaN needs a float type)

    An array gives x [samples, num_in, inputs] and y [samples, num_out, targets], or y [samples, num_out] for one
    target. Both are read-only views; the data is copied once at most, for any length of the window.
    A frame or a series gives a frame. Its columns are named wind(t-1), wind(t), wind(t+1), or t-1, t, t+1 for a
    series without a name; its index is that of t. `to_arrays` turns such a frame, or some of its rows, into x and y.

    Raises ValueError for steps below 1, for more steps than the data has, for a variable that is unknown or not
    numeric, and for missing values.

    >>> import pandas as pd
    >>> to_supervised(pd.Series(range(10)), num_in=1, num_out=2, incomplete="keep")
       t-1    t  t+1
    0  NaN  0.0  1.0
    1  0.0  1.0  2.0
    2  1.0  2.0  3.0
    3  2.0  3.0  4.0
    4  3.0  4.0  5.0
    5  4.0  5.0  6.0
    6  5.0  6.0  7.0
    7  6.0  7.0  8.0
    8  7.0  8.0  9.0
    9  8.0  9.0  NaN
    >>> x, y = to_supervised(np.arange(10), num_in=3)
    >>> x.shape, y.shape, x[0, :, 0], y[0]
    ((7, 3, 1), (7, 1), array([0, 1, 2]), array([3]))
    """
    columns = read_columns(data)
    past, future = _choose(columns, variables, inputs, targets)
    rows = len(columns.values)
    if num_in + num_out > rows:
        raise ValueError(
            f"num_in is {num_in} and num_out {num_out}: data of {rows} row(s) is too short, "
            f"use {num_in + num_out} rows or more, or fewer steps"
        )
    values = columns.values if dtype is None else cast("data", columns.values, dtype)
    if incomplete == "keep":
        values = _with_edges(values, num_in, num_out - 1, dtype)
    x = windows(values[: len(values) - num_out, past], num_in)
    y = windows(values[num_in:, future], num_out)
    if columns.index is None:
        return x, y[:, :, 0] if y.shape[2] == 1 else y
    index = columns.index if incomplete == "keep" else columns.index[num_in : rows - num_out + 1]
    return _frame(columns, x, y, index, past, future)


def to_arrays(frame) -> tuple[np.ndarray, np.ndarray]:
    """A frame of `to_supervised`, or some of its rows → x [samples, num_in, inputs], y [samples, num_out, targets].

    For one target y is [samples, num_out]. The names of the columns show what they are: (t-n) is an input, (t) and
    (t+n) are targets. x and y are views if `to_supervised` made the frame. Raises ValueError for other names or
    another order of the columns.

    >>> import pandas as pd
    >>> hours = pd.DataFrame({"wind": [5, 6, 7, 8], "rain": [0, 1, 0, 1]})
    >>> frame = to_supervised(hours, num_in=2, targets="rain")
    >>> list(frame)
    ['wind(t-2)', 'rain(t-2)', 'wind(t-1)', 'rain(t-1)', 'rain(t)']
    >>> x, y = to_arrays(frame)
    >>> x.shape, y.tolist()
    ((2, 2, 2), [[0], [1]])
    """
    if not hasattr(frame, "columns") or isinstance(frame, type) or not len(frame):
        raise ValueError(f"frame is {shown(frame)}: need a frame that to_supervised made, with one row or more")
    lags: dict[int, list[str]] = {}
    for name in frame.columns:
        found = re.fullmatch(r"(?:(.*)\()?t([+-]\d+)?(?(1)\))", str(name), re.DOTALL)
        if not found:
            raise ValueError(f"column {shown(name)}: need names like wind(t-1), as to_supervised gives them")
        lags.setdefault(int((found[2] or "0")[:9]), []).append(found[1] or "")
    num_in, num_out = sum(lag < 0 for lag in lags), sum(lag >= 0 for lag in lags)
    past, future = lags.get(-num_in, []), lags.get(0, [])
    right = [_name(variable, lag) for lag in range(-num_in, 0) for variable in past]
    right += [_name(variable, lag) for lag in range(num_out) for variable in future]
    if not num_in or not num_out or [str(name) for name in frame.columns] != right:
        raise ValueError(
            f"columns are {listed(frame.columns) or 'none'}: need every input at each of t-n … t-1 and "
            f"then every target at each of t … t+n, in that order, as to_supervised gives them"
        )
    values = numbers("frame", frame.to_numpy())
    edge = num_in * len(past)
    x = values[:, :edge].reshape(len(values), num_in, len(past))
    y = values[:, edge:].reshape(len(values), -1, len(future))
    return x, y[:, :, 0] if len(future) == 1 else y


@typed
def sine(num_values: Positive, period: float = 25.0, noise: float = 0.0, rng: np.random.Generator | None = None):
    """A sine wave [num_values] between −1 and 1 that begins at 0 and rises; `period` values are one full cycle.

    noise: the standard deviation of the normal noise that is added; it is drawn from rng, a NumPy Generator.

    >>> sine(5, period=4).round(6) + 0.0
    array([ 0.,  1.,  0., -1.,  0.])
    """
    if not period > 0 or not noise >= 0:
        raise ValueError(f"period is {period} and noise {noise}: need a period above 0, and a noise of 0 or more")
    check_size(32 * num_values, f"num_values is {num_values}", "use fewer")
    if num_values / period > 2**52:  # floats cannot tell one place in the cycle from another
        raise ValueError(f"period is {period}: need {num_values / 2**52:.3g} or more for {num_values} values")
    wave = np.sin(2 * np.pi * np.arange(num_values) / period)
    if noise == 0:
        return wave
    if rng is None:
        raise ValueError(f"noise is {noise}: it needs a random generator, rng")
    return wave + rng.normal(0.0, noise, num_values)


@typed
def wave_windows(
    rng: np.random.Generator,
    rows: slice,
    steps: Positive,
    outputs: Positive = 1,
    *,
    period: float = 25.0,
    noise: float = 0.0,
    length: Positive = 900,
) -> tuple[np.ndarray, np.ndarray]:
    """A noisy sine wave as inputs and the values after them: x [samples, steps, 1], y [samples, outputs], float32.

    rows: the part of the `length` values of the wave that is used.

    >>> x, y = wave_windows(np.random.default_rng(0), slice(0, 400), steps=10, outputs=5)
    >>> x.shape, y.shape
    ((386, 10, 1), (386, 5))
    """
    wave = sine(length, period, noise, rng)
    try:
        used = wave[rows]
    except (TypeError, ValueError):
        raise ValueError(f"rows is {shown(rows)}: need a slice of whole numbers, as in slice(0, 400)") from None
    x, y = to_supervised(used, steps, outputs, dtype="float32")
    check_size(4 * (x.size + y.size), f"length is {length}, and steps {steps}", "use fewer")
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def _with_edges(values: np.ndarray, before: int, after: int, dtype) -> np.ndarray:
    """The values with rows of NaN before and after them, so that windows can reach outside the data."""
    if values.dtype.kind != "f":
        if dtype is not None:
            raise ValueError(f"dtype is {dtype}: incomplete='keep' marks missing values with NaN, so use a float type")
        values = values.astype(float)
    return np.pad(values, ((before, after), (0, 0)), constant_values=np.nan)


def _choose(columns: Columns, variables, inputs, targets) -> tuple[Any, Any]:
    """The inputs and the targets as indices of columns; a slice if they are all columns, which copies nothing."""
    names = tuple(range(columns.values.shape[1])) if columns.names is None else columns.names
    used = _listed("variables", variables, names, names)
    chosen = [_listed("inputs", inputs, used, used), _listed("targets", targets, used, used)]
    past, future = (slice(None) if some == names else [names.index(name) for name in some] for some in chosen)
    return past, future


def _listed(setting: str, given, allowed: tuple, default: tuple) -> tuple:
    """One name or several → a tuple; ValueError for a name that is not allowed or is given twice."""
    if given is None:
        return default
    several = isinstance(given, Iterable) and not isinstance(given, str | bytes)
    some = tuple(items(setting, given, "a list of names")) if several else (given,)
    unknown = [name for name in some if not is_one_of(name, allowed)]
    if unknown or not some or len(set(some)) < len(some):
        wrong = f"{setting} has {shown(unknown[0])}" if unknown else f"{setting} is {shown(list(some))}"
        raise ValueError(f"{wrong}: choose one or more, each once, from {listed(map(shown, allowed))}")
    return some


def _frame(columns: Columns, x: np.ndarray, y: np.ndarray, index, past, future):
    """The windows as a frame. They are copied once into contiguous rows, so that `to_arrays` copies nothing."""
    import pandas

    size = x.dtype.itemsize * (x.size + y.size)
    check_size(
        size, f"a frame of {len(x)} windows of {x.shape[1]} steps", "use fewer steps, or an array: x and y are views"
    )
    names = np.array(("",) if columns.names is None else columns.names, dtype=object)
    labels = [_name(name, lag) for lag in range(-x.shape[1], 0) for name in names[past]]
    labels += [_name(name, lag) for lag in range(y.shape[1]) for name in names[future]]
    edge = x.shape[1] * x.shape[2]
    rows = np.empty((len(x), len(labels)), x.dtype)
    rows[:, :edge].reshape(x.shape)[...] = x
    rows[:, edge:].reshape(y.shape)[...] = y
    return pandas.DataFrame(rows, index=index, columns=labels, copy=False)


def _name(variable, lag: int) -> str:
    when = f"t{lag:+d}" if lag else "t"
    return when if variable == "" else f"{variable}({when})"
