"""The alphabet, or any other text: given a run of symbols, which one comes next?

    ABC → D, BCD → E, …            pairs(length=3)
    A → B, AB → C, ABC → D, …      prefixes()
    PQRST → U, W → X, OPQ → R, …   random_runs(1000, rng, longest=5)
    A → B, B → C, …, AB → C, …     every_run(longest=5)
    A → B, B → C; W → X; …         spelled(runs): runs letter by letter

Source: alphabet tutorial, its problem description and its section on variable-length input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase

import numpy as np

from lstm_lab.common.checks import listed, shown
from lstm_lab.common.typed import Positive, typed
from lstm_lab.datasets.pairs import BLANK, Pairs, check_room


def encode(text, symbols=None) -> tuple[np.ndarray, tuple[str, ...]]:
    """A string (or a sequence of words) → its codes [length] and the symbols that the codes stand for.

    symbols: the alphabet; None: the sorted distinct symbols of the text.
    Raises ValueError for an alphabet of fewer than two symbols, and for a symbol that is not in it.

    >>> encode("abab")
    (array([0, 1, 0, 1], dtype=int32), ('a', 'b'))
    """
    text = _words("text", text)
    distinct = tuple(sorted(set(text))) if symbols is None else _words("symbols", symbols)
    if len(distinct) < 2:
        raise ValueError(f"text is {shown(text)}: it has {len(distinct)} distinct symbol(s): use a text of two or more")
    code = {symbol: i for i, symbol in enumerate(distinct)}
    if len(code) < len(distinct):
        twice = next(symbol for place, symbol in enumerate(distinct) if code[symbol] != place)
        raise ValueError(f"symbol {shown(twice)} is twice in the alphabet: name each once")
    for place, symbol in enumerate(text):
        if symbol not in code:
            raise ValueError(f"symbol {shown(symbol)} at place {place} is not in the alphabet: use {listed(distinct)}")
    return np.array([code[symbol] for symbol in text], np.int32), distinct


def _words(name: str, given):
    """A string, or a sequence of strings; ValueError for anything else."""
    if isinstance(given, str):
        return given if name == "text" else tuple(given)
    if not isinstance(given, Sequence) or not all(isinstance(word, str) and word for word in given):
        raise ValueError(f"{name} is {shown(given)}: need a text, or a list of words")
    return tuple(given)


@typed
def pairs(length: Positive = 1, text=ascii_uppercase, outputs: Positive = 1, symbols=None) -> Pairs:
    """Every run of `length` symbols and the symbol after it, in order.

    outputs: the number of following symbols that are targets; targets are [pairs] for one, [pairs, outputs] for more.
    Raises ValueError if the text is too short.

    >>> abc = pairs(length=3)
    >>> len(abc), abc.inputs[0].tolist(), int(abc.targets[0])
    (23, [0, 1, 2], 3)
    """
    codes, distinct = encode(text, symbols)
    count = len(codes) - length - outputs + 1
    if count < 1:
        raise ValueError(
            f"text of {len(codes)} symbols is too short for a window of {length} and {outputs} to predict: "
            f"use a text of {length + outputs} or more, or a smaller length"
        )
    check_room(count * (length + outputs), 0, f"length is {length}, of {len(codes)} symbols", "use a smaller length")
    windows = np.lib.stride_tricks.sliding_window_view(codes, length + outputs)
    targets = windows[:, length] if outputs == 1 else windows[:, length:]
    return Pairs(windows[:, :length].astype(np.int32), targets.astype(np.int32), distinct)


def prefixes(text=ascii_uppercase) -> Pairs:
    """Every prefix of the text and the symbol after it: A → B, AB → C, ABC → D, …

    >>> prefixes("ABC").inputs.tolist()
    [[-1, 0], [0, 1]]
    """
    codes, distinct = encode(text)
    length = len(codes) - 1
    check_room(length**2, 0, f"text of {len(codes)} symbols: every prefix of it", "use a shorter text")
    place = np.arange(length)[:, None] - (length - 1) + np.arange(length)[None, :]
    return Pairs(np.where(place >= 0, codes[place], BLANK).astype(np.int32), codes[1:], distinct)


@typed
def random_runs(
    num_runs: Positive, rng: np.random.Generator, longest: Positive = 5, text=ascii_uppercase, wrap: bool = False
) -> Pairs:
    """Random runs of the alphabet and the letter after each, as the alphabet tutorial draws them.

    The first letter of a run is any letter except the last two of the alphabet. The last letter of a run is at most
    `longest` − 1 letters after the first one, and never the last of the alphabet. Both are drawn uniformly.
    wrap: whether a run may continue with A after Z; then the first letter and the length are drawn uniformly.
    rng: a NumPy Generator.

    >>> runs = random_runs(2, np.random.default_rng(0), longest=3)
    >>> runs.inputs.shape, runs.targets.shape
    ((2, 3), (2,))
    """
    codes, distinct = encode(text)
    check_room(num_runs * longest, 0, f"num_runs is {num_runs} and longest {longest}", "use fewer or shorter runs")
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


@typed
def every_run(longest: Positive = 5, text=ascii_uppercase) -> Pairs:
    """Every run of 1 to `longest` symbols that has a symbol after it; shorter runs come first.

    >>> runs = every_run(2, "ABCD")
    >>> runs.inputs.tolist(), runs.targets.tolist()
    ([[-1, 0], [-1, 1], [-1, 2], [0, 1], [1, 2]], [1, 2, 3, 2, 3])
    """
    codes, _ = encode(text)
    check_room(min(longest, len(codes)) ** 2 * len(codes), 0, f"longest is {longest}", "use shorter runs")
    by_length = [pairs(length, text) for length in range(1, longest + 1)]
    rows = [np.pad(p.inputs, ((0, 0), (longest - p.inputs.shape[1], 0)), constant_values=BLANK) for p in by_length]
    return Pairs(np.concatenate(rows), np.concatenate([p.targets for p in by_length]), by_length[0].symbols)


@typed
def short_runs(first: str, longest: Positive = 5, text=ascii_uppercase) -> Pairs:
    """Every run of fewer than `longest` symbols that begins with one of `first`, padded to `longest` places.

    >>> runs = short_runs("AB", 3)
    >>> runs.inputs.tolist(), runs.targets.tolist()
    ([[-1, -1, 0], [-1, -1, 1], [-1, 0, 1], [-1, 1, 2]], [1, 2, 2, 3])
    """
    runs = every_run(longest, text)
    filled = runs.inputs != BLANK
    start = runs.inputs[np.arange(len(runs)), filled.argmax(axis=1)]
    rows = ~filled.all(axis=1) & np.isin(start, encode(first, runs.symbols)[0])
    return replace(runs, inputs=runs.inputs[rows], targets=runs.targets[rows])


@typed
def random_padding(runs: Pairs, rng: np.random.Generator) -> Pairs:
    """Runs with random symbols in their empty places.

    >>> bool((random_padding(short_runs("AB"), np.random.default_rng(0)).inputs == BLANK).any())
    False
    """
    drawn = rng.integers(runs.classes, size=runs.inputs.shape)
    return replace(runs, inputs=np.where(runs.inputs == BLANK, drawn, runs.inputs).astype(np.int32))


@typed
def spelled(runs: Pairs) -> Pairs:
    """Runs letter by letter, for a network with carried state: AB → C becomes A → B, B → C; `starts` marks A → B.

    >>> letters = spelled(Pairs(np.array([[BLANK, 2], [0, 1]]), np.array([3, 2]), tuple("ABCD")))
    >>> letters.inputs.ravel().tolist(), letters.targets.tolist(), letters.starts.tolist()
    ([2, 0, 1], [3, 1, 2], [True, True, False])
    """
    whole = np.concatenate([runs.inputs, runs.targets.reshape(len(runs), -1)[:, :1]], axis=1)
    filled = runs.inputs != BLANK
    first = filled & (np.cumsum(filled, axis=1) == 1)
    inputs, targets = runs.inputs[filled][:, None], whole[:, 1:][filled]
    return Pairs(inputs.astype(np.int32), targets.astype(np.int32), runs.symbols, starts=first[filled])
