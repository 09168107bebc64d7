"""The alphabet, and any other string of symbols: given some letters in a row, which comes next?

    ABC → D, BCD → E, …            pairs(length=3)
    A → B, AB → C, ABC → D, …      prefixes()
    PQRST → U, W → X, OPQ → R, …   random_runs(1000, rng, longest=5)
    A → B, B → C, …, AB → C, …     every_run(longest=5)
    A → B, B → C; W → X; …         spelled(runs): the same runs letter by letter

Source: alphabet tutorial, its problem description and its section on variable-length input.
"""

from __future__ import annotations

from string import ascii_uppercase

import numpy as np

from lstm_lab.datasets.pairs import BLANK, Pairs


def encode(text, symbols: tuple[str, ...] | None = None) -> tuple[np.ndarray, tuple[str, ...]]:
    """A string (or a sequence of words) → its codes [length] and the symbols they stand for.

    symbols: the alphabet; None: the sorted distinct symbols of the text itself.
    Raises ValueError for fewer than two symbols or for one that is not in the alphabet.

    >>> encode("abab")
    (array([0, 1, 0, 1], dtype=int32), ('a', 'b'))
    """
    distinct = tuple(sorted(set(text))) if symbols is None else tuple(symbols)
    if len(distinct) < 2:
        raise ValueError(
            f"text is {text!r}: it has {len(distinct)} distinct symbol(s), and a next-symbol task needs two"
        )
    code = {symbol: i for i, symbol in enumerate(distinct)}
    for place, symbol in enumerate(text):
        if symbol not in code:
            raise ValueError(f"symbol {symbol!r} at place {place} is not in the alphabet {''.join(distinct)!r}")
    return np.array([code[symbol] for symbol in text], np.int32), distinct


def pairs(length: int = 1, text=ascii_uppercase, outputs: int = 1, symbols: tuple[str, ...] | None = None) -> Pairs:
    """Every run of `length` symbols and what follows it, in order.

    outputs: how many following symbols are the answer; targets are [pairs] for one, [pairs, outputs] for more.
    Raises ValueError where the text is too short for the window.

    >>> abc = pairs(length=3)
    >>> len(abc), abc.inputs[0].tolist(), int(abc.targets[0])
    (23, [0, 1, 2], 3)
    """
    codes, distinct = encode(text, symbols)
    if length < 1 or outputs < 1:
        raise ValueError(f"length is {length} and outputs {outputs}: both must be 1 or more")
    count = len(codes) - length - outputs + 1
    if count < 1:
        raise ValueError(
            f"text of {len(codes)} symbols is too short for a window of {length} and {outputs} to predict: "
            f"use a text of {length + outputs} or more, or a smaller length"
        )
    windows = np.lib.stride_tricks.sliding_window_view(codes, length + outputs)
    targets = windows[:, length] if outputs == 1 else windows[:, length:]
    return Pairs(windows[:, :length].astype(np.int32), targets.astype(np.int32), distinct)


def prefixes(text=ascii_uppercase) -> Pairs:
    """Everything said so far and what follows it: A → B, AB → C, ABC → D, …

    >>> prefixes("ABC").inputs.tolist()
    [[-1, 0], [0, 1]]
    """
    codes, distinct = encode(text)
    length = len(codes) - 1
    place = np.arange(length)[:, None] - (length - 1) + np.arange(length)[None, :]
    return Pairs(np.where(place >= 0, codes[place], BLANK).astype(np.int32), codes[1:], distinct)


def random_runs(num_runs: int, rng, longest: int = 5, text=ascii_uppercase, wrap: bool = False) -> Pairs:
    """Random runs of the alphabet and the letter after each, as the alphabet tutorial draws them.

    The first letter is uniform over all but the last two; the last letter is uniform from the first up to
    `longest` − 1 further on, but not past the last but one (drawn within that range, not clipped to it).
    wrap: let a run go past the end and begin again at the first letter (first letter and length then uniform).
    rng: a NumPy Generator.

    >>> runs = random_runs(2, np.random.default_rng(0), longest=3)
    >>> runs.inputs.shape, runs.targets.shape
    ((2, 3), (2,))
    """
    codes, distinct = encode(text)
    if num_runs < 1 or longest < 1:
        raise ValueError(f"num_runs is {num_runs} and longest {longest}: both must be 1 or more")
    if len(codes) < 3:
        raise ValueError(f"text of {len(codes)} symbols is too short to draw runs from: use three or more")
    inputs = np.full((num_runs, longest), BLANK, np.int32)
    targets = np.empty(num_runs, np.int32)
    size = len(codes)
    for row in range(num_runs):
        if wrap:
            start = int(rng.integers(size))
            end = start + int(rng.integers(longest))
        else:
            start = int(rng.integers(size - 2))
            end = int(rng.integers(start, min(start + longest, size - 1)))
        inputs[row, longest - (end - start + 1) :] = codes[np.arange(start, end + 1) % size]
        targets[row] = codes[(end + 1) % size]
    return Pairs(inputs, targets, distinct)


def every_run(longest: int = 5, text=ascii_uppercase) -> Pairs:
    """Each run of 1 to `longest` symbols of the text that has one after it, the short ones first.

    >>> runs = every_run(2, "ABCD")
    >>> runs.inputs.tolist(), runs.targets.tolist()
    ([[-1, 0], [-1, 1], [-1, 2], [0, 1], [1, 2]], [1, 2, 3, 2, 3])
    """
    by_length = [pairs(length, text) for length in range(1, longest + 1)]
    rows = [np.pad(p.inputs, ((0, 0), (longest - p.inputs.shape[1], 0)), constant_values=BLANK) for p in by_length]
    return Pairs(np.concatenate(rows), np.concatenate([p.targets for p in by_length]), by_length[0].symbols)


def spelled(runs: Pairs) -> Pairs:
    """Runs letter by letter, for a network that carries state: AB → C becomes A → B and B → C; `starts` marks the A.

    >>> letters = spelled(Pairs(np.array([[BLANK, 2], [0, 1]]), np.array([3, 2]), tuple("ABCD")))
    >>> letters.inputs.ravel().tolist(), letters.targets.tolist(), letters.starts.tolist()
    ([2, 0, 1], [3, 1, 2], [True, True, False])
    """
    whole = np.concatenate([runs.inputs, runs.targets.reshape(len(runs), -1)[:, :1]], axis=1)
    filled = runs.inputs != BLANK
    first = filled & (np.cumsum(filled, axis=1) == 1)
    inputs, targets = runs.inputs[filled][:, None], whole[:, 1:][filled]
    return Pairs(inputs.astype(np.int32), targets.astype(np.int32), runs.symbols, starts=first[filled])
