"""A grid of settings: what `[grid]` of a TOML file and `--over` of the command line say, and its cells."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from lstm_lab.common.checks import check_size, shown
from lstm_lab.suite.written import Written, read

RUN = 4096  # bytes that one run takes while it is made and recorded, more or less
Grid = Mapping[str, Sequence[Any]]  # setting → its values

_RANGE = re.compile(r"\s*(-?\d{1,18})\.\.(-?\d{1,18})\s*")
_EXAMPLE = "write it as --over units=4,8,16 or --over lag=1..9"


def cells(grid: Grid) -> dict[str, dict[str, Any]]:
    """The cells by name: every value of one setting with every value of the others.

    >>> cells({"lag": [3], "units": [4, 8]})
    {'lag=3,units=4': {'lag': 3, 'units': 4}, 'lag=3,units=8': {'lag': 3, 'units': 8}}
    """
    combined = (dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())) if grid else ()
    return {cell_name(cell): cell for cell in combined}


def cell_name(cell: Mapping[str, Any]) -> str:
    """
    >>> cell_name({"lag": 3, "form": "n,n"})
    'lag=3,form=n,n'
    """
    return ",".join(f"{name}={value}" for name, value in cell.items())


def cell_of(variant: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The cell that a variant's name stands for, with the values of its run's settings; {} where it is no cell.

    >>> cell_of("form=1,1,units=4", {"units": 4, "form": "1,1", "epochs": 9}), cell_of("shuffled", {"units": 4})
    ({'form': '1,1', 'units': 4}, {})
    """
    places = {name: match.start() for name in settings if (match := re.search(rf"(?:^|,){re.escape(name)}=", variant))}
    cell = {name: settings[name] for name in sorted(places, key=places.__getitem__)}
    return cell if cell and cell_name(cell) == variant else {}


def in_order(names: Collection[str], grid: Grid, settings: Iterable[str]) -> list[str]:
    """A grid's settings in the order in which its cells name them: that of the TOML file's grid, if it has the same.

    >>> in_order(["lag", "units"], {}, ["units", "lag"]), in_order(["lag", "units"], {"lag": [], "units": []}, [])
    (['units', 'lag'], ['lag', 'units'])
    """
    return [name for name in (grid if grid.keys() == set(names) else settings) if name in names]


def named_cell(variant: str, settings: Mapping[str, Any], grid: Grid) -> dict[str, Any]:
    """The cell that a name alone stands for, its values read by the types of the settings; {} where it is no cell.

    ValueError where the settings stand in another order than that of `in_order`: a cell has one name.

    >>> settings = {"units": 8, "form": "n,n"}
    >>> named_cell("units=4,form=1,1", settings, {}), named_cell("units=04", settings, {})
    ({'units': 4, 'form': '1,1'}, {})
    """
    if not settings or "=" not in variant:
        return {}
    parts = re.split(rf"(?:^|,)({'|'.join(map(re.escape, settings))})=", variant)
    cell = {name: read(text, settings[name]) for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    if not cell or cell_name(cell) != variant:
        return {}
    if (right := cell_name({name: cell[name] for name in in_order(cell, grid, settings)})) != variant:
        raise ValueError(f"variant {shown(variant)} has its settings in another order: write it as {right}")
    return cell


def ranged(values: Any) -> Any:
    """ "1..4" as [1, 2, 3, 4]; anything else as it is. ValueError for a range without a value, or a huge one.

    >>> ranged("2..4"), ranged([2, 4])
    ([2, 3, 4], [2, 4])
    """
    if not (isinstance(values, str) and (found := _RANGE.fullmatch(values))):
        return values
    first, last = map(int, found.groups())
    if last < first:
        raise ValueError(f"{shown(values)} has no value: write the smaller number first, as in 1..9")
    check_size(RUN * (last - first + 1), f"the range {values} of a setting", "use fewer values")
    return list(range(first, last + 1))


def check(grid: Grid, seeds: int) -> None:
    """ValueError for an empty grid, a value that comes twice, and more cells than there is memory for their runs."""
    for name, values in grid.items():
        if not values:
            raise ValueError(f"grid.{name} has no value: give it one or more, or leave it out")
        if len(set(map(str, values))) < len(values):  # cells are named by them
            raise ValueError(f"grid.{name} is {shown(values)}: use each value once")
    many = math.prod(map(len, grid.values()))
    each = f", with {seeds:,} seeds each" if seeds > 1 else ""
    check_size(RUN * seeds * many, f"a grid of {many:,} cells{each}", "use fewer values")


def parse_over(texts: Iterable[str], settings: Mapping[str, Any]) -> dict[str, list[Any]]:
    """["units=4,8", "lag=1..3"] → {"units": [4, 8], "lag": [1, 2, 3]}, each value of its setting's own type.

    A list may be written as in TOML too, as for texts with commas: form=["1,1","n,n"].
    settings: name → its present value. ValueError for what is no name=values, a setting given twice, and an empty list.

    >>> parse_over(["units=4,8"], {"units": 1})
    {'units': [4, 8]}
    """
    grid: dict[str, list[Any]] = {}
    for text in texts:
        name, sign, values = (part.strip() for part in text.partition("="))
        if not sign or not name:
            raise ValueError(f"--over {text[:200]!r}: {_EXAMPLE}")
        if name in grid:
            raise ValueError(f"--over names setting {shown(name)} twice: put all its values into one")
        like = settings.get(name)
        listed = read(values, [like] if like is not None else []) if values.startswith("[") else ranged(values)
        if isinstance(listed, str):
            listed = [read(Written(each), like) for each in values.split(",")] if values else []
        if not listed:
            raise ValueError(f"--over {text[:200]!r} has no value: {_EXAMPLE}")
        grid[name] = list(listed)
    return grid
