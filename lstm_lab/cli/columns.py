"""Tables of figures that fit a terminal of 80 columns: a cell is broken where a reader would break it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from lstm_lab.cli.console import console
from lstm_lab.cli.legend import legend
from lstm_lab.judging.measures import Text as Said
from lstm_lab.judging.measures import Value
from lstm_lab.report import tables
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import KERAS1, MAIN, Config

LONGEST_TEXT, LONGEST_NAME = 16, 24  # characters: a longer text is a block, a longer name may be broken anywhere
LONGEST_CELL = 4000
SHORT = 9  # characters of a column of single figures: "989/1000" fits, and its percent stands below
# Characters of a cell with several figures, and the padding between columns: the first with which the table fits.
WIDTHS = ((72, 1), (26, 1), (19, 1), (19, 0), (16, 0), (12, 0))
# Only here: after a comma outside brackets, after "seeds" or "mean", before a bracket and before "on 97 of 100 seeds".
_BREAKS = re.compile(r"(?<=[,;]) (?![^(]*\))|(?<=seeds) |(?<=mean) | (?=\()| (?=on \d)")


def result_table(
    config: Config, measured: Sequence[Record], recorded: Sequence[Record], title: str, changed: bool = False
) -> Group:
    """Published, recorded and just measured figures; below them what needs no memory: chance and the lookup table.

    changed: the recorded runs, and the published figures, are of other settings than those measured
    """
    published = all(record["variant"] in (MAIN, KERAS1) for record in measured)
    measured, recorded = tables.once(measured), tables.once(recorded)
    rows = tables.result(config, measured, recorded, published, changed)
    said = {row["measure"]: tables.values([*measured, *recorded], row["measure"]) for row in rows}
    baselines = tables.without_memory(measured or recorded)
    below: list[Any] = ["", plain_table(baselines)] if baselines else []
    return Group(Text(title, style="bold"), *figures(rows, said), *below, "", *legend(title, rows, baselines))


def figures(rows: tables.Rows, said: dict[str, list[Value]]) -> list[Any]:
    """A table, and below it a block for each text that is too long for a column.

    said: a row's measure → its values
    """
    long = [
        row
        for row in rows
        if any(isinstance(value, Said) and len(value.symbols) > LONGEST_TEXT for value in said[row["measure"]])
    ]
    short = tables.compact([row for row in rows if row not in long])
    return [*([plain_table(short)] if short else []), *map(_block, long)]


def _block(row: dict[str, str]) -> Text:
    """A measure whose text is too long for a column: each different text on lines of its own."""
    said: dict[str, list[str]] = {}
    for column, text in row.items():
        if column != "measure" and text not in ("", tables.NONE):
            said.setdefault(text, []).append(column)
    if len(said) == 1 and row.get("published") in said:
        return Text(f"{row['measure']}: as published, {next(iter(said))}")
    lines = (f"  {', '.join(columns)}: {text}" for text, columns in said.items())
    return Text("\n".join([f"{row['measure']}:", *lines]))


def plain_table(rows: tables.Rows) -> Table:
    """A table, with the widest cells with which it fits the terminal."""
    unlimited = console.options.update(width=10 * console.width)  # else a table says that it fits
    for width, padding in WIDTHS:
        table = _drawn(rows, width, padding)
        if console.measure(table, options=unlimited).maximum <= console.width:
            break
    return table


def _drawn(rows: tables.Rows, width: int, padding: int) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, padding=(0, padding, 0, 0), show_edge=False)
    first, *others = rows[0]
    narrow = SHORT if width < WIDTHS[0][0] else width
    widths = {column: width if any(len(row[column]) > 20 for row in rows) else narrow for column in others}
    shown.add_column(first, overflow="fold")
    for column in others:
        heading = textwrap.wrap(column, max(widths[column], SHORT), break_long_words=False)
        shown.add_column("\n".join(heading), overflow="fold")
    cells = [[_folded(row[first]), *(_broken(row[column], widths[column]) for column in others)] for row in rows]
    apart = any("\n" in cell for line in cells for cell in line)
    for line in cells:
        shown.add_row(*line, end_section=apart)
    # The first column keeps its width, unless a name in it has no place to be broken at.
    name = shown.columns[0]
    name.no_wrap = all(len(part) <= LONGEST_NAME for text in name.cells for part in str(text).split("\n"))
    return shown


def _broken(cell: str, width: int) -> str:
    """A cell on lines of this many characters, where it has places to be broken at.

    >>> print(_broken("0 of 4 seeds all right, 0–49 %, a bracket (8 %)", 18))
    0 of 4 seeds
    all right, 0–49 %
    a bracket (8 %)
    """
    lines = []
    for line in cell[:LONGEST_CELL].split("\n"):
        parts = "\n".join(_BREAKS.split(line)).replace(" ", "\u00a0")  # which textwrap does not break at
        lines += textwrap.wrap(parts, width, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(line.rstrip(",;").replace("\u00a0", " ") for line in lines)


def _folded(name: str, width: int = 17) -> str:
    """A long name on several lines, broken at its underscores and spaces."""
    lines = [""]
    for part in re.findall(r"[^_ ]*[_ ]?", name):
        if lines[-1] and len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
