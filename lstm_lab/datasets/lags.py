"""Sequences of symbols whose answers lie some steps back: small tasks with a known span of memory.

    echo    2 0 1 1 3 …  → · · 2 0 1 …    every answer is the symbol `lag` steps back
    cue     . B . . ? .  → · · · · B ·    a question asks for the cue that came `lag` steps before it

A dot on the right is a target that does not count. For the book's lessons on truncated BPTT, on managing state and on
the four models for sequences.
"""

from __future__ import annotations

import numpy as np

from lstm_lab.datasets.pairs import Pairs

FILLER, QUESTION = ".", "?"


def echo(num_sequences: int, length: int, lag: int, symbols: int, rng, per_epoch: int | None = None) -> Pairs:
    """Random sequences of `length` symbols, uniform over "0", "1", …; the answer is the symbol `lag` steps back.

    per_epoch: sequences of one epoch, where each epoch has fresh ones. The first `lag` targets cannot be known.
    Raises ValueError for a lag outside the sequence or fewer than two symbols.

    >>> pairs = echo(1, length=4, lag=1, symbols=3, rng=np.random.default_rng(0))
    >>> pairs.inputs[:, 0].tolist(), pairs.targets.tolist(), pairs.loss_mask.tolist()
    ([2, 1, 1, 0], [0, 2, 1, 1], [False, True, True, True])
    """
    _check(num_sequences=num_sequences, length=length)
    if lag not in range(length):
        raise ValueError(f"lag is {lag}: sequences of {length} steps can look 0 to {length - 1} steps back")
    if symbols < 2:
        raise ValueError(f"symbols is {symbols}: with fewer than 2 there is nothing to tell apart")
    inputs = np.asarray(rng.integers(0, symbols, size=(num_sequences, length)))
    loss_mask = np.tile(np.arange(length) >= lag, (num_sequences, 1))
    return _pairs(inputs, np.roll(inputs, lag, axis=1), loss_mask, tuple(map(str, range(symbols))), per_epoch)


def cue(
    num_sequences: int, length: int, lag: int, every: int, rng, cues: int = 2, per_epoch: int | None = None
) -> Pairs:
    """In every stretch of `every` steps one cue (A, B, …) at a random place, and `lag` steps on the question for it.

    All other steps are fillers; only the questions have a target. With every = lag + 1 = length the cue is the first
    step and the question the last. Raises ValueError for a lag that a stretch cannot hold, or stretches that do not
    fill the sequence.

    >>> pairs = cue(1, length=4, lag=2, every=4, rng=np.random.default_rng(0))
    >>> "".join(pairs.symbols[code] for code in pairs.inputs[:, 0]), pairs.targets[pairs.loss_mask].tolist()
    ('.B.?', [1])
    """
    _check(num_sequences=num_sequences, length=length)
    if not 1 <= lag < every:
        raise ValueError(
            f"lag is {lag}: a stretch of {every} steps holds a cue 1 to {every - 1} steps before its question"
        )
    if length % every:
        raise ValueError(f"every is {every}: it does not divide the {length} steps of a sequence")
    if cues < 2:
        raise ValueError(f"cues is {cues}: with fewer than 2 there is nothing to remember")
    stretches = num_sequences * length // every
    inputs = np.full((stretches, every), cues)
    targets, loss_mask = np.zeros((stretches, every), int), np.zeros((stretches, every), bool)
    rows = np.arange(stretches)
    places = np.asarray(rng.integers(0, every - lag, size=stretches))
    drawn = np.asarray(rng.integers(0, cues, size=stretches))
    inputs[rows, places], inputs[rows, places + lag] = drawn, cues + 1
    targets[rows, places + lag], loss_mask[rows, places + lag] = drawn, True
    symbols = (*(chr(ord("A") + i) for i in range(cues)), FILLER, QUESTION)
    shape = (num_sequences, length)
    return _pairs(inputs.reshape(shape), targets.reshape(shape), loss_mask.reshape(shape), symbols, per_epoch)


def _pairs(inputs, targets, loss_mask: np.ndarray, symbols: tuple[str, ...], per_epoch: int | None) -> Pairs:
    length = inputs.shape[1]
    return Pairs(
        inputs.reshape(-1, 1).astype(np.int32),
        targets.ravel().astype(np.int32),
        symbols,
        loss_mask.ravel(),
        per_sequence=length,
        per_epoch=None if per_epoch is None else per_epoch * length,
    )


def _check(**counts) -> None:
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} is {count}: need 1 or more")
