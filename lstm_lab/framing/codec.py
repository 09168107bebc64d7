"""Codec: between the integer codes of symbols and the features a network sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstm_lab.datasets.pairs import BLANK

Coding = Literal["scaled", "one_hot", "embedding"]


@dataclass(frozen=True)
class Codec:
    """How one integer code becomes features, and back into its symbol.

    symbols: the text of each code, in order; code −1 (`BLANK`) is no symbol but a place left empty.
    coding:  "scaled"     one feature, (code + offset) / scale: the alphabet tutorial's 0 … 25 over 26
             "one_hot"    one feature per symbol: the echo and memory tutorials
             "embedding"  the code itself, for an Embedding layer to look up
    blank:   what every feature of an empty place is: 0.0, or −1.0 where rows are marked as missing.
    """

    symbols: tuple[str, ...]
    coding: Coding = "scaled"
    scale: float = 1.0
    offset: int = 0
    blank: float = 0.0

    @property
    def classes(self) -> int:
        return len(self.symbols)

    @property
    def width(self) -> int:
        """Features one code becomes."""
        return self.classes if self.coding == "one_hot" else 1

    def encode(self, codes: np.ndarray) -> np.ndarray:
        """Codes [samples, time steps, n] → floats [samples, time steps, n · width] (float32).

        With coding "embedding": codes [samples, time steps, 1] → codes [samples, time steps] (int32).
        """
        codes = self.checked(codes, lowest=0 if self.coding == "embedding" else BLANK)
        if self.coding == "embedding":
            return codes[..., 0].astype(np.int32)
        empty = codes == BLANK
        if self.coding == "scaled":
            values = (codes + np.float32(self.offset)) / np.float32(self.scale)
            return np.where(empty, np.float32(self.blank), values).astype(np.float32)
        rows = np.zeros((*codes.shape, self.classes), np.float32)
        np.put_along_axis(rows, np.maximum(codes, 0)[..., None], 1.0, axis=-1)
        rows[empty] = self.blank
        return rows.reshape(*codes.shape[:-1], codes.shape[-1] * self.classes)

    def text(self, codes) -> str:
        """Codes → their symbols in one string; an empty place is shown as "·".

        >>> Codec(tuple("ABC")).text([0, 2, -1])
        'AC·'
        """
        codes = self.checked(codes)
        separator = "" if all(len(symbol) == 1 for symbol in self.symbols) else " "
        return separator.join("·" if c == BLANK else self.symbols[c] for c in np.ravel(codes))

    def checked(self, codes, lowest: int = BLANK) -> np.ndarray:
        """The codes as an array; ValueError for one that stands for no symbol."""
        codes = np.asarray(codes)
        if codes.size and (codes.min() < lowest or codes.max() >= self.classes):
            wrong = codes.min() if codes.min() < lowest else codes.max()
            raise ValueError(f"code {wrong} stands for no symbol here: need {lowest} to {self.classes - 1}")
        return codes

    def code(self, symbol: str) -> int:
        """The code of one symbol; ValueError with the alphabet if it is not among them."""
        try:
            return self.symbols.index(symbol)
        except ValueError:
            shown = ", ".join(self.symbols[:30]) + (", …" if self.classes > 30 else "")
            raise ValueError(f"symbol {symbol!r} is not in the alphabet: use one of {shown}") from None
