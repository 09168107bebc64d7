"""Pairs: what every dataset of symbols returns and every framing takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_lab.common.checks import check_size
from lstm_lab.common.typed import Positive, check_fields

BLANK = -1  # the code of an empty place, which no symbol has


@dataclass(frozen=True, eq=False)
class Pairs:
    """Inputs and targets as codes of symbols.

    inputs        int32 [pairs, longest context]; a shorter context is padded on the left with `BLANK`
    targets       int32 [pairs], or [pairs, outputs] for several targets
    symbols       the text of code 0, 1, …
    loss_mask     bool [pairs]: which targets count in the loss; None: all
    per_sequence  pairs of one sequence, if there are several; None: all pairs are one sequence
    per_epoch     pairs of one epoch, if every epoch has fresh pairs; None: every epoch has all pairs
    starts        bool [pairs]: where a sequence begins, for sequences of different lengths; None: see per_sequence
    """

    inputs: np.ndarray
    targets: np.ndarray
    symbols: tuple[str, ...]
    loss_mask: np.ndarray | None = None
    per_sequence: Positive | None = None
    per_epoch: Positive | None = None
    starts: np.ndarray | None = None

    def __post_init__(self):
        check_fields(self)
        shapes = self.inputs.shape, self.targets.shape
        axes = (len(shapes[0]), len(shapes[1]))
        if axes not in ((2, 1), (2, 2)) or shapes[0][0] != shapes[1][0] or 0 in (*shapes[0], *shapes[1]):
            raise ValueError(
                f"inputs of shape {shapes[0]} and targets of shape {shapes[1]}: need [pairs, context] and [pairs], or "
                "[pairs, outputs], one pair or more"
            )
        for name, flags in (("loss_mask", self.loss_mask), ("starts", self.starts)):
            if flags is not None and (flags.dtype != bool or not flags.ndim or len(flags) != len(self)):
                raise ValueError(f"{name} of shape {flags.shape} and type {flags.dtype}: need a bool for each pair")
        if len(self) % (self.per_sequence or 1):
            raise ValueError(f"per_sequence is {self.per_sequence}: it does not divide the {len(self)} pairs")
        check_codes("inputs", self.inputs, self.classes, BLANK)
        check_codes("targets", self.targets, self.classes)

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def classes(self) -> int:
        return len(self.symbols)


def check_codes(name: str, codes: np.ndarray, classes: int, lowest: int = 0) -> None:
    """ValueError for codes that are no integers, and naming the first that is not from `lowest` to classes − 1."""
    if not np.issubdtype(codes.dtype, np.integer):
        raise ValueError(f"{name} of type {codes.dtype}: need integer codes")
    check_range(name, codes, classes, lowest)


def check_range(name: str, codes: np.ndarray, classes: int, lowest: int = 0) -> None:
    """ValueError naming the first code that is not from `lowest` to classes − 1. Do it before a cast: a cast wraps."""
    check_size(8 * codes.size, f"{name} with {codes.size} codes", "use fewer")
    wrong = codes >= classes
    if codes.dtype.kind != "u":  # NumPy does not compare unsigned integers with −1
        wrong |= codes < lowest
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name}{list(place)} is {codes[place]}: need a code from {lowest} to {classes - 1}")


def check_room(places: int, classes: int, what: str, instead: str) -> None:
    """ValueError where pairs would take too much memory: so many codes in all, and the texts of so many symbols."""
    check_size(24 * places + 64 * classes, what, instead)
