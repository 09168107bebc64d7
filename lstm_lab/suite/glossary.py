"""What each measure means, in a sentence.

An experiment's TOML file has the measures of its own in the table `[measures]`; `configs/measures.toml` has those that
several experiments ask. A name may hold a `*` for any text, which stands for {} in the sentence:

    "walk_*" = "What the network says if it starts from {} and is then given its own answers."
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from lstm_lab.common.checks import shown
from lstm_lab.common.files import read_toml

SHARED = "measures.toml"  # beside the TOML files of the experiments


def sentence(measure: str, entries: Mapping[str, str]) -> str:
    """The sentence of a measure; "" if there is none. A name without a `*` comes before one that has it.

    >>> sentence("walk_A", {"walk_*": "What it says from {} on."})
    'What it says from A on.'
    """
    if (name := _name(measure, entries)) is None:
        return ""
    return _filled(entries[name], _starred(name, measure) or [])


def meanings(measures: Sequence[str], entries: Mapping[str, str]) -> dict[str, str]:
    """The sentences of measures. If a name with a `*` stands for several of them, it is there once, and as it is.

    >>> meanings(["t1", "t2", "last"], {"t*": "The answer at step {}.", "last": "The last answer."})
    {'t*': 'The answer at step *.', 'last': 'The last answer.'}
    """
    names = [_name(measure, entries) for measure in measures]
    said: dict[str, str] = {}
    for measure, name in zip(measures, names, strict=True):
        if name is not None:
            several = names.count(name) > 1
            said[name if several else measure] = (
                _filled(entries[name], "*" * name.count("*")) if several else sentence(measure, entries)
            )
    return said


def _name(measure: str, entries: Mapping[str, str]) -> str | None:
    """The name under which a measure's sentence stands."""
    if measure in entries:
        return measure
    return next((name for name in entries if _starred(name, measure) is not None), None)


def _starred(name: str, measure: str) -> list[str] | None:
    """What each `*` of a name stands for in a measure, a letter or more; None if the name does not fit.

    >>> _starred("in_*_of_*", "in_1_of_2"), _starred("walk_*", "walk_")
    (['1', '2'], None)
    """
    first, *others = name.split("*")
    if not others:
        return [] if name == measure else None
    *middle, last = others
    stands, begin, end = [], len(first), len(measure) - len(last)
    for part in middle:  # each at its first place: where that does not fit, no other does
        found = measure.find(part, begin + 1, end)
        if found < 0:
            return None
        stands.append(measure[begin:found])
        begin = found + len(part)
    fits = measure.startswith(first) and measure.endswith(last) and begin < end
    return [*stands, measure[begin:end]] if fits else None


def _filled(words: str, parts: Sequence[str]) -> str:
    for part in parts:
        words = words.replace("{}", part, 1)
    return words


@cache
def shared(folder: Path) -> dict[str, str]:
    """The sentences that several experiments share; none if the folder has no such file. ValueError if it is wrong."""
    path = folder / SHARED
    try:
        entries = read_toml(path)
    except FileNotFoundError:
        return {}
    for name, words in entries.items():
        if not isinstance(words, str):
            raise ValueError(f"{path}: measure {shown(name)} is {shown(words)}: it should be a sentence")
    return entries
