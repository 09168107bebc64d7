"""What each measure means, in a sentence.

An experiment's TOML file has the measures of its own in the table `[measures]`; `configs/measures.toml` has those that
several experiments ask. A name may hold a `*` for any text, which stands for {} in the sentence:

    "walk_*" = "What the network says if it starts from {} and is then given its own answers."
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SHARED = "measures.toml"  # beside the TOML files of the experiments


def sentence(measure: str, entries: Mapping[str, str]) -> str:
    """The sentence of a measure; "" if there is none. A name without a `*` comes before one that has it.

    >>> sentence("walk_A", {"walk_*": "What it says from {} on."})
    'What it says from A on.'
    """
    if measure in entries:
        return entries[measure]
    for name, words in entries.items():
        found = re.fullmatch(re.escape(name).replace(r"\*", "(.+?)"), measure)
        if found:
            for part in found.groups():
                words = words.replace("{}", part, 1)
            return words
    return ""


@cache
def shared(folder: Path) -> dict[str, str]:
    """The sentences that several experiments share; none if the folder has no such file. ValueError if it is wrong."""
    path = folder / SHARED
    if not path.exists():
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    for name, words in entries.items():
        if not isinstance(words, str):
            raise ValueError(f"{path}: measure {name!r} is {words!r}: it should be a sentence")
    return entries
