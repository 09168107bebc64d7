"""Do the tests notice? Makes each change of `mutants.toml` to a copy of the checkout; the test it names must go red.

    python tests/mutants.py [words …] [--jobs 2]     words: only the changes whose names hold one of them

A change that leaves its test green has survived. The exit status is 1 if one survives, or if a change cannot be made.
"""

# Why no tool: mutmut and Cosmic Ray change operators and constants everywhere, and run all tests for each. What goes
# wrong here is another array or generator in the place of the right one, which they do not write, and the tests take
# minutes.

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("lstm_lab", "tests", "experiments", "configs", "pyproject.toml")
LINKED = ("results",)  # tests only read there
IMPORTED = ("conftest", "pytest", "jax", "keras", "scipy.stats", "pandas")  # once, and not by every test's process


@dataclass(frozen=True)
class Mutant:
    """One change. name: what is wrong then · old: a text that stands in `file` once · test: the one that goes red"""

    name: str
    file: str
    old: str
    new: str
    test: str

    @property
    def wrong(self) -> str:
        """Why the change cannot be made; empty if it can."""
        path, (test, _, function) = ROOT / self.file, self.test.partition("::")
        if not path.is_file() or Path(self.file).parts[0] not in COPIED:
            return f"there is no {self.file} in {', '.join(COPIED)}"
        found = path.read_text(encoding="utf-8").count(self.old)
        if found != 1 or self.old == self.new:
            return f"its `old` text stands {found} times in {self.file}, and must once, and differ from `new`"
        definition = f"def {function.partition('[')[0]}("
        if not (ROOT / test).is_file() or definition not in (ROOT / test).read_text(encoding="utf-8"):
            return f"there is no test {self.test}"
        return ""


def read() -> list[Mutant]:
    """The list, in the order of the file; ends the program with a line where it cannot be read."""
    path = Path(__file__).with_suffix(".toml")
    try:
        return [Mutant(**one) for one in tomllib.loads(path.read_text(encoding="utf-8"))["mutants"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{path.name} is no list of changes: {error}") from None


def outcome(mutant: Mutant) -> str:
    """What its test says to a change: "killed", "survived", or why there is no answer."""
    if mutant.wrong:
        return mutant.wrong
    status = pytest_status([mutant.test], mutant)
    return {0: "survived", 1: "killed"}.get(status, f"pytest ended with {status}")


def pytest_status(tests: list[str], mutant: Mutant | None = None, output: str = os.devnull) -> int:
    """How pytest ends in a copy of the checkout, with a change made: 0 green, 1 red. For a process of its own."""
    import pytest

    with tempfile.TemporaryDirectory() as scratch, open(output, "a") as shown:
        os.chdir(scratch)
        for name in COPIED:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, name)
        for name in LINKED:
            Path(name).symlink_to(ROOT / name)
        if mutant:
            file = Path(mutant.file)
            file.write_text(file.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
        os.environ["PYTHONPATH"] = sys.path[0] = scratch  # before the checkout, wherever that is installed
        for name in [name for name in sys.modules if name.partition(".")[0] == "lstm_lab"]:
            del sys.modules[name]  # the checkout's, which conftest has imported
        loaded = importlib.import_module("lstm_lab").__file__
        assert Path(str(loaded)).is_relative_to(Path(scratch).resolve()), f"the tests would load {loaded}"
        for descriptor in (1, 2):
            os.dup2(shown.fileno(), descriptor)
        multiprocessing.current_process()._config["daemon"] = False  # some tests start processes of their own
        return int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--jobs", type=int, default=1, choices=range(1, 65), metavar="1–64")
    asked = parser.parse_args()
    mutants = [one for one in read() if not asked.words or any(word in one.name for word in asked.words)]
    if not mutants:
        parser.error(f"no change on the list has {' or '.join(asked.words)} in its name")
    began, left = time.monotonic(), 0
    own_errors = os.dup(2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # TensorFlow greets, whatever its log level
    for name in IMPORTED:
        importlib.import_module(name)
    os.dup2(own_errors, 2)
    processes = multiprocessing.get_context("fork").Pool(asked.jobs, maxtasksperchild=1)
    with processes as pool, tempfile.NamedTemporaryFile("r") as shown:
        tests = sorted({one.test for one in mutants if not one.wrong})
        if tests and pool.apply(pytest_status, [tests, None, shown.name]):
            print(shown.read(), "these tests are red before anything is changed: mend that first", sep="\n")
            return 1
        for mutant, found in zip(mutants, pool.imap(outcome, mutants), strict=True):
            left += found != "killed"
            print(f"{found:10}{mutant.name}", flush=True)
    print(f"{len(mutants)} changes, {left} not noticed, {time.monotonic() - began:.0f} s")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
