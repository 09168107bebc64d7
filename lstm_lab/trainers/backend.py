"""Keras on TensorFlow, as the reference needs it, imported without its start-up chatter."""

import os
from pathlib import Path

from lstm_lab.common.quiet import silenced

_BACKEND = "KERAS_BACKEND"


def _refuse(what: str, wanted: str) -> ValueError:
    return ValueError(f"{what}: the reference is Keras on TensorFlow, with Keras' own settings; {wanted}")


if os.environ.setdefault(_BACKEND, "tensorflow") not in ("", "tensorflow"):
    raise _refuse(f"{_BACKEND} is {os.environ[_BACKEND][:200]!r}", "use tensorflow, or leave it unset")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


_own = Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"), "keras.json")
if _own.exists() and not _own.is_file():  # of a pipe, Keras would wait for ever
    raise ValueError(f"Keras' settings, {_own}, are no plain file: move it away")

with silenced():
    try:
        import keras
    except AssertionError as error:  # what Keras says of a keras.json that it does not take
        raise ValueError(f"Keras does not take its keras.json: {error!r}") from None
    import tensorflow

    from lstm_lab import state as state_tools


def check() -> None:
    """ValueError where keras.json or the environment has Keras compute otherwise than it does by itself."""
    own = {
        "backend": "tensorflow",
        "floatx": "float32",
        "epsilon": 1e-7,
        "max_epochs": None,
        "max_steps_per_epoch": None,
    }
    for name, value in own.items():
        if (found := getattr(keras.config, name, lambda value=value: value)()) != value:
            raise _refuse(f"Keras' {name} is {found!r}", f"set it to {value!r} in keras.json or in the environment")


check()

__all__ = ["check", "keras", "state_tools", "tensorflow"]
