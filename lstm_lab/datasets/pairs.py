"""Pairs: what every dataset of symbols returns and every framing takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    per_sequence: int | None = None
    per_epoch: int | None = None
    starts: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def classes(self) -> int:
        return len(self.symbols)
