"""The command line as a process of its own, so that it can be killed, and can have a strange environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LONG = bool(os.environ.get("LSTM_LAB_FAULTS"))  # `make faults` sets it; `make test` has the short form of each test
TIMEOUT = 120  # seconds: no command of these tests needs a tenth of it


def start(folder: Path, *arguments: str, before: str = "", **options) -> subprocess.Popen:
    """`lstm-lab …` in a folder; `before` is Python that runs first. Options are those of Popen; env adds to ours."""
    program = f"{before}\nfrom lstm_lab.cli import main\nmain()"
    environment = os.environ | {"COLUMNS": "80", "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    for name, value in (options.pop("env", None) or {}).items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "errors": "replace"}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, **streams | options)


def lab(folder: Path, *arguments: str, **options) -> tuple[int, str, str]:
    """The same to its end: (exit status, stdout, stderr)."""
    with start(folder, *arguments, **options) as process:
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return process.returncode, out or "", err or ""


def refused(done: tuple[int, str, str], *says: str) -> None:
    """Asserts that a command ended as it does for bad input: status 2, and one line that says these words."""
    status, _, err = done
    assert status == 2, done
    assert len(err.strip().splitlines()) == 1, err
    assert err.startswith("lstm-lab: ")
    for words in says:
        assert words in err


def run_on(backend: str, file: str, inside: str, *more: str) -> None:
    """Run a file of tests again, in a process of its own where Keras has another backend. inside: is set there."""
    environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu", inside: "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *more, file]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout[-3000:]
