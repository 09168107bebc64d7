"""The entry point of the command line: what a user got wrong is one line on stderr and exit status 2."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
import warnings
from contextlib import suppress
from typing import NoReturn, TextIO

import typer

from lstm_lab.cli import inspect, new, states, sweeping, training  # noqa: F401 (commands in files of their own)
from lstm_lab.cli.commands import app
from lstm_lab.cli.console import visible
from lstm_lab.cli.interrupts import interrupts
from lstm_lab.cli.terminal import Interrupted
from lstm_lab.common.checks import cut
from lstm_lab.common.quiet import silence_imports
from lstm_lab.suite import catalogue
from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.suite.values import plain_words
from lstm_lab.trainers.trained import TrainingDiverged


def main(declared: Experiment | Lesson | None = None) -> None:
    """Do what the command line says; `lstm_lab.cli.main` calls it, and catches signals around it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # prints what can be printed where the output is not UTF-8
    with warnings.catch_warnings():
        _quiet_libraries()
        _run(declared)


def _quiet_libraries() -> None:
    """No lines of TensorFlow, JAX or matplotlib among ours, unless Python was told to show warnings."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's, if a command or a lesson imports it
    silence_imports()
    for library in ("jax", "matplotlib", "tensorflow"):
        logging.getLogger(library).setLevel(logging.ERROR)
    if not sys.warnoptions:
        warnings.filterwarnings("ignore", module=r"(jax|keras|matplotlib|tensorflow)\.")
        warnings.showwarning = lambda message, *place: _say(str(message))


def _run(declared: Experiment | Lesson | None) -> None:
    if declared is None:
        arguments = sys.argv[1:] or ["--help"]
    else:
        catalogue.register(declared)
        arguments = ["run", declared.name, *sys.argv[1:]]
    usage_error = typer.BadParameter.__mro__[1]  # not exported by typer itself
    try:
        interrupts.check()
        status = app(arguments, prog_name="lstm-lab", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # here an error is still one line
        interrupts.check()
    except (KeyboardInterrupt, typer.Abort):
        _exit(interrupts.status, "interrupted")
    except Interrupted as kept:
        _exit(interrupts.status, str(kept))
    except usage_error as error:  # type: ignore[misc]
        _exit(2, f"{plain_words(error.format_message())} (--help shows what there is)")  # type: ignore[attr-defined]
    except (ValueError, TrainingDiverged, ImportError, OSError, MemoryError, OverflowError) as error:
        if os.environ.get("LSTM_LAB_TRACEBACK"):
            raise
        if isinstance(error, BrokenPipeError):  # `lstm-lab export all | head`
            _discard(sys.stdout)
            return
        if interrupts.number and isinstance(error, OSError):  # the terminal is gone, and with it what we print to
            _discard(sys.stdout)
            _exit(interrupts.status, "interrupted")
        _exit(2, _said(error))
    else:
        if status == 130:  # typer's word for a Ctrl-C
            _exit(interrupts.status, "interrupted")
        sys.exit(status)


def _said(error: Exception) -> str:
    """One line for an error that is not ours."""
    if isinstance(error, MemoryError | OverflowError) and not isinstance(error, ValueError):
        return f"a number is too large, or the memory too small, for this ({error or 'out of memory'}): use less"
    if isinstance(error, ImportError) and not isinstance(error, ValueError):
        return f"{error.name or 'a library'} cannot be imported ({error}): install it, as requirements.lock lists it"
    if isinstance(error, OSError):
        if error.filename:
            return f"{cut(str(error.filename))}: {error.strerror}"
        if isinstance(error, FileNotFoundError):
            return "the current folder is not there any more: change to another one"
        if error.errno in (errno.ENOSPC, errno.EIO):
            _discard(sys.stdout)
            return f"what is printed cannot be written: {error.strerror}"
    return str(error)


def _discard(stream: TextIO) -> None:
    """Let what is left for a stream that nobody takes go nowhere, so that Python does not complain of it at the end."""
    with suppress(OSError):  # a stream that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _exit(status: int, message: str) -> NoReturn:
    _say(message)
    sys.exit(status)


def _say(message: str) -> None:
    """One line on stderr."""
    try:
        print(f"lstm-lab: {visible(' '.join(map(cut, message.split())))}", file=sys.stderr, flush=True)
    except OSError:
        _discard(sys.stderr)
