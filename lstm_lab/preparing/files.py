"""Small fitted things as plain JSON: readable, versioned, nothing unpickled, never half written."""

from __future__ import annotations

import json
from pathlib import Path

from lstm_lab.common.files import write_whole


def write(path, kind: str, version: int, content: dict) -> None:
    """Writes {"kind", "version", **content}, whole or not at all."""
    text = json.dumps({"kind": kind, "version": version, **content}, indent=2, ensure_ascii=False)
    write_whole(path, text + "\n")


def read(path, kind: str, version: int, keys: set[str]) -> dict:
    """The content of a file that `write` wrote; ValueError naming the file where it is of another kind or version."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON ({error}): need a file written by {kind}.save") from None
    if not isinstance(content, dict) or content.pop("kind", None) != kind:
        raise ValueError(f"{path} does not hold a {kind}: need a file written by {kind}.save")
    if (found := content.pop("version", None)) != version:
        raise ValueError(f"{path} is of version {found!r}: this program reads version {version}; fit and save it again")
    if set(content) != keys:
        wrong = sorted(keys ^ set(content))
        raise ValueError(f"{path} lacks or does not know {', '.join(map(repr, wrong))}: fit and save it again")
    return content
