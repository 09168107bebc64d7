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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

BACKENDS = ("tensorflow", "jax", "torch")

Row = dict[str, str]

ASKED = "asked: "  # begins a line of the process that measures: the question whose first answer is there

_CALL = len("LSTM(use_cudnn=False)")  # characters: the longest word of a call


def installed() -> list[str]:
    """The Keras backends that can be measured here."""
    return [backend for backend in BACKENDS if importlib.util.find_spec(backend) is not None]


def measure(backend: str, told: Callable[[str], None] | None = None) -> list[Row]:
    """All cells of one backend, in order: dicts of backend, version, keras, question, call, answer, evidence.

    told: called with a line when the process begins, and with each question as it is answered, since that takes a
    minute. It runs in a new process, since the backend cannot be changed after Keras is imported.
    ValueError: an unknown backend, one that is not installed, or one whose process failed.
    """
    if backend not in BACKENDS:
        raise ValueError(f"backend is {backend!r}: use one of {', '.join(BACKENDS)}")
    if backend not in installed():
        raise ValueError(f"backend is {backend!r}, which is not installed: use {', '.join(installed()) or 'pip'}")
    told = told or (lambda line: None)
    told(f"{backend}: starting Keras")
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "KERAS_BACKEND": backend}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+", errors="replace") as errors:
        answers = Path(folder, "rows.json")
        command = [sys.executable, "-m", "lstm_lab.inspecting.contract.cells", str(answers)]
        status = _followed(command, environment, errors, lambda question: told(f"{backend}: {question}"))
        if status or not answers.exists():
            errors.seek(0)
            lines = errors.read().strip().splitlines() or ["no message"]
            named = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
            raise ValueError(f"the state contract could not be measured on {backend}: {(named or lines)[-1]}")
        return json.loads(answers.read_text("utf-8"))


def _followed(command: Sequence[str], environment: dict[str, str], errors: IO, told: Callable[[str], None]) -> int:
    """The exit status of a process; what it says it has asked is told as it comes. It ends with this one."""
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith(ASKED):
                    told(line.removeprefix(ASKED).strip())
        except BaseException:
            process.kill()
            raise
    return process.returncode


def main(backends: Sequence[str] | None = None, told: Callable[[str], None] | None = None) -> list[Row]:
    """Measure the given backends, or all that are installed; print the table and return the rows."""
    rows = [row for backend in backends or installed() for row in measure(backend, told)]
    Console(highlight=False).print(table(rows))
    return rows


def table(rows: Sequence[Row]) -> Group:
    """For each question a heading and a table: a row a call, a column a backend; without the evidence.

    A question has a line of its own, so that calls and answers have room in 80 columns.
    """
    versions = {row["backend"]: f"{row['backend']} {row['version']}" for row in rows}
    keras = ", ".join(sorted({row["keras"] for row in rows}))
    questions: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows:
        questions.setdefault(row["question"], {}).setdefault(row["call"], {})[row["backend"]] = row["answer"]
    parts: list[Any] = [Text(f"State contract of Keras {keras}, as measured here", style="bold")]
    parts.append(_aligned([("", *versions.values())]))
    for question, calls in questions.items():
        answers = [(call, *(found.get(backend, "–") for backend in versions)) for call, found in calls.items()]
        parts += ["", Text(question, style="bold"), _aligned(answers)]
    return Group(*parts)


def _aligned(rows: Sequence[Sequence[str]]) -> Table:
    """Rows without a heading; all such tables have columns of the same width."""
    drawn = Table.grid(padding=(0, 2, 0, 0), expand=True)
    drawn.add_column(width=_CALL)
    for _ in rows[0][1:]:
        drawn.add_column(ratio=1)
    for row in rows:
        drawn.add_row(*row)
    return drawn
