"""A saved model, looked at before Keras builds it: how large it would become, and of what kind its numbers are."""

from __future__ import annotations

import io
import json
import math
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import keras

from lstm_lab.common.checks import check_size, shown
from lstm_lab.state.layers import keras_can, numbers_kept

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
ELSEWHERE = 2**20  # numbers that layers may keep in other places than the file of weights


def check_model(path: Path, saved: bytes, custom_objects: dict | None) -> None:
    """ValueError where a file's model is larger than the weights beside it, or its state than memory.

    path: what errors name · saved: the bytes of a file of Keras' own format

    A file of a few thousand bytes can ask for a layer of any width, whose first weights Keras would draw for minutes.
    So the model is built without numbers first. Somebody's own layer may fail there: then Keras alone judges the file.
    """
    if not zipfile.is_zipfile(io.BytesIO(saved)):
        return
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        if not {CONFIG, WEIGHTS} <= set(archive.namelist()):
            return
        config, weights = archive.read(CONFIG), archive.read(WEIGHTS)
    _check_kinds(path, weights)
    try:
        # in a thread that ends, because Keras would later give numbers to all that a thread has built so
        with keras_can(f"{path}: Keras cannot load the model in it"), ThreadPoolExecutor(1) as thread:
            model = thread.submit(_without_numbers, json.loads(config), custom_objects).result()
    except ValueError as error:
        if "stateless scope" in str(error) or not _all_of_keras(json.loads(config)):
            return
        raise
    built = sum(math.prod(weight.shape) for weight in model.weights)
    batch, kept = max((tensor.shape[0] or 1 for tensor in model.inputs or ()), default=1), numbers_kept(model)
    if built > len(weights) + ELSEWHERE:
        raise ValueError(f"{path}: its model has {built:,} weights, and its file of weights {len(weights):,} bytes")
    what = f"{path}: a batch of {batch} with a state of {kept} numbers a row"
    check_size(8 * batch * kept, what, "give a file that state.save wrote")


def _without_numbers(config: Any, custom_objects: dict | None):
    """The model of a configuration, its weights with shapes alone; not stateful, since a state has numbers at once."""

    def plain(part):
        if isinstance(part, dict):
            kept = {name: plain(value) for name, value in part.items() if name != "compile_config"}
            return kept | {"stateful": False} if "stateful" in kept else kept
        return [plain(value) for value in part] if isinstance(part, list) else part

    with keras.StatelessScope(initialize_variables=False):
        return keras.saving.deserialize_keras_object(plain(config), custom_objects, safe_mode=True)


def _all_of_keras(part: Any) -> bool:
    if isinstance(part, dict):
        return str(part.get("module") or "keras").startswith("keras") and all(map(_all_of_keras, part.values()))
    return all(map(_all_of_keras, part)) if isinstance(part, list) else True


def _check_kinds(path: Path, weights: bytes) -> None:
    """ValueError for weights of a kind that Keras would cast in silence."""
    import h5py

    def check(name: str, found) -> None:
        if isinstance(found, h5py.Dataset) and found.dtype.kind not in "fiubV":  # bfloat16 is V
            raise ValueError(f"{path}: {shown(name)} in its file of weights is of type {found.dtype}: need numbers")

    try:
        file = h5py.File(io.BytesIO(weights), "r")
    except OSError:  # Keras says what is wrong with it
        return
    with file:
        file.visititems(check)
