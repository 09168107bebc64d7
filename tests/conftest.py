"""Tests run on the CPU, quietly. What several files of tests need stands here."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from lstm_lab.trainers import kept

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # networks this small only lose by threads of their own
    os.environ.setdefault(name, "1")

kept.keep_programs()  # as the command line does: tests compile many

# A shell that starts the tests in the background has Ctrl-C ignored, and every process of theirs would inherit that.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

collect_ignore = ["golden/make_torch_lstm.py"]  # needs torch; it made the arrays beside it, which need nothing


@pytest.fixture(scope="module")
def from_the_checkout():
    """The checkout as the current folder, for all tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(Path(__file__).resolve().parent.parent)
        yield


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A made-up checkout as the current folder, 80 columns wide."""
    import made_up  # after the environment is set, as all that imports NumPy

    monkeypatch.chdir(made_up.checkout(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def lab(monkeypatch, capsys):
    """Run `lstm-lab …` in this process: (exit status, stdout, stderr)."""
    from lstm_lab import cli

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lstm-lab", *arguments])
        with pytest.raises(SystemExit) as exit:
            cli.main()
        printed = capsys.readouterr()
        return exit.value.code or 0, printed.out, printed.err

    return run
