"""Texts and tables as Markdown. What comes from runs and from TOML files is shown as it is, and is never a tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_SPECIAL = re.compile(r"\\(?=[!-/:-@\[-`{-~])|[`*~]|\](?=[(\[:])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<!\w)_")
_TAG = re.compile(r"(`[^`\n]*`)|<(?=[A-Za-z/!?])|`")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # all but the end of a line


class Markdown(str):
    """A text that is Markdown already."""

    __slots__ = ()


def plain(text: str) -> Markdown:
    r"""A text of a run, such as a measure's: it looks in Markdown as it is.

    >>> plain("in_order"), plain("*[x](y)* <b> `c` 1 < 2")
    ('in_order', '\\*[x\\](y)\\* \\<b> \\`c\\` 1 < 2')
    """
    return Markdown(_SPECIAL.sub(r"\\\g<0>", _shown(text)))


def words(text: str) -> Markdown:
    r"""Our own words, such as those of a claim: they may have `code`, bold and links, but no tags.

    >>> words("**`fit<int>`** takes a <b>"), words("one ` alone")
    ('**`fit<int>`** takes a \\<b>', 'one \\` alone')
    """
    return Markdown(_TAG.sub(lambda found: found[1] or "\\" + found[0], _shown(text)))


def _shown(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """A table, the first column left, every cell on one line; empty where it has no rows. A cell that is no `Markdown`
    is shown as it is."""

    def line(cells: Iterable[str]) -> str:
        shown = (cell if isinstance(cell, Markdown) else plain(cell) for cell in cells)
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in shown) + " |"

    if not rows:
        return ""
    return "\n".join([line(rows[0]), "|" + "---|" * len(rows[0]), *(line(row.values()) for row in rows)])


def fenced(text: str) -> str:
    """A block of text as it is, within a fence that does not occur in it."""
    longest = max(map(len, re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{_shown(text)}\n{fence}"
