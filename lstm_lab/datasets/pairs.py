"""Pairs: the value that every dataset of symbols returns and every framing takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLANK = -1  # the code of an empty place; no symbol has it


@dataclass(frozen=True, eq=False)
class Pairs:
    """Inputs and targets as codes of symbols.

    inputs        int32 [pairs, longest context]; a shorter context stands at the right, with `BLANK` before it
    targets       int32 [pairs], or [pairs, outputs] where several symbols are predicted
    symbols       the text of code 0, 1, …
    loss_mask     bool [pairs]: which targets count in the loss; None: all
    per_sequence  pairs of one sequence, where there are several; None: all pairs are one sequence
    per_epoch     pairs of one epoch, where every epoch has fresh ones; None: all of them, every epoch
    starts        bool [pairs]: where a sequence begins, for sequences of different lengths; None: see per_sequence
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
