"""Runs in long form, a row for each run and measure, for somebody's own pandas: as CSV or Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_lab.common.files import write_whole
from lstm_lab.judging.measures import Count, Number, Text, Value
from lstm_lab.report.changes import written
from lstm_lab.suite.results import Record, key

if TYPE_CHECKING:
    import pandas as pd

_OF_A_RUN = ("experiment", "variant", "trainer", "start", "seed", "config")
_TYPES = {
    **dict.fromkeys(_OF_A_RUN, "string"),
    "seed": "Int64",
    **dict.fromkeys(("measure", "kind"), "string"),
    **dict.fromkeys(("score", "right"), "float64"),
    "asked": "Int64",
    "value": "float64",
    "text": "string",
    **dict.fromkeys(("chance", "lookup_table", "seconds"), "float64"),
    **dict.fromkeys(("device", "revision", "failed"), "string"),
}
_KINDS = {Count: "count", Text: "text", Number: "number"}


def check(path: Path) -> None:
    """ValueError for another ending, a folder that is not there, a file that is there, and Parquet without pyarrow."""
    if (kind := path.suffix.lower()) not in (".csv", ".parquet"):
        raise ValueError(f"--tidy {path}: its ending should be .csv or .parquet")
    if not path.parent.is_dir():
        raise ValueError(f"--tidy {path}: there is no folder {path.parent}, make it first")
    if path.exists() or path.is_symlink():  # nothing in it says whose it is
        raise ValueError(f"--tidy {path} is there already: remove it, or name another file")
    if kind == ".parquet":
        try:
            import pyarrow  # noqa: F401 (it takes part of a second, and is loaded only where it is wanted)
        except ImportError:
            raise ValueError(
                f"--tidy {path}: Parquet needs pyarrow: pip install lstm-lab[parquet], or name a file that ends in .csv"
            ) from None


def frame(records: Iterable[Record], failures: Iterable[Record] = ()) -> pd.DataFrame:
    """A row for each run and measure, sorted by run; a run that failed is a row without a measure, with its reason.

    experiment, variant, trainer, start, seed, config   what identifies a run
    setting.NAME                                        a column for each setting; a list is written as in TOML
    measure, kind                                       a count, a text or a number
    score, right, asked, value, text                    score: the share that is right, or the number
    chance, lookup_table                                how many answers the two baselines get right
    seconds, device, revision                           of the run
    failed                                              why there is no measure
    """
    import pandas as pd

    runs = sorted([*records, *failures], key=lambda run: (run["experiment"], run["variant"], *key(run)))
    settings = list(dict.fromkeys(name for run in runs for name in run["settings"]))
    columns: dict[str, list[Any]] = {name: [] for name in _TYPES}
    of: list[Record] = []  # each row's settings
    for run in runs:
        for row in _rows(run):
            of.append(run["settings"])
            for name, column in columns.items():
                column.append(row.get(name))
    typed = {name: pd.array(column, dtype=_TYPES[name]) for name, column in columns.items()}
    own = {f"setting.{name}": _typed([each.get(name) for each in of]) for name in settings}
    first = {name: typed.pop(name) for name in _OF_A_RUN}
    return pd.DataFrame(first | own | typed)


def write(path: Path, table: pd.DataFrame) -> None:
    """Write a table, whole or not at all; ValueError as `check`, and where it cannot be written."""
    check(path)
    if path.suffix.lower() == ".csv":
        write_whole(path, table.to_csv(index=False, lineterminator="\n"))
        return
    content = io.BytesIO()
    table.to_parquet(content, engine="pyarrow", index=False)
    write_whole(path, content.getvalue())


def _rows(run: Record) -> Iterable[Record]:
    shared = {name: run[name] for name in _OF_A_RUN}
    if "reason" in run:
        yield shared | {"failed": run["reason"]}
        return
    made = run["provenance"]
    shared |= {"seconds": run["seconds"], "device": made["device"], "revision": made.get("revision")}
    for name, value in run["measures"].items():
        baselines = {part: run[part].get(name) for part in ("chance", "lookup_table")}
        yield shared | {"measure": name, "kind": _KINDS[type(value)], "score": value.score} | _parts(value) | baselines


def _parts(value: Value) -> Record:
    match value:
        case Count():
            return {"right": value.right, "asked": value.asked}
        case Text():
            return {"text": value.symbols}
        case Number():
            return {"value": float(value.value)}


def _typed(values: Sequence[Any]) -> Any:
    """A setting's column: numbers and yes or no as they are, where every experiment has such; else as text."""
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pd.array(values, dtype="boolean")
    large = any(type(value) is int and abs(value) >= 2**63 for value in values)
    if kinds and kinds <= {int, float} and not large:
        return pd.array(values, dtype="Int64" if kinds == {int} else "Float64")
    return pd.array([value if value is None else written(value) for value in values], dtype="string")
