"""Calls of a compiled program: how many updates each makes, and which thread makes the first.

However a chunk is divided into calls, the results are the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakKeyDictionary

from lstm_lab.trainers.compiled.plan import Chunk
from lstm_lab.trainers.kept import mended

CALL_SECONDS = 0.2  # of one call of the program, about: so soon training can tell how far it is, and can be stopped
FIRST_CALL, FASTER = 16, 16  # updates of the first call, before it is known how long one takes; the most that they grow


def parts(loop, chunk: Chunk) -> Iterator[slice]:
    """The updates of a chunk, call by call of the program: as many as took CALL_SECONDS the last time."""
    first = 0
    while first < chunk.size:
        updates = _updates.get(loop, {}).get(_shapes(chunk))
        part = slice(first, min(first + (updates or FIRST_CALL), chunk.size))
        began = time.perf_counter()
        yield part
        if updates:  # otherwise the time is that of compiling
            in_time = (part.stop - first) * CALL_SECONDS / (time.perf_counter() - began)
            _updates[loop][_shapes(chunk)] = int(min(max(in_time, 1), FASTER * updates))
        first = part.stop


@contextmanager
def first_call(loop, chunk: Chunk):
    """Lets one thread alone make the first call of a program with new shapes, so that it is compiled once."""
    if _shapes(chunk) in _updates.get(loop, ()):
        yield
        return
    with _calling, mended():
        yield
        _updates.setdefault(loop, {}).setdefault(_shapes(chunk), FIRST_CALL)


def _shapes(chunk: Chunk):
    return tuple((name, array.shape, array.dtype) for name, array in chunk.arrays.items())


# program → shapes → updates of its next call, for all seeds; keeps no program that is let go
_updates: WeakKeyDictionary[Callable, dict] = WeakKeyDictionary()
_calling = Lock()
