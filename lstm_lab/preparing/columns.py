"""Series as checked numbers [rows, columns], whether they come as a pandas frame, a pandas series or a NumPy array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import shown


@dataclass(frozen=True, eq=False)
class Columns:
    """Finite numbers, one column for each series, and the names that errors and frames need.

    values   float or integer [rows, columns]; a view of the data where that is possible
    names    the columns' names; None for an array
    index    the row labels of a pandas object; None for an array
    single   whether the data was one series [rows], without an axis of columns
    """

    values: np.ndarray
    names: tuple[Any, ...] | None
    index: Any
    single: bool

    def name(self, number: int) -> str:
        """What errors call a column: "column 'wind'", or "column 2" where it has no name."""
        return column_name(self.names, number)

    def place(self, row: int, number: int) -> str:
        """What errors call one value: "row 3, column 'wind'"."""
        label = f" ({self.index[row]})" if self.index is not None and self.index[row] != row else ""
        return f"row {row}{label}" + ("" if self.single else f", {self.name(number)}")

    def like(self, values: np.ndarray):
        """Other values [rows, columns] in the form that the data had: a frame, a series or an array."""
        if self.index is None:
            return values[:, 0] if self.single else values
        import pandas

        if self.single:
            return pandas.Series(values[:, 0], index=self.index, name=self.names[0] if self.names else None)
        return pandas.DataFrame(values, index=self.index, columns=list(self.names or ()), copy=False)


def is_one_of(name, names: tuple[Any, ...]) -> bool:
    """Whether a name is one of those of the columns; a list is none, nor pandas' NA, which does not say what it is."""
    try:
        return not isinstance(name, bool) and name in set(names)
    except TypeError:
        return False


def column_name(names: tuple[Any, ...] | None, number: int) -> str:
    return f"column {number}" if names is None else f"column {shown(names[number])}"


def read_columns(data, name: str = "data") -> Columns:
    """A frame [rows, columns], a series [rows] or an array of either shape → its columns.

    name: what errors call the data. Raises ValueError, naming row and column, where the data is empty, has a column
    without numbers, or has a NaN or an infinity.
    """
    if hasattr(data, "to_numpy") and hasattr(data, "index") and not isinstance(data, type):
        columns = _of_pandas(data, name)
    else:
        values = numbers(name, data, "")
        if values.ndim not in (1, 2):
            raise ValueError(
                f"{name} of shape {values.shape}: need [rows] or [rows, columns]; prepare the series before framing it"
            )
        columns = Columns(values.reshape(len(values), -1) if values.size else values, None, None, values.ndim == 1)
    if not columns.values.size:
        raise ValueError(f"{name} of shape {columns.values.shape} is empty: give it one row or more")
    if columns.values.dtype.kind not in "iuf":
        raise ValueError(f"{name} is of type {columns.values.dtype}: need numbers (labels go through Categories)")
    with np.errstate(over="ignore"):  # of a longer float, which may go beyond the range of float64
        finite = np.isfinite(columns.values.astype(float) if columns.values.itemsize > 8 else columns.values)
    if len(wrong := np.argwhere(~finite)):
        row, number = (int(place) for place in wrong[0])
        raise ValueError(
            f"{columns.place(row, number)} of {name} is {columns.values[row, number]!s}: "
            f"fill the gap (for example with frame.interpolate()) or drop the row"
        )
    return columns


def _of_pandas(data, name: str) -> Columns:
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

    single = not hasattr(data, "columns")
    frame = data.to_frame() if single else data
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"{name} has two columns named {shown(twice)}: rename one, so that each can be told apart")
    for label, kind in frame.dtypes.items():
        if not is_numeric_dtype(kind) or is_bool_dtype(kind) or is_complex_dtype(kind):
            what = f"column {shown(label)} of {name}"
            if single:
                what = name if data.name is None else f"series {shown(label)}"
            raise ValueError(f"{what} is of type {kind}: need numbers (convert it, or leave the column out)")
    if all(isinstance(kind, np.dtype) for kind in frame.dtypes):
        values = frame.to_numpy()
    else:  # pandas' nullable types: NA becomes NaN
        values = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    names = None if single and data.name is None else tuple(frame.columns)
    return Columns(values, names, frame.index, single)
