"""Files of JSON lines in which what many records share is written once. Lines are appended; no line is rewritten.

    {"shared":"5b1f09c2","experiment":"0110_alphabet_naive", …,"lookup_table":{"in_order":25},"check":"8a3ac1f0"}
    {"of":"5b1f09c2","seed":0,"measures":{"in_order":[22,25]},"seconds":0.22,"check":"1f7bd20e"}
    {"of":"5b1f09c2","seed":1,"measures":{"in_order":[19,25]},"seconds":0.219,"check":"c90a64b3"}

The first line says what records have in common. Each other line is one record: it names its shared line and adds what
is its own. Where both lines have a field, the record's own counts. The name of a shared line is a hash of what it says,
so the lines of two files can be put into one file, as long as each shared line stands above its records. A shared line
may stand without a record, for example after a power failure. Each line ends with a check: a line that was changed
after it was written is refused, and never read as another result (`suite.checked`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lstm_lab.suite import checked

Record = dict[str, Any]
Check = Callable[[Record], None]

_SHARED, _OF = "shared", "of"  # they begin a shared line and a record's own line
_HELP = "take it from a copy, or delete the line: what it recorded can be run again"


class Fields(BaseModel):
    """The fields of a line; no other, and none of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Lines:
    """One such file.

    shared, own  the fields of the two kinds of lines. Records that differ in a field of `shared` alone have different
                 shared lines. A field of both is usually the same: the shared line has it from its first record, and
                 another record may have its own
    checks       makes, for one reading of the file, what is called with each record: ValueError where its fields do not
                 fit each other or the records above it
    """

    def __init__(self, path: Path, shared: type[Fields], own: type[Fields], checks: Callable[[], Check]):
        self.path, self._shared, self._own, self._checks = path, shared, own, checks
        self._common = [field for field in shared.model_fields if field != _SHARED]
        self._alike = [field for field in self._common if field not in own.model_fields]

    def read(self) -> Iterator[Record]:
        """Each record; ValueError, by number, for a line that is damaged."""
        return self._below({}, self._checks())

    def _below(self, shared: dict[str, Record], check: Check) -> Iterator[Record]:
        """Each record; the shared lines above it are put into `shared`, by name."""
        for place, line in checked.numbered(self.path):
            try:
                body = checked.without_check(line)
                if body.startswith(b'{"shared"'):
                    name, content = self._content(body)
                    if shared.setdefault(name, content) != content:  # else the records below would change hands
                        raise ValueError(f"there is another shared line {name}")
                    continue
                own = _read(self._own, body)
                if (of := own.pop(_OF)) not in shared:
                    raise ValueError(f"its shared line {of:.8} is not above it")
                record = shared[of] | own
                check(record)
            except ValueError as error:
                raise ValueError(f"{place}: {_said(error)}; {_HELP}") from None
            yield record

    def appending(self) -> Callable[[Record], None]:
        """Put an incomplete last line aside, and return a function that appends a record, below its shared line.

        ValueError, before anything is written, for a record that could not be read again, and for a file that somebody
        else has changed since: two programs would record the same.
        """
        checked.mend(self.path)
        left = checked.stamp(self.path)
        above: dict[str, Record] = {}
        check = self._checks()
        for _ in self._below(above, check):  # a damaged line is refused before anything is run
            pass
        # what records agree in → the shared line's name and content
        known = {self._agreed(content): (name, content) for name, content in above.items()}

        def append(record: Record) -> None:
            nonlocal left
            agreed = self._agreed(record)
            new = {field: record[field] for field in self._common}
            name, content = known.get(agreed) or (_name(new), new)
            try:
                shared, own = self._written(record, name, content)
                check(content | _read(self._own, checked.without_check(own)))
            except ValueError as error:
                seed = record.get("seed")
                raise ValueError(f"{self.path}: the run of seed {seed} is not recorded: {_said(error)}") from None
            if checked.stamp(self.path) != left:
                raise ValueError(
                    f"{self.path} was changed by another program while this run was writing to it: nothing more is "
                    "written; start again when the other program has ended"
                )
            left = checked.append(self.path, own if agreed in known else shared + own)
            known[agreed] = name, content

        return append

    def _content(self, body: bytes) -> tuple[str, Record]:
        """A shared line's name and what it says; ValueError where the name is not the hash of that."""
        content = _read(self._shared, body)
        if (name := content.pop(_SHARED)) != _name(content):
            raise ValueError(f"its name {name} is not the hash of what it says")
        return name, content

    def _written(self, record: Record, name: str, content: Record) -> tuple[bytes, bytes]:
        """A record's shared line and its own; ValueError if they could not be read."""
        differs = {
            field: value
            for field, value in record.items()
            if field not in content or _tight(content[field]) != _tight(value)  # 1.0 is not written as 1
        }
        shared, own = (checked.with_check(_tight(each)) for each in ({_SHARED: name} | content, {_OF: name} | differs))
        _read(self._shared, checked.without_check(shared))
        return shared, own

    def _agreed(self, record: Record) -> str:
        return json.dumps([record[name] for name in self._alike], sort_keys=True)


def encoded(content: Any, **form: Any) -> str:
    """A record, or a part of one, as JSON in a form that `json.dumps` knows; measures as they are stored."""
    return json.dumps(content, ensure_ascii=False, default=lambda measure: measure.stored, **form)


_tight = partial(encoded, separators=(",", ":"))


def _read(fields: type[Fields], body: bytes) -> Record:
    """What a line says; of the fields that may be left out, those that are there."""
    return _given(fields.model_validate_json(body))


def _given(line: Fields) -> Record:
    given = line.model_fields_set
    return {
        field: _given(value) if isinstance(value, Fields) else value
        for field, value in vars(line).items()
        if field in given
    }


def _name(content: Record) -> str:
    return hashlib.sha256(encoded(content, sort_keys=True).encode()).hexdigest()[:8]


def _said(error: ValueError) -> str:
    """What is wrong with a line, in few words."""
    if not isinstance(error, ValidationError):
        return f"{error!s:.300}"
    first = error.errors(include_url=False)[0]
    field, message = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    if first["type"] in ("missing", "extra_forbidden"):
        return f"{field} is {'missing' if first['type'] == 'missing' else 'unknown'}"
    if not field:  # the whole line
        return message
    return f"{field} is {first['input']!r:.200}: {message[:1].lower()}{message[1:]}"
