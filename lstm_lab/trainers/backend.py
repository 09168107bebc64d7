"""Keras on TensorFlow, imported without its start-up chatter."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence standard error: TensorFlow writes its start-up lines to the descriptor itself, whatever the log level."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


with _quiet():
    import keras

    from lstm_lab import state as state_tools

__all__ = ["keras", "state_tools"]
