"""The generated parts of README.md, each between two markers; all else in it stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lstm_lab.common.files import write_whole


def rewrite(readme: Path, parts: Mapping[str, str]) -> None:
    """Put each text between its markers, as "findings" between <!-- findings:begin --> and <!-- findings:end -->.

    ValueError for a marker that is missing; then nothing is written.
    """
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    for name, part in parts.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"{readme} lacks the lines {begin} and {end}: generated text goes between them")
        text = f"{before}{begin}\n{part.strip()}\n{end}{after}"
    write_whole(readme, text)
