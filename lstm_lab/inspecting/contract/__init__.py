"""The state contract: what this installation of Keras does with state, measured on each of its backends.

Backends differ in what changes the state of a stateful layer, what drops it, what a partial last batch or a mask does,
and what a file keeps; no document says so. Here every answer comes from calls that are made in a process of its own
for each backend and compared with one run over the same steps without a break.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

BACKENDS = ("tensorflow", "jax", "torch")

Row = dict[str, str]


def installed() -> list[str]:
    """The Keras backends that can be measured here."""
    return [backend for backend in BACKENDS if importlib.util.find_spec(backend) is not None]


def measure(backend: str) -> list[Row]:
    """All cells of one backend, in order: dicts of backend, version, keras, question, call, answer, evidence.

    It runs in a new process, since the backend cannot be changed after Keras is imported.
    ValueError: an unknown backend, one that is not installed, or one whose process failed.
    """
    if backend not in BACKENDS:
        raise ValueError(f"backend is {backend!r}: use one of {', '.join(BACKENDS)}")
    if backend not in installed():
        raise ValueError(f"backend is {backend!r}, which is not installed: use {', '.join(installed()) or 'pip'}")
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "KERAS_BACKEND": backend}
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder, "rows.json")
        command = [sys.executable, "-m", "lstm_lab.inspecting.contract.cells", str(answers)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if run.returncode or not answers.exists():
            lines = run.stderr.strip().splitlines() or ["no message"]
            errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
            raise ValueError(f"the state contract could not be measured on {backend}: {(errors or lines)[-1]}")
        return json.loads(answers.read_text("utf-8"))


def main(backends: Sequence[str] | None = None) -> list[Row]:
    """Measure the given backends, or all that are installed; print the table and return the rows."""
    rows = [row for backend in backends or installed() for row in measure(backend)]
    Console().print(table(rows))
    return rows


def table(rows: Sequence[Row]) -> Table:
    """A row for each question and call, a column for each backend; without the evidence."""
    versions = {row["backend"]: f"{row['backend']} {row['version']}" for row in rows}
    keras = ", ".join(sorted({row["keras"] for row in rows}))
    drawn = Table("question", "call", *versions.values(), title=f"State contract of Keras {keras}, as measured here")
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        cells.setdefault((row["question"], row["call"]), {})[row["backend"]] = row["answer"]
    asked = None
    for (question, call), answers in cells.items():
        if question != asked:
            drawn.add_section()
        drawn.add_row(question if question != asked else "", call, *(answers.get(b, "–") for b in versions))
        asked = question
    return drawn
