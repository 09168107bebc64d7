"""Files of JSON lines in which what many records share is written once. Lines are appended; no line is rewritten.

    {"shared":"5b1f09c2","experiment":"0110_alphabet_naive","variant":"main", …,"lookup_table":{"in_order":25}}
    {"of":"5b1f09c2","seed":0,"measures":{"in_order":[22,25]},"seconds":0.22}
    {"of":"5b1f09c2","seed":1,"measures":{"in_order":[19,25]},"seconds":0.219}

The first line says what records have in common. Each other line is one record: it names its shared line and adds what
is its own. Where both lines have a field, the record's own counts. The name of a shared line is a hash of what it says,
so the lines of two files can be put into one file, as long as each shared line stands above its records. A shared line
may stand without a record, for example after a power failure. An incomplete last line counts as not written. Two shared
lines of one name must say the same.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_SHARED, _OF = "shared", "of"  # they begin a shared line and a record's own line


class Lines:
    """One such file.

    alike  the fields in which all records of a shared line agree
    usual  fields in which most do: the shared line has them from its first record, and another record may have its own
    """

    def __init__(self, path: Path, alike: Sequence[str], usual: Sequence[str] = ()):
        self.path, self._alike, self._usual = path, alike, usual

    def read(self, made: Callable[[Record], Record]) -> Iterator[Record]:
        """Each record, as `made` makes it from what is stored; ValueError, by number, for a line that is damaged."""
        shared: dict[str, Record] = {}
        for line, damaged in _numbered(self.path):
            try:
                stored = json.loads(line)
                if _SHARED in stored:
                    name = stored.pop(_SHARED)
                    if shared.setdefault(name, stored) != stored:  # else the records below would change hands
                        raise ValueError(name)
                    continue
                record = made(shared[stored.pop(_OF)] | stored)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                if damaged:
                    raise ValueError(damaged) from None
            else:
                yield record

    def appending(self) -> Callable[[Record], None]:
        """Drop an incomplete last line, and return a function that appends a record, below its shared line."""
        _drop_torn_line(self.path)
        known: dict[str, tuple[str, Record]] = {}  # what records agree in → the shared line's name and content
        for line, damaged in _numbered(self.path):
            if line.startswith(f'{{"{_SHARED}"'.encode()):
                try:
                    content = json.loads(line)
                    known[self._agreed(content)] = content.pop(_SHARED), content
                except (ValueError, KeyError):
                    raise ValueError(damaged) from None

        def append(record: Record) -> None:
            agreed, first = self._agreed(record), ""
            if agreed in known:
                name, content = known[agreed]
            else:
                content = {field: record[field] for field in (*self._alike, *self._usual)}
                name = hashlib.sha256(encoded(content, sort_keys=True).encode()).hexdigest()[:8]
                first = _tight({_SHARED: name} | content) + "\n"
            own = {
                field: value
                for field, value in record.items()
                if field not in content or _tight(content[field]) != _tight(value)  # 1.0 is not written as 1
            }
            _append(self.path, first + _tight({_OF: name} | own) + "\n")
            known[agreed] = name, content

        return append

    def _agreed(self, record: Record) -> str:
        return json.dumps([record[name] for name in self._alike], sort_keys=True)


def encoded(content: Any, **form: Any) -> str:
    """A record, or a part of one, as JSON in a form that `json.dumps` knows; measures as they are stored."""
    return json.dumps(content, ensure_ascii=False, default=lambda measure: measure.stored, **form)


_tight = partial(encoded, separators=(",", ":"))


def _numbered(path: Path) -> Iterator[tuple[bytes, str]]:
    """The lines that are not empty, each with what to say if it is damaged: nothing where it is only incomplete."""
    if not path.exists():
        return
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from None
    for number, line in enumerate(lines, 1):
        if line:  # the last one does not end with a newline, so it is incomplete
            says = f"{path} line {number} is not a run, or its shared line is not above it: repair or delete that line"
            yield line, says if number < len(lines) else ""


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    try:
        with open(path, "r+b") as file:  # for writing, so that a write error comes before any training
            data = file.read()
            whole = data.rfind(b"\n") + 1
            if _is_json(data[whole:]):  # only the end of the line is missing: it was read as a record, so it stays
                file.write(b"\n")
            else:
                file.truncate(whole)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _append(path: Path, lines: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None
