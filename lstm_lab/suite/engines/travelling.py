"""What goes to another process or machine, and what is done there.

An experiment travels as its source: the script, its TOML file and the data it reads. A worker needs lstm-lab installed
and nothing else. It loads the script from a temporary folder, and keeps it in memory for later seeds.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from lstm_lab.common.files import FileContent
from lstm_lab.suite.experiment import Experiment
from lstm_lab.suite.glossary import SHARED
from lstm_lab.suite.results import Record, installed_version
from lstm_lab.suite.training import Outcome, outcomes
from lstm_lab.trainers.kept import keep_programs

Contents = dict[tuple[str, str], FileContent]  # (setting, value) → the file

# With another version of one of these a run may end in other bytes.
PACKAGES = ("numpy", "jax", "jaxlib", "keras", "tensorflow")


# A terminal sends them to all its processes.
LEFT_TO_PARENT = {getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)}


@dataclass(frozen=True)
class Parcel:
    """An experiment on its way.

    files     place in a checkout → content
    contents  (setting, value) → the file that the setting names
    """

    name: str
    files: dict[str, bytes]
    contents: Contents

    @property
    def digest(self) -> str:
        """What it is known by: a hash of all it has."""
        whole = hashlib.sha256(self.name.encode())
        for path, content in sorted(self.files.items()):
            whole.update(b"%s %d " % (path.encode(), len(content)) + content)
        for (name, value), file in sorted(self.contents.items(), key=lambda item: item[0]):
            whole.update(b"%s %s %d " % (name.encode(), value.encode(), len(file.content)) + file.content)
        return whole.hexdigest()


def files_of(experiment: Experiment) -> dict[str, bytes]:
    """The files of an experiment by their places in a checkout; ValueError where one is not there."""
    config = experiment.config.path
    places = {_script(experiment.name): experiment.file, f"configs/{experiment.name}.toml": config}
    if (shared := config.parent / SHARED).is_file():
        places[f"configs/{SHARED}"] = shared
    try:
        return {place: path.read_bytes() for place, path in places.items()}
    except OSError as error:
        raise ValueError(f"{error.filename}: {error.strerror}; other processes need it to train") from None


def _script(name: str) -> str:
    return f"experiments/{name}.py"


class Changed(ValueError):
    """What was sent is not what was asked for: no fault of a run."""


@dataclass(frozen=True)
class About:
    """What a worker says of itself.

    code      a hash of the package's source
    versions  package → version; "" where it cannot be imported
    """

    process: int
    code: str
    versions: dict[str, str]

    def differs(self, other: About) -> str:
        """What is another there than here, in words; "" for nothing that matters."""
        for package, mine in self.versions.items():
            theirs = other.versions.get(package, "")
            if not theirs:
                return f"it has no {package}: install lstm-lab there with all it needs"
            if mine != theirs:
                return f"it has {package} {theirs}, and here is {mine}: install the same version"
        if self.code != other.code:
            return f"its lstm-lab {self.versions['lstm-lab']} has other code than this one: install the same wheel"
        return ""


def about() -> About:
    """What this process is: the first thing that is asked of a worker."""
    keep_programs()
    _draw_apart()
    return About(os.getpid(), _code(), {name: installed_version(name) or "" for name in ("lstm-lab", *PACKAGES)})


def _draw_apart() -> None:
    """Let Dask draw from a generator of its own: at every sign of life it draws from Python's, which Keras seeds."""
    if sizeof := sys.modules.get("dask.sizeof"):
        sizeof.random = random.Random()  # type: ignore[attr-defined]


@cache
def _code() -> str:
    """A hash of the package's Python files, the same for a checkout and the wheel that is made of it."""
    package = Path(__file__).resolve().parents[2]
    whole = hashlib.sha256()
    for path in sorted(package.rglob("*.py"), key=lambda path: path.relative_to(package).as_posix()):
        whole.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


def begin(parent: int) -> None:
    """Of a process that was started to train: it leaves signals to its parent, and ends with it."""
    for number in LEFT_TO_PARENT:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, LEFT_TO_PARENT)
    end_with(parent)


@cache
def end_with(parent: int) -> None:
    """End this process when its parent has ended, by whatever means: otherwise it would train on, for nobody."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


_loaded: dict[str, tuple[Experiment, Contents]] = {}  # digest → the experiment, and the files that its settings name
_loading = Lock()


def train(
    digest: str,
    parcel: Parcel | None,
    settings: dict[str, Any],
    stamps: Sequence[Record],
    device: str | None,
) -> list[Outcome] | None:
    """Train some seeds of an experiment that was sent, and ask their networks. None where it is still to be sent.

    Changed, besides what training raises, where the files do not make the configuration that was asked for.
    """
    with _loading:
        if digest not in _loaded:
            if parcel is None:
                return None
            _loaded[digest] = _unpacked(parcel)
    experiment, contents = _loaded[digest]
    resolved = experiment.config.resolve(overrides=settings)
    resolved.give(contents)
    if experiment.config.hash(resolved) != stamps[0]["config"]:
        raise Changed(f"{experiment.name}: its TOML file or its data were changed during the run: start again")
    _one_thread()
    variant = experiment.of(stamps[0]["variant"])
    return outcomes(variant, resolved, stamps, told=lambda *so_far: None, device=device)


def _unpacked(parcel: Parcel) -> tuple[Experiment, Contents]:
    from lstm_lab.suite import catalogue

    with tempfile.TemporaryDirectory(prefix="lstm-lab-") as folder:  # not for longer: a worker may end at any moment
        for place, content in parcel.files.items():
            path = Path(folder, place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        experiment = catalogue.load_script(Path(folder, _script(parcel.name)))
        assert isinstance(experiment, Experiment)
        experiment.config  # noqa: B018 (it is read from the folder)
    return experiment, parcel.contents


@cache
def _one_thread() -> None:
    """A seed has one thread: more would slow such small products, and get in each other's way."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")
