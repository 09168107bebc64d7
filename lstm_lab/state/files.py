"""Weights and state together in one file, in formats that run no code when read."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lstm_lab.common.checks import check_folder, check_size, cut, shown
from lstm_lab.common.files import readable, write_whole
from lstm_lab.state.bounds import check_model
from lstm_lab.state.carrying import carries, carry
from lstm_lab.state.layers import keras_can
from lstm_lab.state.values import State, check_finite, get
from lstm_lab.state.values import set as set_state

FORMAT = "lstm-lab state 1"
ABOUT, MODEL, ARRAYS = "about.json", "model.keras", "state.npz"


def save(model, path: str | os.PathLike) -> None:
    """Save a model with its state: architecture, weights and optimizer as Keras saves them, and the state.

    The file is a zip of `model.keras` (Keras' own format), `state.npz` and `about.json`. It is written beside `path`
    and moved to `path` when it is complete, so that after a crash `path` is the old file or none.
    ValueError: the model has no stateful layer, or is not built; its state or a weight is NaN or infinite; Keras cannot
    save a layer of it; the folder of the file is missing; `path` is a folder, or cannot be written.
    """
    check_folder(path)
    path, state = Path(path), get(model)
    for name, kept in state.items():
        for array in kept:
            check_finite(repr(name), array, "float64")
    _check_weights(f"model {model.name!r}", model)
    about = {
        "format": FORMAT,
        "layers": {name: len(arrays) for name, arrays in state.items()},
        "carries": carries(model),
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
    }
    named: dict[str, Any] = {f"{number:06d}": array for number, array in enumerate(state.arrays())}
    arrays, whole = io.BytesIO(), io.BytesIO()
    np.savez(arrays, **named)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(whole, "w") as archive:
        with keras_can(f"model {model.name!r}: Keras cannot save it"):
            model.save(Path(folder, MODEL))
        archive.writestr(ABOUT, json.dumps(about, indent=1))
        archive.writestr(MODEL, Path(folder, MODEL).read_bytes())
        archive.writestr(ARRAYS, arrays.getvalue())
    write_whole(path, whole.getvalue())


def load(path: str | os.PathLike, *, custom_objects: dict | None = None, compile: bool = True):
    """The saved model with its state; on JAX it carries state if the saved model did.

    custom_objects, compile: as for `keras.models.load_model`, which is used in its safe mode.
    ValueError: another kind of file, a damaged file, one that unpacks or builds to more than memory may take, weights
    that are no finite numbers, or a model that Keras refuses. FileNotFoundError: no file.
    """
    path = readable(path, "the model and state in it", times=2)
    about, state, model_bytes = _read(path)
    check_model(path, model_bytes, custom_objects)
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder, MODEL)
        inner.write_bytes(model_bytes)
        with keras_can(f"{path}: Keras cannot load the model in it"):
            model = keras.models.load_model(inner, custom_objects=custom_objects, compile=compile, safe_mode=True)
    _check_weights(str(path), model)
    try:
        set_state(model, state)
    except ValueError as error:
        raise ValueError(f"{path}: its state does not fit its model: {error}") from error
    if about.get("carries"):
        carry(model)
    return model


def _check_weights(what: str, model) -> None:
    for weight in model.weights:
        if not np.isfinite(keras.ops.convert_to_numpy(weight).astype(np.float64)).all():
            raise ValueError(f"{what}: weight {weight.path!r} has numbers that are not finite, need finite ones")


def _read(path: Path) -> tuple[dict, State, bytes]:
    """(about, state, the bytes of the Keras file); a ValueError of one line for any other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if sorted(names) != sorted([ABOUT, MODEL, ARRAYS]):
                plain = "config.json" in names and "model.weights.h5" in names
                hint = "a plain Keras file has no state, use keras.models.load_model"
                raise ValueError(
                    f"{path} was not written by state.save: {hint if plain else f'it holds {shown(names)}'}"
                )
            _check_unpacked(path, archive)
            about = json.loads(archive.read(ABOUT))
            if not isinstance(about, dict) or about.get("format") != FORMAT:
                raise ValueError(f"{path} is not of the format {FORMAT!r}: save it again with this version")
            model_bytes, packed = archive.read(MODEL), archive.read(ARRAYS)  # zipfile checks their checksums
            for inner in (model_bytes, packed):
                if zipfile.is_zipfile(io.BytesIO(inner)):
                    _check_unpacked(path, zipfile.ZipFile(io.BytesIO(inner)))
            with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
                arrays = [stored[f"{number:06d}"] for number in range(len(stored.files))]
        rest = iter(arrays)
        state = State({name: [next(rest) for _ in range(count)] for name, count in about["layers"].items()})
        if next(rest, None) is not None:
            raise ValueError(f"{path} is damaged: it has more arrays than its layers keep")
    except FileNotFoundError:
        raise
    except Exception as error:  # any kind: zipfile, json and NumPy raise many for arbitrary bytes
        if str(error).startswith(str(path)):
            raise
        reason = cut(" ".join(str(error).split()))
        raise ValueError(f"{path} is damaged or was not written by state.save: {reason}") from error
    return about, state, model_bytes


def _check_unpacked(path: Path, archive: zipfile.ZipFile) -> None:
    """ValueError where a zip says that it unpacks to more than memory may take. zipfile reads no more than it says."""
    size = sum(entry.file_size for entry in archive.infolist())
    check_size(2 * size, f"{path}: it unpacks to {size:,} bytes", "give a file that state.save wrote")
