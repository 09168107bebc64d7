"""Whatever a series came as, a pandas frame or series or a NumPy array, as checked numbers [rows, columns]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Table:
    """Finite numbers with the names that errors and frames need.

    values   float or integer [rows, columns]; a view of the data where it can be
    names    the columns' names; None for an array
    index    the row labels of a pandas object; None for an array
    single   whether the data was one series [rows], without an axis of columns
    """

    values: np.ndarray
    names: tuple[Any, ...] | None
    index: Any
    single: bool

    def column(self, number: int) -> str:
        """What to call a column in an error: its name, or its number."""
        return column_name(self.names, number)

    def place(self, row: int, number: int) -> str:
        """What to call one value in an error: "row 3, column 'wind'"."""
        label = ""
        if self.index is not None and self.index[row] != row:
            label = f" ({self.index[row]})"
        return f"row {row}{label}" if self.single else f"row {row}{label}, {self.column(number)}"

    def like(self, values: np.ndarray):
        """Other values [rows, columns] in the same clothes: a frame, a series or an array as the data was."""
        if self.index is None:
            return values[:, 0] if self.single else values
        import pandas

        if self.single:
            return pandas.Series(values[:, 0], index=self.index, name=self.names[0] if self.names else None)
        return pandas.DataFrame(values, index=self.index, columns=list(self.names or ()), copy=False)


def column_name(names: tuple[Any, ...] | None, number: int) -> str:
    return f"column {number}" if names is None else f"column {names[number]!r}"


def read(data, name: str = "data") -> Table:
    """A frame [rows, columns], a series [rows] or an array of either shape → a Table.

    name: what errors call the data. Raises ValueError, naming row and column, where it is empty, has a column that
    does not hold numbers, or holds a NaN or an infinity.
    """
    if hasattr(data, "to_numpy") and hasattr(data, "index"):
        table = _from_frame(data, name) if hasattr(data, "columns") else _from_series(data, name)
    else:
        values = np.asarray(data)
        if values.ndim not in (1, 2):
            raise ValueError(
                f"{name} of shape {values.shape}: need [rows] or [rows, columns]; prepare the series before framing it"
            )
        table = Table(values.reshape(len(values), -1) if values.size else values, None, None, values.ndim == 1)
    if not table.values.size:
        raise ValueError(f"{name} of shape {table.values.shape} is empty: give it one row or more")
    if table.values.dtype.kind not in "iuf":
        raise ValueError(f"{name} is of type {table.values.dtype}: need numbers (labels go through Categories)")
    _check_finite(table, name)
    return table


def _from_frame(frame, name: str) -> Table:
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"{name} has two columns named {twice!r}: rename one, so that each can be told apart")
    for label, kind in frame.dtypes.items():
        _check_numeric(kind, f"column {label!r} of {name}")
    if any(not isinstance(kind, np.dtype) for kind in frame.dtypes):  # pandas' nullable types, NA becoming NaN
        values = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        values = frame.to_numpy()
    return Table(values, tuple(frame.columns), frame.index, single=False)


def _from_series(series, name: str) -> Table:
    _check_numeric(series.dtype, f"series {series.name!r}" if series.name is not None else name)
    plain = isinstance(series.dtype, np.dtype)
    values = series.to_numpy() if plain else series.to_numpy(dtype=np.float64, na_value=np.nan)
    return Table(values[:, None], None if series.name is None else (series.name,), series.index, single=True)


def _check_numeric(kind, what: str) -> None:
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

    if not is_numeric_dtype(kind) or is_bool_dtype(kind) or is_complex_dtype(kind):
        raise ValueError(f"{what} is of type {kind}: need numbers (convert it, or leave the column out)")


def _check_finite(table: Table, name: str) -> None:
    finite = np.isfinite(table.values)
    if not finite.all():
        row, number = (int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(
            f"{table.place(row, number)} of {name} is {table.values[row, number]}: "
            f"fill the gap (frame.interpolate(), say) or drop the row"
        )
