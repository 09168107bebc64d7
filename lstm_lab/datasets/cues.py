"""Cues and questions: a question asks for the cue that came `lag` steps before it.

    . B . . ? . A . . ?   →   · · · · B · · · · A      a cue and its question in every stretch of `every` = 5 steps

A dot on the right is a target that does not count. It is known exactly how many steps a network must remember. For the
book's sections on truncated BPTT and on managing state.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from lstm_lab.common.typed import Positive, typed
from lstm_lab.datasets.pairs import Pairs, check_room

FILLER, QUESTION = ".", "?"
MOST_CUES = 1000  # each has a letter of its own, from A on


@typed
def fresh(
    epochs: Positive,
    rng: np.random.Generator,
    *,
    length: Positive,
    lag: int,
    every: int,
    sequences: Positive = 1,
    cues: Annotated[int, 2, MOST_CUES] = 2,  # with one there is nothing to remember
) -> Pairs:
    """In every stretch of `every` steps, one cue (A, B, …) at a random step, and its question `lag` steps later.

    Every epoch has `sequences` new sequences of `length` steps. All other steps are fillers. Only questions have
    a target. With every = lag + 1 = length the cue is the first step and the question the last.
    rng: a NumPy Generator. Raises ValueError for a lag that is too long for a stretch, and for stretches that do
    not fill the sequence.

    >>> pairs = fresh(1, np.random.default_rng(0), length=4, lag=2, every=4)
    >>> "".join(pairs.symbols[code] for code in pairs.inputs[:, 0]), pairs.targets[pairs.loss_mask].tolist()
    ('.B.?', [1])
    """
    what = f"epochs is {epochs}, sequences {sequences} and length {length}"
    check_room(epochs * sequences * length, 0, what, "use fewer or shorter sequences")
    if not 1 <= lag < every:
        raise ValueError(
            f"lag is {lag}: a stretch of {every} steps holds a cue 1 to {every - 1} steps before its question"
        )
    if length % every:
        raise ValueError(f"every is {every}: it does not divide the {length} steps of a sequence")
    stretches = epochs * sequences * length // every
    inputs = np.full((stretches, every), cues, np.int32)
    targets, loss_mask = np.zeros((stretches, every), np.int32), np.zeros((stretches, every), bool)
    rows = np.arange(stretches)
    places = np.asarray(rng.integers(0, every - lag, size=stretches))
    drawn = np.asarray(rng.integers(0, cues, size=stretches))
    inputs[rows, places], inputs[rows, places + lag] = drawn, cues + 1
    targets[rows, places + lag], loss_mask[rows, places + lag] = drawn, True
    return Pairs(
        inputs.reshape(-1, 1),
        targets.ravel(),
        symbols=(*(chr(ord("A") + i) for i in range(cues)), FILLER, QUESTION),
        loss_mask=loss_mask.ravel(),
        per_sequence=length,
        per_epoch=sequences * length,
    )
