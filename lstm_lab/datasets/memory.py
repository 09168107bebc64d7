"""Sequences that conflict: the next symbol depends on a symbol many steps earlier.

    3, 0, 1, 2, 3   →   3→0  0→1  1→2  2→3        the last symbol is the first one again,
    4, 0, 1, 2, 4   →   4→0  0→1  1→2  2→4        so at 2 a network must remember the first symbol

Source: memory tutorial, its two sequences; and Hochreiter and Schmidhuber 1997, experiment 2a, which it simplifies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np

from lstm_lab.common.checks import count, shown
from lstm_lab.common.typed import Positive, typed
from lstm_lab.datasets.pairs import Pairs, check_room

TUTORIAL = ((3, 0, 1, 2, 3), (4, 0, 1, 2, 4))


@typed
def long_lag(p: int) -> list[list[int]]:
    """The two sequences (x, a1 … a(p−1), x) and (y, a1 … a(p−1), y), `p` pairs each, of p + 1 symbols.

    a1 … a(p−1) are 0 … p − 2, x is p − 1 and y is p; p = 4 gives the memory tutorial's sequences.

    >>> long_lag(4)
    [[3, 0, 1, 2, 3], [4, 0, 1, 2, 4]]
    """
    if p < 2:
        raise ValueError(f"p is {p}: use 2 or more, so that a symbol lies between the first and the last")
    check_room(2 * p, p, f"p is {p}", "use shorter sequences")
    return [[first, *range(p - 1), first] for first in (p - 1, p)]


@typed
def long_lag_pairs(p: int, last_only: bool = False) -> Pairs:
    """The pairs of both sequences of `long_lag`; last_only: only the last target counts, as in `pairs`.

    >>> long_lag_pairs(4, last_only=True).loss_mask.tolist()
    [False, False, False, True, False, False, False, True]
    """
    return pairs(long_lag(p), last_only=last_only)


@typed
def random_pair(rng: np.random.Generator, length: int = 5, classes: int = 5, repeats: bool = False) -> list[list[int]]:
    """Two sequences of `length` symbols that conflict: with the same random middle, and their first symbol at the end.

    classes: the size of the alphabet; repeats: whether a symbol may occur twice in the middle, which gives more
    conflicts. rng: a NumPy Generator.
    Raises ValueError if the alphabet is too small for the length.

    >>> random_pair(np.random.default_rng(0), length=5, classes=5)
    [[1, 2, 4, 3, 1], [0, 2, 4, 3, 0]]
    """
    if length < 3:
        raise ValueError(f"length is {length}: use 3 or more, a first symbol, a middle and a last")
    needed = 3 if repeats else length
    if classes < needed:
        more = "" if repeats else ", or repeats=True"
        raise ValueError(f"classes is {classes}: sequences of {length} symbols need {needed} or more{more}")
    check_room(2 * length, classes, f"length is {length} and classes {classes}", "use fewer of them")
    drawn = rng.permutation(classes).tolist()
    first, second, rest = drawn[-1], drawn[-2], drawn[:-2]
    middle = [rest[i] for i in rng.integers(len(rest), size=length - 2)] if repeats else rest[: length - 2]
    return [[first, *middle, first], [second, *middle, second]]


@typed
def random_sequences(
    num_sequences: int, rng: np.random.Generator, length: int = 5, classes: int = 5
) -> list[list[int]]:
    """Random sequences that begin and end with a marker, which is one of the last two symbols of the alphabet.

    The middle has the other symbols, with repeats. Each random middle is in two sequences, one with each marker, so
    that the two conflict. rng: a NumPy Generator.

    >>> random_sequences(2, np.random.default_rng(0), length=6, classes=5)
    [[3, 2, 1, 1, 0, 3], [4, 2, 1, 1, 0, 4]]
    """
    if num_sequences < 2 or num_sequences % 2:
        raise ValueError(f"num_sequences is {num_sequences}: use an even number, 2 or more: each marker has one half")
    if length < 3:
        raise ValueError(f"length is {length}: use 3 or more, a first symbol, a middle and a last")
    if classes < 3:
        raise ValueError(f"classes is {classes}: use 3 or more, two markers and a symbol for the middle")
    what = f"num_sequences is {num_sequences}, length {length} and classes {classes}"
    check_room(2 * num_sequences * length, classes, what, "use fewer or shorter sequences")
    middles = rng.integers(classes - 2, size=(num_sequences // 2, length - 2)).tolist()
    return [[marker, *middle, marker] for middle in middles for marker in (classes - 2, classes - 1)]


@typed
def alphabet(sequences: Sequence, classes: Positive | None = None) -> tuple:
    """The sorted distinct symbols of the sequences; or, with `classes`, the numbers 0 … classes − 1.

    >>> alphabet(TUTORIAL)
    (0, 1, 2, 3, 4)
    """
    if classes is not None:
        check_room(0, 2 * classes, f"classes is {classes}", "use fewer classes")
        return tuple(range(classes))
    _check_total(sequences)
    try:
        return tuple(sorted(set().union(*sequences)))
    except TypeError:  # numbers beside text, or no symbols at all
        raise ValueError(f"sequences are {shown(sequences)}: use numbers only, or text only") from None


@typed
def pairs(
    sequences: Sequence = TUTORIAL,
    classes: Positive | None = None,
    context: Positive = 1,
    stride: Positive = 1,
    last_only: bool = False,
    per_epoch: Positive | None = None,
) -> Pairs:
    """Every symbol of every sequence and the one after it, in order.

    sequences  of equal length; each a list of numbers or words, or a string, whose characters are the symbols
    classes    size of the alphabet 0 … classes − 1; None: the symbols that the sequences use
    context    number of symbols in one input
    stride     symbols from the start of one input to the start of the next; inputs overlap if it is below `context`
    last_only  whether only the last target of a sequence counts, the one that needs memory
    per_epoch  sequences of one epoch, if every epoch has fresh ones; None: every epoch has all sequences

    Raises ValueError for sequences that do not conflict (they need no memory), for different lengths, and for a symbol
    that is not in the alphabet.

    >>> both = pairs()
    >>> both.inputs[:, 0].tolist(), both.targets.tolist(), both.per_sequence
    ([3, 0, 1, 2, 4, 0, 1, 2], [0, 1, 2, 3, 0, 1, 2, 4], 4)
    """
    length = _common_length(sequences, context)
    symbols = alphabet(sequences, classes)
    codes = _coded(sequences, symbols)
    _refuse_without_conflict(sequences, codes, context, last_only)
    windows = np.lib.stride_tricks.sliding_window_view(codes, context + 1, axis=1)[
        :, (length - context - 1) % stride :: stride
    ]
    per_sequence = windows.shape[1]
    windows = windows.reshape(-1, context + 1)
    last = np.arange(len(windows)) % per_sequence == per_sequence - 1
    return Pairs(
        inputs=windows[:, :-1].astype(np.int32),
        targets=windows[:, -1].astype(np.int32),
        symbols=tuple(map(str, symbols)),
        loss_mask=last if last_only else None,
        per_sequence=per_sequence,
        per_epoch=None if per_epoch is None else per_epoch * per_sequence,
    )


def _check_total(sequences: Sequence) -> None:
    check_room(sum(map(count, sequences)), 0, f"sequences are {shown(sequences)}", "use fewer or shorter ones")


def _common_length(sequences: Sequence, context: int) -> int:
    if not all(isinstance(sequence, Sequence) for sequence in sequences):
        raise ValueError(
            f"sequences are {shown(sequences)}: use lists of symbols, as in [[3, 0, 1, 2, 3], [4, 0, 1, 2, 4]]"
        )
    _check_total(sequences)
    lengths = [len(sequence) for sequence in sequences]
    if not lengths or min(lengths) != max(lengths):
        raise ValueError(f"sequences of lengths {shown(lengths)}: use one or more, all of the same length")
    if lengths[0] <= context:
        raise ValueError(f"context is {context}: sequences of {lengths[0]} symbols allow {lengths[0] - 1} at most")
    return lengths[0]


def _coded(sequences: Sequence, symbols: tuple) -> np.ndarray:
    """Codes [sequences, length]; ValueError names the first symbol that is not in the alphabet."""
    code = {symbol: i for i, symbol in enumerate(symbols)}
    for number, sequence in enumerate(sequences, 1):
        for place, symbol in enumerate(sequence):
            if not isinstance(symbol, Hashable) or symbol not in code:
                raise ValueError(
                    f"symbol {shown(symbol)} at place {place} of sequence {number} is not in the alphabet of "
                    f"{len(symbols)} symbols, {shown(symbols[0])} to {shown(symbols[-1])}: use those, or more classes"
                )
    return np.array([[code[symbol] for symbol in sequence] for sequence in sequences], np.int32)


def _refuse_without_conflict(sequences: Sequence, codes: np.ndarray, context: int, last_only: bool) -> None:
    """ValueError for a task that a lookup table of the last symbol solves: it does not test memory."""
    followers = defaultdict(set)
    for symbol, following in zip(
        codes[:, -2 if last_only else 0 : -1].ravel(), codes[:, -1 if last_only else 1 :].ravel(), strict=True
    ):
        followers[symbol].add(following)
    if all(len(following) == 1 for following in followers.values()):
        first = " and ".join(" ".join(map(str, sequence[:30])) for sequence in sequences[:2])
        raise ValueError(
            f"sequences {first[:200]} do not conflict: every symbol has one successor, so the task is trivial and "
            "needs no memory; use sequences in which a symbol has two successors, as 2 has in 3 0 1 2 3 and 4 0 1 2 4"
        )
