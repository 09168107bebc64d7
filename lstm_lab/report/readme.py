"""The generated parts of README.md, each between two markers; all else in it stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lstm_lab.common.files import read_file, write_whole


def rewrite(readme: Path, parts: Mapping[str, str]) -> None:
    """Put each text between its markers, as "findings" between <!-- findings:begin --> and <!-- findings:end -->.

    Line ends are those of the markers; no byte elsewhere changes. ValueError as `rewritten`; then nothing is written.
    """
    write_whole(readme, rewritten(readme, parts))


def rewritten(readme: Path, parts: Mapping[str, str]) -> str:
    """What `rewrite` writes. ValueError where there is no such file, or a marker is missing in it."""
    try:
        text = read_file(readme, "the page").content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{readme} is no text in UTF-8: {error}") from None
    for name, part in parts.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        before, _, rest = text.partition(begin)
        between, _, after = rest.partition(end)
        if not (text.count(begin) == text.count(end) == 1 and end in rest):  # else which of them is meant?
            raise ValueError(
                f"{readme} lacks the lines {begin} and {end}, or has one twice: generated text goes between them"
            )
        line_end = "\r\n" if between.startswith("\r\n") else "\n"
        text = f"{before}{line_end.join((begin, *part.strip().split(chr(10)), end))}{after}"
    return text
