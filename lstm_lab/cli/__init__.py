"""The command line, and what a run looks like in a terminal.

Nothing heavy is imported before `main` hears signals and has put aside what libraries could not read.
"""

from __future__ import annotations

import os
import re
import sys
from threading import Event
from typing import TYPE_CHECKING

from lstm_lab.cli.interrupts import interrupts

if TYPE_CHECKING:
    from lstm_lab.suite.experiment import Experiment, Lesson

__all__ = ["main"]

# Whole numbers that rich, typer, joblib and Keras read from the environment as they are imported.
_NUMBERS = ("COLUMNS", "LINES", "TERMINAL_WIDTH", "LOKY_MAX_CPU_COUNT", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")


def main(declared: Experiment | Lesson | None = None) -> None:
    """The entry point of `lstm-lab`, and of a script: `python experiments/NNNN_name.py` is `lstm-lab run NNNN`."""
    for name in _NUMBERS:
        if not re.fullmatch(r"[1-9][0-9]{0,5}", os.environ.get(name, "1")):
            del os.environ[name]  # as if it were not set
    _hold_streams()
    with interrupts.caught():
        try:
            with interrupts.gently(Event()):  # an import that is cut in its middle would fail in a way of its own
                from lstm_lab.cli import entry
        except KeyboardInterrupt:  # of a second signal
            print("lstm-lab: interrupted", file=sys.stderr)
            sys.exit(interrupts.status)
        entry.main(declared)


def _hold_streams() -> None:
    """Open what is closed of standard input, output and error: else a file of runs would have the place of one, and
    TensorFlow, which knows stderr by its number, would write into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free
