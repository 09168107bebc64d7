"""The entry point of the command line: what a user got wrong is one line on stderr and exit status 2."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

from lstm_lab.cli import new, states  # noqa: F401 (commands in files of their own)
from lstm_lab.cli.commands import app
from lstm_lab.cli.terminal import Interrupted
from lstm_lab.suite import catalogue
from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.trainers.trained import TrainingDiverged

INTERRUPTED = 130  # exit status: 128 and the number of SIGINT


def main(declared: Experiment | Lesson | None = None) -> None:
    """The entry point of `lstm-lab`, and of a script: `python experiments/NNNN_name.py` is `lstm-lab run NNNN`."""
    if declared is None:
        arguments = sys.argv[1:] or ["--help"]
    else:
        catalogue.register(declared)
        arguments = ["run", declared.name, *sys.argv[1:]]
    usage_error = typer.BadParameter.__mro__[1]  # not exported by typer itself
    try:
        status = app(arguments, prog_name="lstm-lab", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        _exit(INTERRUPTED, "interrupted")
    except Interrupted as kept:
        _exit(INTERRUPTED, str(kept))
    except usage_error as error:  # type: ignore[misc]
        _exit(2, f"{error.format_message()} (--help shows what there is)")  # type: ignore[attr-defined]
    except (ValueError, TrainingDiverged) as error:
        if os.environ.get("LSTM_LAB_TRACEBACK"):
            raise
        _exit(2, str(error))
    except BrokenPipeError:  # `lstm-lab export all | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        if status == INTERRUPTED:  # typer's word for a Ctrl-C
            _exit(INTERRUPTED, "interrupted")
        sys.exit(status)


def _exit(status: int, message: str) -> NoReturn:
    print(f"lstm-lab: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)
