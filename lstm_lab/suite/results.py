"""The recorded runs: one line of JSON for each seed. Only the parent process appends lines; no line is rewritten.

    results/0110_alphabet_naive/runs.jsonl       one line per (configuration, variant, start, trainer, seed)
    results/0110_alphabet_naive/histories.jsonl  loss and accuracy of the first seeds, for some of the epochs
    results/0110_alphabet_naive/REPORT.md        made from the runs; it can be deleted and made again

An incomplete last line, for example after a power failure, is dropped at the next start. A recorded run is not
repeated. While a run writes to a folder it holds a lock, and a second run into that folder is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from lstm_lab.judging import measures

Record = dict[str, Any]  # a line of runs.jsonl, with typed measures
Key = tuple[str, str, str, str, int]

HISTORY_POINTS = 100
HISTORY_SEEDS = 10  # histories are for figures; those of the first seeds are enough
_DERIVED = ("seconds", "provenance", "shown")  # what may differ between two runs of a seed, or is for readers
_LOOKUP_TABLE = "memoryless"  # the name of the lookup table in the files of runs only


def key(record: Record) -> Key:
    """What identifies a run: configuration hash, variant, start, trainer, seed."""
    return record["config"], record["variant"], record["start"], record["trainer"], record["seed"]


class Store:
    """One experiment's folder of results."""

    def __init__(self, root: Path, name: str):
        self.folder = Path(root) / name
        self.runs = self.folder / "runs.jsonl"
        self.histories = self.folder / "histories.jsonl"

    def records(self) -> list[Record]:
        """All runs, the latest of each key, in the order in which the keys were first written."""
        latest: dict[Key, Record] = {}
        for record in _lines(self.runs):
            latest[key(record)] = record
        return list(latest.values())

    def curves(self) -> list[Record]:
        """The histories of some epochs: key fields, "epochs", "loss" and "accuracy"."""
        latest = {key(record): record for record in _lines(self.histories)}
        return list(latest.values())

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the folder's lock, and append. ValueError if the folder cannot be written or the lock is taken."""
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock")
            lock.acquire(timeout=0)
        except Timeout:
            raise ValueError(
                f"results folder {self.folder}: another run is writing to it; wait for it to end"
            ) from None
        except OSError as error:
            raise ValueError(f"results folder {self.folder} cannot be written: {error.strerror or error}") from None
        try:
            for path in (self.runs, self.histories):
                _drop_torn_line(path)
            yield Writer(self)
        finally:
            lock.release()


class Writer:
    """Appends runs while the lock of the store is held."""

    def __init__(self, store: Store):
        self._store = store

    def append(self, record: Record, history: dict[str, np.ndarray] | None = None) -> None:
        """Append one run and flush it to disk; for the first seeds, also its history."""
        if history and record["seed"] < HISTORY_SEEDS:  # before the run: a recorded run is not repeated
            names = ("experiment", "config", "variant", "start", "trainer", "seed")
            _append(self._store.histories, {name: record[name] for name in names} | _thin(history))
        _append(self._store.runs, record)


def canonical(records: Iterable[Record]) -> str:
    """Runs as sorted lines without seconds and provenance: the same bytes for the same seeds and settings."""
    kept = ({name: value for name, value in record.items() if name not in _DERIVED} for record in records)
    return "".join(f"{line}\n" for line in sorted(_encoded(record, sort_keys=True) for record in kept))


def provenance(trainer: str, threads: int = 1, device: str = "cpu") -> Record:
    """With what a run was made: versions, backend, device, threads, git revision, date."""
    packages = {"keras": ("keras", "tensorflow"), "compiled": ("jax", "jaxlib")}.get(trainer, ())
    versions = {name: _version(name) for name in ("numpy", *packages)}
    return {
        "versions": {name: text for name, text in versions.items() if text},
        "backend": {"keras": "tensorflow", "compiled": "jax"}.get(trainer, "none"),
        "device": device,
        "threads": threads,
        "revision": _git_revision(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _lines(path: Path) -> Iterator[Record]:
    """The lines of a file without an incomplete last one; ValueError if another line is damaged."""
    if not path.exists():
        return
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from None
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            record = _decoded(line)
            key(record)
        except (ValueError, KeyError, TypeError, AttributeError):
            if number < len(lines):  # it ends with a newline, so it is not incomplete but damaged
                raise ValueError(f"{path} line {number} is not a run: repair or delete that line") from None
        else:
            yield record


def _decoded(line: bytes) -> Record:
    """A line of a file → a record, as the program uses it."""
    record = json.loads(line.decode())
    if "measures" in record:
        record["measures"] = {name: measures.read(stored) for name, stored in record["measures"].items()}
    return {"lookup_table" if name == _LOOKUP_TABLE else name: value for name, value in record.items()}


def _encoded(record: Record, sort_keys: bool = False) -> str:
    """A record → a line of a file."""
    named = {_LOOKUP_TABLE if name == "lookup_table" else name: value for name, value in record.items()}
    return json.dumps(named, sort_keys=sort_keys, ensure_ascii=False, default=lambda measure: measure.stored)


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    try:
        with open(path, "r+b") as file:  # for writing, so that a write error comes before any training
            data = file.read()
            if data and not data.endswith(b"\n"):
                file.truncate(data.rfind(b"\n") + 1)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None


def _append(path: Path, record: Record) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(_encoded(record) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None


def _thin(history: dict[str, np.ndarray]) -> Record:
    epochs = len(next(iter(history.values())))
    kept = np.unique(np.linspace(0, epochs - 1, min(epochs, HISTORY_POINTS)).round().astype(int))
    curves = {name: [float(f"{value:.4g}") for value in values[kept]] for name, values in history.items()}
    return {"epochs": (kept + 1).tolist(), **curves}


@cache
def _version(name: str) -> str | None:
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
        return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, timeout=10).stdout.strip()

    try:
        revision = git("rev-parse", "--short", "HEAD")
        changed = git("status", "--porcelain", "--", "lstm_lab", "experiments", "configs")  # not the results themselves
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return (revision or "unknown") + ("-dirty" if changed else "")
