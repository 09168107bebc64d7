"""A trained model and its data from files, for the command line."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from lstm_lab.common.checks import cut, listed
from lstm_lab.common.files import readable


def read_data(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """x and y of a .npz file, as np.savez(path, x=x, y=y) writes it; ValueError for any other file."""
    path = readable(path, "the data in it", times=2)
    try:
        with np.load(path, allow_pickle=False) as stored:
            if not isinstance(stored, np.lib.npyio.NpzFile):
                raise ValueError("it holds one array")
            if missing := {"x", "y"} - set(stored.files):
                raise ValueError(f"it has no {' and no '.join(sorted(missing))}, but {listed(stored.files)}")
            return stored["x"], stored["y"]
    except Exception as error:  # any kind: zipfile and NumPy raise many for arbitrary bytes
        reason = cut(" ".join(str(error).split()))
        raise ValueError(f"{path} is not what np.savez(path, x=x, y=y) writes: {reason}") from error


def read_model(path: Path) -> Any:
    """The Keras model of a file that state.save or Keras' own save (.keras) wrote; ValueError for any other file."""
    path = readable(path, "the model in it", times=2)
    import keras

    from lstm_lab import state
    from lstm_lab.state.bounds import check_model
    from lstm_lab.state.layers import keras_can

    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} holds no model: give a file that model.save or state.save wrote")
    with zipfile.ZipFile(path) as archive:
        plain = "config.json" in archive.namelist()
    if not plain:
        return state.load(path, compile=False)
    check_model(path, path.read_bytes(), None)
    with keras_can(f"{path}: Keras cannot load the model in it"):
        return keras.models.load_model(path, compile=False, safe_mode=True)
