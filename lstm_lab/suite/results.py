"""The recorded runs: one line of JSON for each seed. Only the parent process appends lines; no line is rewritten.

    results/0110_alphabet_naive/runs.jsonl       one line per (configuration, variant, start, trainer, seed)
    results/0110_alphabet_naive/histories.jsonl  loss and accuracy of the first seeds, for some of the epochs
    results/0110_alphabet_naive/failures.jsonl   the runs of a sweep that failed, and why; it is there if there are any
    results/0110_alphabet_naive/REPORT.md        made from the runs; it can be deleted and made again

What many runs share, such as settings and versions, stands in a line of its own above them; `suite.lines` has the form.
An incomplete last line, for example after a power failure, is put aside at the next start. A recorded run is not
repeated. While a run writes to a folder it holds a lock, and a second run into that folder is refused.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, PlainValidator

from lstm_lab.common.files import locked, make_folder
from lstm_lab.judging import measures
from lstm_lab.suite.lines import Fields, Lines, Record, encoded

Key = tuple[str, str, str, str, int]

HISTORY_POINTS = 100
HISTORY_SEEDS = 10  # histories are for figures; those of the first seeds are enough
_DERIVED = ("seconds", "provenance", "shown")  # what may differ between two runs of a seed, or is for readers


_Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]  # on one line, of letters that can be shown


class _Kind(Fields):
    """What identifies runs, all but the seed."""

    experiment: str
    config: str
    variant: str
    trainer: Literal["compiled", "keras", "none"]
    start: Literal["literal", "scheduled"]


class _Provenance(Fields):
    """With what a run was made."""

    versions: dict[str, str] = Field(min_length=1)
    backend: str = ""
    device: str = Field(min_length=1)
    threads: int = 1
    revision: str = ""
    date: str = ""


class _SharedRuns(_Kind):
    shared: str
    settings: dict[str, Any]
    provenance: _Provenance
    chance: dict[str, int | float]
    lookup_table: dict[str, int | float]


class _OwnRun(Fields):
    of: str
    seed: int = Field(ge=0)
    measures: dict[_Name, Annotated[Any, PlainValidator(measures.read)]]
    seconds: float = Field(ge=0, allow_inf_nan=False)
    shown: list[str] = Field(default_factory=list)
    chance: dict[str, int | float] = Field(default_factory=dict)
    lookup_table: dict[str, int | float] = Field(default_factory=dict)


class _SharedFailures(_Kind):
    shared: str
    settings: dict[str, Any]


class _OwnFailure(Fields):
    of: str
    seed: int = Field(ge=0)
    reason: str = Field(min_length=1)


class _SharedCurves(_Kind):
    shared: str
    epochs: list[Annotated[int, Field(ge=1, lt=2**63)]]


class _OwnCurve(Fields):
    of: str
    seed: int = Field(ge=0)
    loss: list[float]
    accuracy: list[float] = Field(default_factory=list)


def key(record: Record) -> Key:
    """What identifies a run: configuration hash, variant, start, trainer, seed."""
    return record["config"], record["variant"], record["start"], record["trainer"], record["seed"]


class Store:
    """One experiment's folder of results."""

    def __init__(self, root: Path, name: str):
        self.folder = Path(root) / name
        self.runs = self.folder / "runs.jsonl"
        self.histories = self.folder / "histories.jsonl"
        self._runs = Lines(self.runs, _SharedRuns, _OwnRun, _run_checks)
        self._histories = Lines(self.histories, _SharedCurves, _OwnCurve, lambda: _check_curve)
        self._failures = Lines(
            self.folder / "failures.jsonl", _SharedFailures, _OwnFailure, lambda: lambda record: None
        )

    def records(self) -> list[Record]:
        """All runs, the latest of each key, in the order in which the keys were first written."""
        with _no_collection():
            return list({key(record): record for record in self._runs.read()}.values())

    def curves(self) -> list[Record]:
        """The histories of some epochs: key fields, "epochs", "loss" and "accuracy"."""
        with _no_collection():
            return list({key(record): record for record in self._histories.read()}.values())

    def failures(self, made: Iterable[Record] | None = None) -> list[Record]:
        """The runs that failed and were not made since: key fields, "settings" and the "reason" of the last try.

        made: the recorded runs, for a caller that has read them
        """
        failed = {key(record): record for record in self._failures.read()}
        known = {key(record) for record in (self.records() if made is None else made)} if failed else ()
        return [record for each, record in failed.items() if each not in known]

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the folder's lock, and append. ValueError if the folder cannot be written or the lock is taken."""
        from filelock import FileLock, Timeout

        with ExitStack() as held:
            try:
                make_folder(self.folder)
                held.enter_context(FileLock(self.folder / ".lock", timeout=0))
                held.enter_context(locked(self.folder))
            except (Timeout, BlockingIOError):
                raise ValueError(
                    f"results folder {self.folder}: another run is writing to it; wait for it to end"
                ) from None
            except OSError as error:
                raise ValueError(f"results folder {self.folder} cannot be written: {error.strerror or error}") from None
            yield Writer(self._runs, self._histories, self._failures)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without Python's search for garbage, which takes a third of the time of reading many runs, and finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Writer:
    """Appends runs while the lock of the store is held."""

    def __init__(self, runs: Lines, histories: Lines, failures: Lines):
        self._run, self._history, self._failure = (each.appending() for each in (runs, histories, failures))

    def append(self, record: Record, history: dict[str, np.ndarray] | None = None) -> None:
        """Append one run and flush it to disk; for the first seeds, also its history."""
        if history and record["seed"] < HISTORY_SEEDS:  # before the run: a recorded run is not repeated
            self._history({name: record[name] for name in (*_Kind.model_fields, "seed")} | _thin(history))
        self._run(record)

    def append_failure(self, record: Record) -> None:
        """Append a run that failed: its key fields, "settings" and the "reason"."""
        self._failure(record)


