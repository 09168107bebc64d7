"""What `lstm-lab list` prints: the experiments by source, each with its title and its answer; or their figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lstm_lab.cli import columns
from lstm_lab.cli.legend import legend
from lstm_lab.common.checks import shown
from lstm_lab.report import overview
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue

FEW = 10  # experiments whose whole answers are shown
_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z`])")


def select(texts: Sequence[str]) -> list[str]:
    """The names for ids, `all` and `published`, and for words of a title, name or source; all names for no text.

    Raises ValueError for a text that finds nothing.
    """
    every, found = catalogue.names(), set()
    for text in texts:
        here = catalogue.select([text]) if text in ("all", "published") else [n for n in every if _meant(text, n)]
        if not here:
            raise ValueError(
                f"list {shown(text)}: no id begins so, and no title, name or source has it; `list` shows all"
            )
        found |= set(here)
    return [name for name in every if name in found or not texts]


def _meant(text: str, name: str) -> bool:
    """Whether a text means an experiment: digits begin its id, other words stand in its name, title or source."""
    if text.isdigit():
        return name.startswith((text, text.zfill(4)))
    config = catalogue.config(name)
    return text.lower() in f"{name} {config.title} {config.source}".lower()


def titles(names: Sequence[str], recorded: Recorded) -> Iterator[Any]:
    """A heading for each source document, and below it the id and title of each experiment, and its answer.

    Of a long list each answer's first sentence is shown: it is to be looked through.
    """
    groups: dict[str, list[overview.Listed]] = {}
    for listed in overview.listing(names, recorded):
        groups.setdefault(listed.source.split(",")[0], []).append(listed)
    for source, group in groups.items():
        yield Text(source, style="bold")
        table = Table.grid(padding=(0, 1, 0, 0))
        for listed in group:
            table.add_row(listed.id, listed.title)
            if listed.answer:
                answer = listed.answer if len(names) <= FEW else _SENTENCE.split(listed.answer)[0]
                table.add_row("", Padding(answer, (0, 0, 0, 2)))
        yield table


def figures(names: Sequence[str], recorded: Recorded) -> Iterator[Any]:
    """The table of published and recorded figures; below it the texts that are too long for a column."""
    rows, said = overview.figures(names, recorded)
    yield from columns.figures(rows, said)
    yield from legend(rows)
