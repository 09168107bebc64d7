"""Scaling each column by its own coefficients, taken from the training data, with scikit-learn's scalers."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import check_choice, is_number, listed, shown
from lstm_lab.common.files import read_json, write_json
from lstm_lab.preparing.columns import Columns, column_name, is_one_of, read_columns

VERSION = 1
_SETTINGS = ("method", "low", "high", "outside")


class Scaler:
    """Normalises to a range, or standardises to mean 0 and deviation 1; each column by its own coefficients.

    method     "normalise": (value − min) / (max − min), stretched to low … high; "standardise": (value − mean) /
               deviation, where the deviation is the population's (the sum is divided by n)
    low, high  the range of normalised training data
    outside    what to do with a value outside the range of the training data: "refuse" it with a message that names
               it, "clip" it to that range, or "allow" it and scale it like any other

    Takes series [rows] or several columns [rows, columns], NumPy or pandas, and returns the same form. There is one
    `fit`, on the training data, and no fit-and-transform: with coefficients from the test data the results would look
    better than they are. Where the true range is known, fit on that instead: `fit([[low, …], [high, …]])`. A column
    that never changes is refused: its range and deviation are 0, and nothing can be divided by them.

    >>> tens = np.arange(10, 101, 10)
    >>> scaler = Scaler("normalise").fit(tens)
    >>> scaler.transform(tens).round(4)[:3], scaler.inverse([0.0, 1.0])
    (array([0.    , 0.1111, 0.2222]), array([ 10., 100.]))
    >>> series = np.array([1.0, 5.5, 9.0, 2.6, 8.8, 3.0, 4.1, 7.9, 6.3])
    >>> scaler = Scaler("standardise").fit(series)
    >>> print(scaler)
    mean 5.355556, deviation 2.712568, min 1, max 9
    >>> scaler.transform(series)[0].round(8), scaler.inverse(scaler.transform(series))[0]
    (np.float64(-1.60569456), np.float64(1.0))
    """

    def __init__(
        self,
        method: Literal["normalise", "standardise"] = "normalise",
        low: float = 0.0,
        high: float = 1.0,
        outside: Literal["refuse", "clip", "allow"] = "refuse",
    ):
        check_choice("method", method, "normalise", "standardise")
        check_choice("outside", outside, "refuse", "clip", "allow")
        if not (is_number(low) and is_number(high) and low < high):
            raise ValueError(f"low is {shown(low)} and high {shown(high)}: need finite numbers, low below high")
        if method == "standardise" and (low, high) != (0.0, 1.0):
            raise ValueError(f"low is {low} and high {high}: a range is for normalise; standardise has none")
        self.method, self.low, self.high, self.outside = method, float(low), float(high), outside
        self.names: tuple[Any, ...] | None = None
        self.coefficients: dict[str, np.ndarray] = {}

    def __str__(self) -> str:
        if not self.coefficients:
            return f"{self.method}: not fitted"
        low, high = self.coefficients["minimum"], self.coefficients["maximum"]
        lines = []
        for number in range(len(low)):
            text = "" if len(low) == 1 else f"{column_name(self.names, number)} · "
            if self.method == "standardise":
                mean, deviation = (self.coefficients[name][number] for name in ("mean", "deviation"))
                text += f"mean {mean:.7g}, deviation {deviation:.7g}, "
            lines.append(f"{text}min {low[number]:g}, max {high[number]:g}")
        return "\n".join(lines)

    def fit(self, training) -> Self:
        """Take the coefficients from the training data [rows] or [rows, columns], once.

        Raises ValueError for a second fit, missing values, columns without numbers and columns that never change.
        """
        if self.coefficients:
            raise ValueError("this scaler is fitted already: make a new Scaler for other training data")
        columns = read_columns(training, "the training data")
        values = columns.values.astype(float, copy=False)
        minimum, maximum = values.min(axis=0), values.max(axis=0)
        if (constant := minimum == maximum).any():
            number = int(constant.argmax())
            raise ValueError(
                f"{columns.name(number)} of the training data is {minimum[number]:g} in every row: it has no range "
                f"to {self.method} by, so leave it out, or fit on the range it is known to have"
            )
        coefficients = {"minimum": minimum, "maximum": maximum}
        with np.errstate(over="ignore", invalid="ignore"):
            if self.method == "standardise":
                from sklearn.preprocessing import StandardScaler

                fitted = StandardScaler().fit(values)
                coefficients |= {"mean": fitted.mean_, "deviation": fitted.scale_}
            usable = _usable(coefficients)
            if self.method == "standardise":  # scikit-learn divides by 1 where the deviation is nothing beside the mean
                usable &= fitted.scale_ == np.sqrt(fitted.var_)
        if not usable.all():
            number = int(usable.argmin())
            raise ValueError(
                f"{columns.name(number)} of the training data goes from {minimum[number]:g} to {maximum[number]:g}: "
                f"too far apart or too near for floats to {self.method}, so change the column's unit or zero"
            )
        self.names, self.coefficients = columns.names, coefficients
        return self

    def transform(self, data):
        """The scaled values, in the form of the data.

        Raises ValueError before `fit`, for other columns than those of `fit`, and for refused values.
        """
        columns = self._read(data)
        values, low, high = columns.values, self.coefficients["minimum"], self.coefficients["maximum"]
        if self.outside == "refuse" and (wrong := (values < low) | (values > high)).any():
            row, number = (int(i) for i in np.argwhere(wrong)[0])
            raise ValueError(
                f"{columns.place(row, number)} is {values[row, number]:g}: the training data went from {low[number]:g} "
                f"to {high[number]:g}; use outside='clip' or 'allow' if values beyond that range shall be scaled"
            )
        if self.outside == "clip":
            values = np.clip(values, low, high)
        kind = np.float32 if columns.values.dtype == np.float32 else np.float64
        return columns.like(self._finite(columns, self._sklearn().transform, values, kind))

    def inverse(self, data, column: Any = None):
        """Scaled values, for example predictions, in their own units again, float64, inside and outside the range.

        data    [rows] or [rows, columns], or framed: [samples, steps, columns]
        column  the name or number of a column where data of any shape holds that one only: for example predictions
                [samples, steps] of one target
        """
        if not hasattr(data, "to_numpy") or isinstance(data, type):
            data = numbers("data", data, "")
        if column is None and data.ndim <= 2:
            columns = self._read(data)
            return columns.like(self._finite(columns, self._sklearn().inverse_transform, columns.values))
        values = np.asarray(data)
        if column is None:
            scaler, flat = self._sklearn(), self._read(values.reshape(-1, values.shape[-1] or 1))
        else:
            scaler, flat = self._sklearn([self._number(column)]), read_columns(values.reshape(-1))
            for name in getattr(data, "columns", [getattr(data, "name", None)]):
                if name != column and is_one_of(name, self.names or ()):
                    raise ValueError(f"data has column {shown(name)}, and column is {shown(column)}: use the same")
        return self._finite(flat, scaler.inverse_transform, flat.values).reshape(values.shape)

    def save(self, path) -> None:
        """Write the coefficients as JSON; the file is never left half written. ValueError before `fit`."""
        self._check_fitted()
        if self.names is not None and not all(isinstance(name, str | int) for name in self.names):
            raise ValueError(
                f"columns are named {shown(list(self.names))}: JSON keeps text and integers, so rename them"
            )
        content = {name: getattr(self, name) for name in _SETTINGS}
        content["columns"] = None if self.names is None else list(self.names)
        content["coefficients"] = {name: values.tolist() for name, values in self.coefficients.items()}
        write_json(path, "Scaler", VERSION, content)

    @classmethod
    def load(cls, path) -> Self:
        """A scaler that scales exactly as the saved one did.

        Raises ValueError that names the file where it has another kind or version, or numbers that do not fit together.
        """
        content = read_json(path, "Scaler", VERSION, {*_SETTINGS, "columns", "coefficients"})
        names = content["columns"]
        if names is not None and not (isinstance(names, list) and all(isinstance(name, str | int) for name in names)):
            raise ValueError(f"{path} does not hold a usable scaler: columns are {shown(names)}, need a list of names")
        if names is not None and (len(set(names)) < len(names) or bool in map(type, names)):
            raise ValueError(f"{path} does not hold a usable scaler: columns are {shown(names)}, need different names")
        try:
            scaler = cls(*(content[name] for name in _SETTINGS))
            scaler.names = None if names is None else tuple(names)
            scaler.coefficients = {name: _coefficients(name, kept) for name, kept in content["coefficients"].items()}
            scaler._check_coefficients()
        except (AttributeError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"{path} does not hold a usable scaler: {' '.join(str(error).split())}") from None
        return scaler

    def _check_coefficients(self) -> None:
        """ValueError where the coefficients of a file are not those of the method, one for each column."""
        needed = {"minimum", "maximum"} | ({"mean", "deviation"} if self.method == "standardise" else set())
        if set(self.coefficients) != needed:
            raise ValueError(
                f"coefficients are {shown(sorted(self.coefficients))}, {self.method} needs {sorted(needed)}"
            )
        shape = (len(self.coefficients["minimum"] if self.names is None else self.names),)
        for name, values in self.coefficients.items():
            if values.shape != shape or not shape[0]:
                raise ValueError(f"{name} has shape {list(values.shape)}, need {list(shape)}, a number for each column")
            if not np.isfinite(values).all():
                raise ValueError(f"{name} is {shown(values.tolist())}, need finite numbers")
        if not (self.coefficients["minimum"] < self.coefficients["maximum"]).all():
            raise ValueError("a minimum is not below its maximum")
        if not (self.coefficients.get("deviation", np.ones(1)) > 0).all():
            raise ValueError("a deviation is not above 0")
        with np.errstate(over="ignore"):
            if not _usable(self.coefficients).all():
                raise ValueError("no float holds the range of a column, or its reciprocal")

    def _sklearn(self, chosen: slice | list[int] = slice(None)):
        """scikit-learn's scaler with these coefficients, for the chosen columns."""
        from sklearn.preprocessing import MinMaxScaler, StandardScaler

        some = {name: values[chosen] for name, values in self.coefficients.items()}
        if self.method == "normalise":
            return MinMaxScaler((self.low, self.high)).fit(np.stack([some["minimum"], some["maximum"]]))
        scaler = StandardScaler()
        scaler.mean_, scaler.scale_, scaler.n_features_in_ = some["mean"], some["deviation"], len(some["mean"])
        return scaler

    def _read(self, data) -> Columns:
        """The columns of the data; ValueError before `fit`, or where they are not those of the training data."""
        self._check_fitted()
        columns = read_columns(data)
        count, fitted = columns.values.shape[1], len(self.coefficients["minimum"])
        if count != fitted:
            raise ValueError(f"data has {count} column(s): the scaler was fitted on {fitted}")
        if columns.names is not None and self.names is not None and columns.names != self.names:
            raise ValueError(
                f"data has columns {shown(list(columns.names))}: the scaler was fitted on {shown(list(self.names))}"
            )
        return columns

    def _finite(self, columns: Columns, function, values: np.ndarray, kind: type = np.float64) -> np.ndarray:
        """The function's values, reckoned in float64; ValueError names the first that the kind of float cannot hold."""
        with np.errstate(over="ignore", invalid="ignore"):
            wide = values.astype(float, copy=False)
            result: np.ndarray = (function(wide) if np.isfinite(wide).all() else wide).astype(kind, copy=False)
        if len(wrong := np.argwhere(~np.isfinite(result))):
            row, number = (int(i) for i in wrong[0])
            raise ValueError(
                f"{columns.place(row, number)} is {values[row, number]:g}: no float holds what it becomes; leave it out"
            )
        return result

    def _check_fitted(self) -> None:
        if not self.coefficients:
            raise ValueError("this scaler is not fitted: call fit(training data) first")

    def _number(self, column) -> int:
        self._check_fitted()
        names = tuple(range(len(self.coefficients["minimum"]))) if self.names is None else self.names
        if not is_one_of(column, names):
            raise ValueError(f"column is {shown(column)}: the scaler has {listed(map(shown, names))}")
        return names.index(column)


def _coefficients(name: str, kept) -> np.ndarray:
    """The numbers of a file; ValueError for what is none: NumPy would make 1.0 of true and of "1"."""
    if not isinstance(kept, list) or not {int, float}.issuperset(map(type, kept)):
        raise ValueError(f"{name} is {shown(kept)}: need a list of numbers")
    return np.array(kept, float)


def _usable(coefficients: dict[str, np.ndarray]) -> np.ndarray:
    """Which columns can be divided by their range or deviation: bool [columns]."""
    width = coefficients.get("deviation", coefficients["maximum"] - coefficients["minimum"])
    with np.errstate(divide="ignore"):
        return np.isfinite(coefficients.get("mean", width)) & np.isfinite(width) & np.isfinite(1 / width)
