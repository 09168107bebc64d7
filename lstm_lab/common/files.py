"""Writing whole files, so that nobody finds half of one, also after a power failure; and small objects kept as JSON."""

from __future__ import annotations

import contextlib
import glob
import io
import json
import os
import re
import stat
import threading
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstm_lab.common.checks import as_path, check_folder, check_size, cut, listed, shown
from lstm_lab.common.typed import check_fields

_DRAFT = ".lstm-lab-draft"  # a name that nobody else gives a file
_TOML_DEPTH = 20
_TOO_DEEP = "it is nested too deep: use a list of numbers or texts"
_OLD = 24 * 60 * 60  # seconds; no file takes that long to write


def write_whole(path: str | os.PathLike, content: str | bytes) -> None:
    """Write a file beside the path, then move it to the path: a reader finds the old content or the new one.

    The file keeps its permissions, and a link stays one: what it points to is written. Both the file and its place in
    the folder are on the disk when this returns.
    Raises ValueError, and leaves the old content as it was, where the path cannot be written.
    """
    path = Path(os.path.realpath(path))
    draft = path.with_name(f".{path.name}.{threading.get_ident()}.{os.getpid()}{_DRAFT}")
    try:
        if path.is_symlink():
            raise ValueError(f"{path} cannot be written: it is a link to itself")
        make_folder(path.parent)
        _remove_left_drafts(path)
        with open(draft, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(stat.S_IMODE(path.stat().st_mode))
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):  # such as a folder in the draft's place: the first error counts
            draft.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; all of them are on the disk when this returns."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk: a new file is there after a power failure only once they have."""
    with contextlib.suppress(OSError):  # Windows opens no folders, and some file systems cannot do it
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder itself: a file in it can be removed, and would then let a second process in.

    Raises BlockingIOError where it is taken. It does nothing where folders cannot be locked: on Windows, and on some
    network file systems.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if isinstance(error, BlockingIOError):
                raise
        yield
    finally:
        os.close(opened)


def _remove_left_drafts(path: Path) -> None:
    """Remove what a killed process left of this file: the drafts of processes that are no more, and old ones."""
    for draft in path.parent.glob(f".{glob.escape(path.name)}.*{_DRAFT}"):
        process = draft.stem.rpartition(".")[2]
        with contextlib.suppress(OSError):
            if process.isdecimal() and (_is_gone(int(process)) or time.time() - draft.stat().st_mtime > _OLD):
                draft.unlink()


def _is_gone(process: int) -> bool:
    if os.name != "posix":  # elsewhere, signal 0 would end the process
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # another user's, or no process's number
        return False
    return False


@dataclass(frozen=True)
class FileContent:
    """The bytes of a file, read once: whoever has them has the same, also where somebody changes the file."""

    path: Path
    content: bytes

    def __post_init__(self):
        check_fields(self)

    def opened(self) -> io.TextIOWrapper:
        """As an open text file in UTF-8, with or without a byte order mark; line ends as they are."""
        return io.TextIOWrapper(io.BytesIO(self.content), encoding="utf-8-sig", newline="")


def read_file(path: str | os.PathLike, what: str = "data") -> FileContent:
    """Read a file whole. ValueError where there is none, or it is a folder or a pipe; it calls the file `what`."""
    path = as_path(path)
    said = f"{what} is {shown(str(path))}"
    try:
        if not path.is_file():
            kind = "that is a folder, not a file" if path.is_dir() else "that is no plain file"
            raise ValueError(f"{said}: {kind if path.exists() else 'there is no such file'}")
        with open(readable(path, "what is in it"), "rb") as file:  # no more than was checked: it may grow without end
            return FileContent(path, file.read(os.fstat(file.fileno()).st_size))
    except OSError as error:
        raise ValueError(f"{said}: {error.strerror or error}") from None


def write_json(path, kind: str, version: int, content: dict) -> None:
    """Write {"kind": kind, "version": version, **content}, as `write_whole` does, into a folder that is there."""
    check_folder(path)
    text = json.dumps({"kind": kind, "version": version, **content}, indent=2, ensure_ascii=False) + "\n"
    try:
        write_whole(path, text.encode())
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise ValueError(f"{path}: UTF-8 has nothing for {shown(text[error.start])}, so use another text") from None


def read_json(path, kind: str, version: int, keys: set[str]) -> dict:
    """The content of a file of `write_json`; ValueError that names the file, where its kind, version or keys differ."""
    text = readable(path, kind).read_bytes()
    try:
        content = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON ({error}): need a file written by {kind}.save") from None
    if not isinstance(content, dict) or content.pop("kind", None) != kind:
        raise ValueError(f"{path} does not hold a {kind}: need a file written by {kind}.save")
    if (found := content.pop("version", None)) != version:
        raise ValueError(
            f"{path} is of version {shown(found)}: this program reads version {version}; fit and save it again"
        )
    if set(content) != keys:
        wrong = sorted(keys ^ set(content))
        raise ValueError(f"{path} has missing or unknown entries, {listed(map(repr, wrong))}: fit and save it again")
    return content


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. ValueError, which begins with the file's name, for one that is none.

    FileNotFoundError where there is none. A whole number has 64 bits, as TOML says.
    """
    text = ""
    try:
        text = readable(path, "what is in it", times=256).read_bytes().decode("utf-8-sig")
        tables = tomllib.loads(text)
        _check_toml(tables)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: not valid TOML: {cut(str(error))}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name}: it is no text in UTF-8: {error}") from None
    except RecursionError:
        raise ValueError(f"{path.name}: {_TOO_DEEP}") from None
    except ValueError as error:
        long = re.search(r"[0-9][0-9_]{4300}", text)  # Python reads no longer number, and does not say where it is
        where = f"line {text.count(chr(10), 0, long.start()) + 1}: " if long else ""
        raise ValueError(f"{path.name}: {where}{error}") from None
    return tables


def _check_toml(value: Any, *place: str) -> None:
    """ValueError for what is nested deep, and for a whole number that is too large for TOML."""
    if len(place) > _TOML_DEPTH:
        raise ValueError(_TOO_DEEP)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"{shown('.'.join(place))} is {shown(value)}: a whole number in TOML has 64 bits")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        _check_toml(part, *place, str(name))


def readable(path, what: str, times: int = 8) -> Path:
    """The path of a plain file that memory can hold; ValueError for another kind of file, or one that is too large.

    times: bytes of memory that a byte of the file takes when it is read.
    FileNotFoundError where there is none. A pipe is not opened: to read it could wait for ever.
    """
    path = as_path(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:  # a name that no file can have, or a folder that may not be looked into
        raise ValueError(f"{shown(str(path))} cannot be read: {getattr(error, 'strerror', error)}") from None
    if not path.is_file():
        raise ValueError(f"{path} is {'a folder' if path.is_dir() else 'no plain file'}: give a file's name")
    check_size(times * size, f"{path}, {size:,} bytes: {what}", "give a smaller file")
    return path
