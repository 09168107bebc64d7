"""Pairs: what every dataset of symbols gives and every framing takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLANK = -1  # the code of a place left empty; no symbol has it


@dataclass(frozen=True, eq=False)
class Pairs:
    """Context → answer, as codes of symbols.

    inputs        int32 [pairs, longest context]; a shorter context stands at the right, `BLANK` before it
    targets       int32 [pairs], or [pairs, outputs] where several symbols are to be answered
    symbols       the text of code 0, 1, …
    loss_mask     bool [pairs]: which targets can be known, and count in the loss; None: all do
    per_sequence  pairs of one sequence, where there are several; None: they are one sequence
    starts        bool [pairs]: where a sequence begins, if they are of unequal length (per_sequence cannot say it)
    per_epoch     pairs of one epoch, where every epoch has fresh ones; None: all of them, every epoch
    """

    inputs: np.ndarray
    targets: np.ndarray
    symbols: tuple[str, ...]
    loss_mask: np.ndarray | None = None
    per_sequence: int | None = None
    per_epoch: int | None = None
    starts: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def classes(self) -> int:
        return len(self.symbols)
