"""Dask clusters of processes on loopback, in which nothing can be imported but what a test puts there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = Path(sysconfig.get_path("purelib"))
WITHIN = 60  # seconds in which a process has to have started


@contextmanager
def process(folder: Path, program: str, *arguments: str, paths=(LIBRARIES,)) -> Iterator[subprocess.Popen]:
    """`dask scheduler …` or `dask worker …` in a folder; it is ended with the block. What it can import lies in `paths`
    alone: without `site`, Python does not look into the links that a package in development has left."""
    start = f"import runpy, sys; sys.path[:0] = {[str(path) for path in paths]}; sys.argv[0] = 'dask-{program}'; "
    start += f"runpy.run_module('distributed.cli.dask_{program}', run_name='__main__')"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with open(folder / f"{program}.log", "ab") as log:
        command = [sys.executable, "-S", "-c", start, *arguments, "--no-dashboard", "--host", "127.0.0.1"]
        started = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


class Cluster:
    """A scheduler, at `address`, and the workers that are given to it. Both end with the block of `cluster`."""

    def __init__(self, folder: Path, stack: ExitStack):
        self._folder, self._stack, self._workers = folder, stack, 0
        self.address = ""
        self.restart()

    def restart(self) -> None:
        """Start a scheduler, at the address of the one before if there was one."""
        port = self.address.rpartition(":")[2] or "0"
        log = self._folder / "scheduler.log"
        log.unlink(missing_ok=True)
        self.scheduler = self._stack.enter_context(process(self._folder, "scheduler", "--port", port))
        said = "Scheduler at:"
        self.address = waited(lambda: _line(log, said), self.scheduler).rpartition(said)[2].strip()

    def worker(self, *paths: Path) -> subprocess.Popen:
        """Start a worker of one thread, which imports from these places, and wait until it has joined."""
        self._workers += 1
        folder = self._folder / f"worker{self._workers}"
        options = ("--nthreads", "1", "--no-nanny", "--death-timeout", "30", "--local-directory", str(folder))
        paths = paths or (ROOT, LIBRARIES)
        started = self._stack.enter_context(process(folder, "worker", self.address, *options, paths=paths))
        waited(lambda: _line(folder / "worker.log", "Registered to:"), started)
        return started


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(folder, stack)


def waited(look, running: subprocess.Popen | None = None, within: float = WITHIN):
    """What `look` gives as soon as that is something; AssertionError where a process has ended, or after a while."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, "it takes too long"
        assert running is None or running.poll() is None, "the process has ended"
        time.sleep(0.02)
    return found


def _line(log: Path, words: str) -> str:
    """The first line of a log with these words."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return next((line for line in text.splitlines(keepends=True) if words in line and line.endswith("\n")), "")
