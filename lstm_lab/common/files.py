"""Writing whole files, so that a reader never finds half of one, and small objects kept as JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_whole(path: str | os.PathLike, content: str | bytes) -> None:
    """Write a file beside the path, then move it to the path: a reader finds the old content or the new one.

    Raises ValueError, and leaves the old content as it was, where the path cannot be written.
    """
    path = Path(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        draft.unlink(missing_ok=True)


def write_json(path, kind: str, version: int, content: dict) -> None:
    """Write {"kind": kind, "version": version, **content}, as `write_whole` does."""
    write_whole(path, json.dumps({"kind": kind, "version": version, **content}, indent=2, ensure_ascii=False) + "\n")


def read_json(path, kind: str, version: int, keys: set[str]) -> dict:
    """The content of a file of `write_json`; ValueError that names the file, where its kind, version or keys differ."""
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
        raise ValueError(f"{path} has missing or unknown entries, {', '.join(map(repr, wrong))}: fit and save it again")
    return content
