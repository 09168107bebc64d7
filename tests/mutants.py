"""Do the tests notice? Makes each change of `mutants.toml` to a copy of the checkout; the test it names must go red.

    python tests/mutants.py [words …] [--jobs 2]     words: only the changes whose names hold one of them

A change that leaves its test green has survived. The exit status is 1 if one survives, or if a change cannot be made.
"""

# Why no tool: mutmut and Cosmic Ray change operators and constants everywhere and run all tests for each. What goes
# wrong here is a wrong array or generator in its place, which they do not write, and the tests take minutes.

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("lstm_lab", "tests", "experiments", "configs", "pyproject.toml")
LINKED = ("results",)  # tests only read there
SECONDS = 300  # for one test; more is a hang


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
        if not path.is_file():
            return f"there is no {self.file}"
        found = path.read_text(encoding="utf-8").count(self.old)
        if found != 1 or self.old == self.new:
            return f"its `old` text occurs {found} times in {self.file}, and must once"
        definition = f"def {function.partition('[')[0]}("
        if not (ROOT / test).is_file() or definition not in (ROOT / test).read_text(encoding="utf-8"):
            return f"there is no test {self.test}"
        return ""


def read() -> list[Mutant]:
    """The list, in the order of the file."""
    with open(Path(__file__).with_suffix(".toml"), "rb") as file:
        return [Mutant(**one) for one in tomllib.load(file)["mutants"]]


def copy(folder: Path) -> Path:
    """What the tests need of the checkout."""
    folder.mkdir()
    for name in COPIED:
        take = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        take(ROOT / name, folder / name)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    return folder


def status(folder: Path, tests: list[str], keep_bytecode: bool = False) -> int | str:
    """How pytest ends: 0 green, 1 red."""
    own = {"PYTHONPATH": str(folder)} | ({} if keep_bytecode else {"PYTHONDONTWRITEBYTECODE": "1"})
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        return subprocess.run(
            command, cwd=folder, env=os.environ | own, capture_output=True, timeout=SECONDS
        ).returncode
    except subprocess.TimeoutExpired:
        return f"no end after {SECONDS} s"


def outcome(mutant: Mutant, folder: Path) -> str:
    """What its test says to a change: "killed", "survived", or why there is no answer."""
    if mutant.wrong:
        return mutant.wrong
    path = folder / mutant.file
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        ended = status(folder, [mutant.test])
    finally:
        path.write_text(before, encoding="utf-8")
    return {0: "survived", 1: "killed"}.get(ended, f"pytest ended with {ended}")  # type: ignore[call-overload]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    mutants = [one for one in read() if not asked.words or any(word in one.name for word in asked.words)]
    began, folders = time.monotonic(), Queue()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(asked.jobs) as pool:
        first = copy(Path(scratch) / "0")
        if status(first, sorted({one.test for one in mutants}), keep_bytecode=True):
            print("the tests are red before anything is changed: mend that first")
            return 1
        folders.put(first)
        for number in range(1, asked.jobs):
            folders.put(shutil.copytree(first, first.with_name(str(number)), symlinks=True))

        def one(mutant: Mutant) -> str:
            folder = folders.get()
            try:
                return outcome(mutant, folder)
            finally:
                folders.put(folder)

        outcomes = []
        for mutant, found in zip(mutants, pool.map(one, mutants), strict=True):
            outcomes.append(found)
            print(f"{found:10}{mutant.name}", flush=True)
    left = sum(found != "killed" for found in outcomes)
    print(f"{len(mutants)} changes, {left} not noticed, {time.monotonic() - began:.0f} s")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
