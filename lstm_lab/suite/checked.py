"""Files of lines that each end with a check: what is torn, what is damaged, and how a line is appended.

The check of a line is the CRC-32 of the bytes before it. A last line that was being written when everything stopped is
torn: it counts as not written, and is moved to a file of its own, *.torn, before the next line. All else that is not as
it was written is refused by its number, and left as it is.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path

from pydantic_core import from_json

from lstm_lab.common.files import readable, sync_folder

LONGEST = 16 * 2**20  # bytes of a line; so a file of other things is not read into memory whole

_CHECK = re.compile(rb',"check":"([0-9a-f]{8})"\}\Z')
_CHECK_LENGTH = len(',"check":"12345678"}')
_BEGINNINGS = (b'{"shared":', b'{"of":')
_OTHER_TEXT = {
    codecs.BOM_UTF8: "begins with a byte order mark",
    codecs.BOM_UTF16_LE: "is in UTF-16",
    codecs.BOM_UTF16_BE: "is in UTF-16",
}

Stamp = tuple[int, int, int]  # device, inode and bytes of a file


def with_check(body: str) -> bytes:
    """A JSON object as a line."""
    begun = body.removesuffix("}").encode()
    return begun + b',"check":"%08x"}\n' % zlib.crc32(begun)


def without_check(line: bytes) -> bytes:
    """A line without its check; ValueError where that is not the check of the line."""
    body = line.removesuffix(b"\n").removesuffix(b"\r")  # git on Windows may have put both there
    if len(body) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} bytes, so it is no line of this program")
    found = _CHECK.search(body, max(len(body) - _CHECK_LENGTH, 0))
    if not found:
        raise ValueError("it does not end with a check, so it is damaged, or this program did not write it")
    if int(found[1], 16) != zlib.crc32(body[: found.start()]):
        raise ValueError("its check is of other bytes, so it was changed after it was written")
    return body[: found.start()] + b"}"


def numbered(path: Path) -> Iterator[tuple[str, bytes]]:
    """The lines that say something, and where each stands; a torn last line is left out."""
    for number, (_, line) in enumerate(_raw(path), 1):
        if line.rstrip(b"\r\n") and not _is_torn(line):
            yield f"{path} line {number}", line


def _raw(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each line as it is, and the byte at which it begins; ValueError for a file of another form."""
    try:
        if not path.exists():
            return
        if not path.is_file():  # a pipe would wait for ever
            raise ValueError(f"{path} cannot be read: it is not a file; move it away")
        readable(path, "the lines in it")  # their bound: a file of anything may be larger than memory
        with open(path, "rb") as file:
            start, number = 0, 1
            while line := file.readline(LONGEST + 2):
                if start == 0 and (
                    said := next((said for mark, said in _OTHER_TEXT.items() if line.startswith(mark)), "")
                ):
                    raise ValueError(f"{path} {said}: convert it to UTF-8 without a mark, with line ends as they are")
                if b"\r" in line.rstrip(b"\r\n"):
                    raise ValueError(f"{path} line {number} holds a carriage return: make each of them a newline")
                yield start, line
                start, number = start + len(line), number + 1
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from None


def _is_torn(line: bytes) -> bool:
    """Whether this is a line that was being written when everything stopped: the beginning of one, and no more."""
    if line.endswith(b"\n") or len(line) > LONGEST:
        return False
    if not any(line.startswith(begun) or begun.startswith(line) for begun in _BEGINNINGS):
        return False
    try:
        letters = codecs.getincrementaldecoder("utf-8")().decode(line)  # without the beginning of a letter at the end
        from_json(letters, allow_partial=True)
    except ValueError:
        return False
    try:
        json.JSONDecoder().raw_decode(letters)
    except ValueError:
        return True
    return False  # something whole, and perhaps more behind it


def mend(path: Path) -> None:
    """Give a whole last line its end, or move a torn one to a file beside this one. Others stay as they are."""
    start, last = 0, b"\n"
    for start, last in _raw(path):  # noqa: B007 (the last one is what is wanted)
        pass
    if not path.exists():
        return
    try:
        with open(path, "r+b") as file:  # for writing, so that a write error comes before any training
            if _is_torn(last):
                append(path.with_name(f"{path.name}.torn"), last + b"\n")
                file.truncate(start)
            elif not last.endswith(b"\n") and (last == b"\r" or _is_whole(last)):
                file.seek(0, os.SEEK_END)
                file.write(b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None


def _is_whole(line: bytes) -> bool:
    try:
        without_check(line)
    except ValueError:
        return False
    return True


def stamp(path: Path) -> Stamp | None:
    """What changes when another program writes to a file or puts another file in its place; None without a file."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None
    if not stat.S_ISREG(found.st_mode):  # to append to a pipe would wait for ever
        raise ValueError(f"{path} cannot be written: it is not a file; move it away")
    return found.st_dev, found.st_ino, found.st_size


def append(path: Path, lines: bytes) -> Stamp:
    """Append lines, and wait until they are on the disk; returns the stamp of the file with nothing else in it."""
    before = stamp(path)
    try:
        with open(path, "ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
            found = os.fstat(file.fileno())
        if before is None:
            sync_folder(path.parent)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None
    return found.st_dev, found.st_ino, (before[2] if before else 0) + len(lines)
