"""Codec: from the integer codes of symbols to the features of a network, and back to symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import check_size, is_number, listed, shown
from lstm_lab.common.typed import check_fields
from lstm_lab.datasets.pairs import BLANK

Coding = Literal["scaled", "one_hot", "embedding"]


@dataclass(frozen=True)
class Codec:
    """How an integer code becomes features, and how a code becomes its symbol again.

    symbols: the text of each code, in order; code −1 (`BLANK`) is not a symbol but an empty place.
    coding:  "scaled"     one feature, (code + offset) / scale: the alphabet tutorial's 0 … 25 over 26
             "one_hot"    one feature per symbol: the echo and memory tutorials
             "embedding"  the code itself, as the input of an Embedding layer
    blank:   the value of every feature of an empty place: 0.0, or −1.0 for marked missing values.
    """

    symbols: tuple[str, ...]
    coding: Coding = "scaled"
    scale: float = 1.0
    offset: int = 0
    blank: float = 0.0

    def __post_init__(self):
        check_fields(self)
        if not self.symbols or not all(self.symbols) or not self.scale:
            raise ValueError(f"Codec of {len(self.symbols)} symbols and scale {self.scale}: need one or more of either")
        if self.coding == "scaled" and not self._tells_apart():
            raise ValueError(
                f"Codec.scale is {shown(self.scale)} and Codec.offset {shown(self.offset)}: the features of its "
                f"{self.classes} symbols, (code + offset) / scale, are infinite or alike; use numbers nearer 1"
            )

    def _tells_apart(self) -> bool:
        """Whether each code has a feature of its own, which is a number."""
        with np.errstate(all="ignore"):
            features = self._scaled(np.arange(self.classes)) if is_number(self.offset) else np.array([np.nan])
        return bool(np.isfinite(features).all() and np.diff(features).all())

    def _scaled(self, codes: np.ndarray) -> np.ndarray:
        return ((codes + np.float32(self.offset)) / np.float32(self.scale)).astype(np.float32)

    @property
    def classes(self) -> int:
        return len(self.symbols)

    @property
    def width(self) -> int:
        """Number of features of one code."""
        return self.classes if self.coding == "one_hot" else 1

    def encode(self, codes: np.ndarray) -> np.ndarray:
        """Codes [samples, time steps, n] → floats [samples, time steps, n · width] (float32).

        With coding "embedding": codes [samples, time steps, 1] → codes [samples, time steps] (int32).
        """
        codes = self.checked(codes, lowest=0 if self.coding == "embedding" else BLANK)
        if not codes.ndim or (self.coding == "embedding" and codes.shape[-1] != 1):
            n = 1 if self.coding == "embedding" else "n"
            raise ValueError(f"codes of shape {codes.shape}: need [samples, time steps, {n}]")
        need = 5 * codes.size * self.width
        check_size(need, f"{codes.size} codes of {self.width} features", "use fewer of either, or coding 'embedding'")
        if self.coding == "embedding":
            return codes[..., 0].astype(np.int32)
        empty = codes == BLANK
        if self.coding == "scaled":
            return np.where(empty, np.float32(self.blank), self._scaled(codes))
        rows = np.zeros((*codes.shape, self.classes), np.float32)
        np.put_along_axis(rows, np.maximum(codes, 0)[..., None], 1.0, axis=-1)
        rows[empty] = self.blank
        return rows.reshape(*codes.shape[:-1], codes.shape[-1] * self.classes)

    def text(self, codes) -> str:
        """Codes → their symbols in one string; an empty place is "·".

        >>> Codec(tuple("ABC")).text([0, 2, -1])
        'AC·'
        """
        codes = numbers("codes", codes, "")
        check_size(64 * codes.size, f"the text of {codes.size} codes", "use fewer")
        separator = "" if all(len(symbol) == 1 for symbol in self.symbols) else " "
        return separator.join("·" if c == BLANK else self.symbols[c] for c in np.ravel(self.checked(codes)))

    def spaced(self, codes) -> str:
        """The same for a reader: numbers stand apart, also those of one digit.

        >>> Codec(tuple("0123")).spaced([3, 1])
        '3 1'
        """
        numbers = all(symbol.isdecimal() for symbol in self.symbols)
        return " ".join(map(self.text, np.ravel(self.checked(codes)))) if numbers else self.text(codes)

    def checked(self, codes, lowest: int = BLANK) -> np.ndarray:
        """The codes as an array. ValueError for a code that has no symbol."""
        codes = numbers("codes", codes, "")
        codes = numbers("codes", codes, "iu" if codes.size else "")
        if codes.size and (int(codes.min()) < lowest or int(codes.max()) >= self.classes):
            wrong = codes.min() if int(codes.min()) < lowest else codes.max()
            raise ValueError(f"code {wrong} has no symbol: need {lowest} to {self.classes - 1}")
        return codes.astype(np.int32, copy=False)

    def code(self, symbol: str) -> int:
        """The code of one symbol. ValueError names the alphabet if the symbol is not in it."""
        try:
            return self.symbols.index(symbol)
        except ValueError:
            raise ValueError(
                f"symbol {shown(symbol)} is not in the alphabet: use one of {listed(self.symbols)}"
            ) from None