def canonical(records: Iterable[Record]) -> str:
    """Runs as sorted lines without seconds and provenance: the same bytes for the same seeds and settings."""
    kept = ({name: value for name, value in record.items() if name not in _DERIVED} for record in records)
    return "".join(f"{line}\n" for line in sorted(encoded(record, sort_keys=True) for record in kept))


def provenance(trainer: str, threads: int = 1, device: str = "cpu") -> Record:
    """With what a run was made: versions, backend, device, threads, git revision, day."""
    packages = {"keras": ("keras", "tensorflow"), "compiled": ("jax", "jaxlib")}.get(trainer, ())
    versions = {name: installed_version(name) for name in ("numpy", *packages)}
    return {
        "versions": {name: text for name, text in versions.items() if text},
        "backend": {"keras": "tensorflow", "compiled": "jax"}.get(trainer, "none"),
        "device": device,
        "threads": threads,
        "revision": _git_revision(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _check_run(record: Record) -> None:
    """ValueError for baselines that do not fit the measures: reports show them as counts of as many."""
    for part in ("chance", "lookup_table"):
        for name, right in record[part].items():
            if (value := record["measures"].get(name)) is None:
                continue
            if not (isinstance(value, measures.Count) and value.asked and 0 <= right <= value.asked):
                raise ValueError(f"{part} of {name} is {right!r}: it should be of a count, and at most what was asked")


def _run_checks() -> Callable[[Record], None]:
    """Checks runs one after the other: a measure is of one kind on all seeds."""
    kinds: dict[tuple, tuple[type, int]] = {}  # of which kind a measure is, and a seed that says so

    def check(record: Record) -> None:
        _check_run(record)
        of = key(record)[:4]
        for name, value in record["measures"].items():
            kind, seed = kinds.setdefault((of, name), (type(value), record["seed"]))
            if kind is not type(value):
                said, before = type(value).__name__.lower(), kind.__name__.lower()
                raise ValueError(
                    f"{name} is a {said}, but a {before} of seed {seed}: it should be the same on all seeds"
                )

    return check


def _no_check(record: Record) -> None: ...


def _check_curve(record: Record) -> None:
    """ValueError for values that are not as many as the epochs."""
    for name in ("loss", "accuracy"):
        if name in record and len(record[name]) != len(record["epochs"]):
            raise ValueError(f"{name} has {len(record[name])} values for {len(record['epochs'])} epochs")


def _thin(history: dict[str, np.ndarray]) -> Record:
    epochs = len(next(iter(history.values())))
    kept = np.unique(np.linspace(0, epochs - 1, min(epochs, HISTORY_POINTS)).round().astype(int))
    return {"epochs": (kept + 1).tolist()} | {name: list(map(_short, values[kept])) for name, values in history.items()}


def _short(value: float) -> float:
    """With four digits, the fewest with which a curve of little height has no steps; 1 and not 1.0."""
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded  # 1e300 has 301 digits


@cache
def installed_version(name: str) -> str | None:
    """The version of a package, or of its form for CPUs; None where it is not installed."""
    for package in (name, f"{name}-cpu"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return None


@cache
def _git_revision() -> str:
    import subprocess

    def git(*words: str) -> str:
        folder = Path(__file__).resolve().parents[2]
        # within a git hook, GIT_DIR names another repository
        others = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        said = subprocess.run(["git", *words], cwd=folder, env=others, capture_output=True, timeout=10).stdout
        return said.decode("ascii", errors="replace").strip()

    try:
        revision = git("rev-parse", "--short", "HEAD")
        changed = git("status", "--porcelain", "--", "lstm_lab", "experiments", "configs")  # not the results themselves
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return (revision if re.fullmatch("[0-9a-f]{4,64}", revision) else "unknown") + ("-dirty" if changed else "")
