"""The recorded runs: one line of JSON for each seed. Only the parent process appends lines; no line is rewritten.

    results/0110_alphabet_naive/runs.jsonl       one line per (configuration, variant, start, trainer, seed)
    results/0110_alphabet_naive/histories.jsonl  loss and accuracy of the first seeds, for some of the epochs
    results/0110_alphabet_naive/REPORT.md        made from the runs; it can be deleted and made again

What many runs share, such as settings and versions, stands in a line of its own above them; `suite.lines` has the form.
An incomplete last line, for example after a power failure, is dropped at the next start. A recorded run is not
repeated. While a run writes to a folder it holds a lock, and a second run into that folder is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from lstm_lab.common.checks import check_whole
from lstm_lab.judging import measures
from lstm_lab.suite.lines import Lines, Record, encoded

Key = tuple[str, str, str, str, int]

HISTORY_POINTS = 100
HISTORY_SEEDS = 10  # histories are for figures; those of the first seeds are enough
_DERIVED = ("seconds", "provenance", "shown")  # what may differ between two runs of a seed, or is for readers
_KIND = ("experiment", "config", "variant", "trainer", "start")  # with the seed they identify a run


def key(record: Record) -> Key:
    """What identifies a run: configuration hash, variant, start, trainer, seed."""
    return record["config"], record["variant"], record["start"], record["trainer"], record["seed"]


class Store:
    """One experiment's folder of results."""

    def __init__(self, root: Path, name: str):
        self.folder = Path(root) / name
        self.runs = self.folder / "runs.jsonl"
        self.histories = self.folder / "histories.jsonl"
        self._runs = Lines(self.runs, (*_KIND, "settings", "provenance"), usual=("chance", "lookup_table"))
        self._histories = Lines(self.histories, (*_KIND, "epochs"))

    def records(self) -> list[Record]:
        """All runs, the latest of each key, in the order in which the keys were first written."""
        latest: dict[Key, Record] = {}
        for record in self._runs.read(_typed):
            latest[key(record)] = record
        return list(latest.values())

    def curves(self) -> list[Record]:
        """The histories of some epochs: key fields, "epochs", "loss" and "accuracy"."""
        latest = {key(record): record for record in self._histories.read(_identified)}
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
            yield Writer(self._runs, self._histories)
        finally:
            lock.release()


class Writer:
    """Appends runs while the lock of the store is held."""

    def __init__(self, runs: Lines, histories: Lines):
        self._run, self._history = runs.appending(), histories.appending()

    def append(self, record: Record, history: dict[str, np.ndarray] | None = None) -> None:
        """Append one run and flush it to disk; for the first seeds, also its history."""
        if history and record["seed"] < HISTORY_SEEDS:  # before the run: a recorded run is not repeated
            self._history({name: record[name] for name in (*_KIND, "seed")} | _thin(history))
        self._run(record)


def canonical(records: Iterable[Record]) -> str:
    """Runs as sorted lines without seconds and provenance: the same bytes for the same seeds and settings."""
    kept = ({name: value for name, value in record.items() if name not in _DERIVED} for record in records)
    return "".join(f"{line}\n" for line in sorted(encoded(record, sort_keys=True) for record in kept))


def provenance(trainer: str, threads: int = 1, device: str = "cpu") -> Record:
    """With what a run was made: versions, backend, device, threads, git revision, day."""
    packages = {"keras": ("keras", "tensorflow"), "compiled": ("jax", "jaxlib")}.get(trainer, ())
    versions = {name: _version(name) for name in ("numpy", *packages)}
    return {
        "versions": {name: text for name, text in versions.items() if text},
        "backend": {"keras": "tensorflow", "compiled": "jax"}.get(trainer, "none"),
        "device": device,
        "threads": threads,
        "revision": _git_revision(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _typed(stored: Record) -> Record:
    """A run as it is stored → a record as the program uses it; an error for one that reports could not show."""
    measured = stored["measures"] = {name: measures.read(each) for name, each in stored["measures"].items()}
    for name in (name for part in ("chance", "lookup_table") for name in stored[part] if name in measured):
        if not (isinstance(measured[name], measures.Count) and measured[name].asked):
            raise ValueError(f"{name} has a baseline, so it should be a count")
    figures = [stored["seconds"], *stored["chance"].values(), *stored["lookup_table"].values()]
    if not all(isinstance(figure, int | float) for figure in figures):
        raise ValueError("seconds and baselines should be numbers")
    if not (stored["provenance"]["versions"].keys() and stored["provenance"]["device"]):
        raise ValueError("provenance should name versions and a device")
    return _identified(stored)


def _identified(stored: Record) -> Record:
    """The record itself; an error for one that is not identified."""
    check_whole(0, seed=stored["seed"])
    hash(key(stored))
    return stored


def _thin(history: dict[str, np.ndarray]) -> Record:
    epochs = len(next(iter(history.values())))
    kept = np.unique(np.linspace(0, epochs - 1, min(epochs, HISTORY_POINTS)).round().astype(int))
    return {"epochs": (kept + 1).tolist()} | {name: list(map(_short, values[kept])) for name, values in history.items()}


def _short(value: float) -> float:
    """With four digits, the fewest with which a curve of little height has no steps; 1 and not 1.0."""
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() else rounded


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
