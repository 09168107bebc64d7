"""Labels → integers → one-hot, and back."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date
from typing import Self

import numpy as np

from lstm_lab.common.arrays import numbers, one_hot
from lstm_lab.common.checks import items, listed, shown
from lstm_lab.common.files import read_json, write_json

VERSION = 1


class Categories:
    """A fixed set of labels, each with its integer and its place in a one-hot row.

    labels: in the order of their integers, which may mean something (first, second, third). `Categories.of(data)`
    takes the distinct labels of the training data, sorted. Any other label is refused by name, since a network has no
    input for it.

    >>> seen = "cold cold warm cold hot hot warm cold warm hot".split()
    >>> weather = Categories.of(seen)
    >>> weather.integers(seen)
    array([0, 0, 2, 0, 1, 1, 2, 0, 2, 1], dtype=int32)
    >>> weather.one_hot(seen)[:3].tolist()
    [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    >>> weather.labels_of(weather.one_hot(seen)) == seen
    True
    """

    def __init__(self, labels: Iterable[Hashable]):
        self.labels = tuple(_labels(labels, "labels"))
        if len(self.labels) < 2:
            raise ValueError(f"labels are {shown(list(self.labels))}: need two or more to tell apart")
        _check_missing(self.labels)
        self._code = {label: code for code, label in enumerate(self.labels)}
        if len(self._code) < len(self.labels):
            twice = next(label for code, label in enumerate(self.labels) if self._code[label] != code)
            raise ValueError(f"label {shown(twice)} is given twice: give each label once")

    @classmethod
    def of(cls, training) -> Self:
        """The distinct labels of the training data, sorted as scikit-learn's LabelEncoder does."""
        from sklearn.preprocessing import LabelEncoder

        labels = _labels(training)
        _check_missing(labels)
        if wrong := [label for label in labels if not isinstance(label, bool | int | float | str | date)]:
            raise ValueError(
                f"label {shown(wrong[0])} cannot be sorted: use text or numbers, or list the labels yourself"
            )
        if len(kinds := sorted({type(label).__name__ for label in labels})) > 1:
            raise ValueError(
                f"labels are of the types {', '.join(kinds)}, which cannot be sorted together: use one type"
            )
        try:
            return cls(LabelEncoder().fit(labels).classes_)
        except TypeError:  # times with and without a time zone
            raise ValueError(f"labels are {shown(labels)}: they cannot be sorted together, use one kind") from None

    def integers(self, data) -> np.ndarray:
        """Labels [n] → their integers, int32 [n]; ValueError naming a label that is not known, and its place."""
        labels = _labels(data)
        codes = [self._code.get(label) for label in labels]
        if None in codes:
            place = codes.index(None)
            raise ValueError(f"label {shown(labels[place])} at place {place} is not known: use one of {self._shown()}")
        return np.array(codes, np.int32)

    def one_hot(self, data) -> np.ndarray:
        """Labels [n] → one-hot rows, float32 [n, labels]."""
        return one_hot(self.integers(data), len(self.labels))

    def labels_of(self, data) -> list:
        """Integers [n], or one-hot rows or probabilities [n, labels] (the largest counts) → a list of labels."""
        codes = numbers("data", data)
        if codes.ndim == 2 and codes.shape[1] == len(self.labels):
            if not np.isfinite(codes).all():
                raise ValueError("data holds a value that is not finite: no label is the largest there")
            codes = codes.argmax(axis=1)
        if codes.ndim != 1 or codes.dtype.kind not in "iu":
            raise ValueError(
                f"data of shape {list(codes.shape)} and type {codes.dtype}: need integers [n] or rows "
                f"[n, {len(self.labels)}]"
            )
        if (wrong := (codes < 0) | (codes >= len(self.labels))).any():
            place = int(wrong.argmax())
            raise ValueError(f"integer {codes[place]} at place {place}: need 0 to {len(self.labels) - 1}")
        return [self.labels[code] for code in codes]

    def save(self, path) -> None:
        """Write the labels as JSON; the file is never left half written."""
        if not all(isinstance(label, str | int | float) for label in self.labels):
            raise ValueError(f"labels are {self._shown()}: JSON keeps text and numbers, so use those")
        write_json(path, "Categories", VERSION, {"labels": list(self.labels)})

    @classmethod
    def load(cls, path) -> Self:
        """The saved labels; ValueError that names the file where it has another kind or version."""
        labels = read_json(path, "Categories", VERSION, {"labels"})["labels"]
        if not isinstance(labels, list) or not all(isinstance(label, str | int | float) for label in labels):
            raise ValueError(f"{path}: labels are {shown(labels)}, need a list of text or numbers")
        return cls(labels)

    def _shown(self) -> str:
        return listed(map(shown, self.labels[:31]))


def _check_missing(labels: Iterable[Hashable]) -> None:
    """ValueError for a missing value: None, NaN, pandas' NA, which does not even say whether it equals itself."""
    for label in labels:
        if label is None or (label != label) is not False:
            raise ValueError(f"label {shown(label)} is a missing value: fill the gap, or drop the row")


def _labels(data, name: str = "data") -> list:
    """A list, array or pandas series of labels as a list of plain Python values."""
    need = "a list of labels, or one column of a frame"
    if hasattr(data, "columns"):  # a frame's items are the names of its columns
        raise ValueError(f"{name} is {shown(data)}: need {need}")
    labels = [_plain(label) for label in items(name, data, need)]
    if not labels:
        raise ValueError("labels are empty: give it one or more")
    return labels


def _plain(label):
    """A label as Python's own value; ValueError for one that cannot be looked up."""
    plain = label.tolist() if isinstance(label, np.generic | np.ndarray) else label
    if isinstance(label, np.datetime64 | np.timedelta64) and isinstance(plain, int):
        raise ValueError(f"label {label} is finer than a microsecond: use data.astype('datetime64[us]'), or text")
    try:
        hash(plain), plain == plain
    except Exception:  # a list, a tuple with a list in it, or whatever an object of one's own raises
        raise ValueError(f"label {shown(plain)} is a {type(plain).__name__}: use text or numbers") from None
    return plain
