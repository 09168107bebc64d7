"""The wheel: what people have who install the library and never clone the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
NOT_SOURCES = (".*", "__pycache__", "*.egg-info", "build", "results", "reproduced", "runs")

# What a stranger does: the library on a Keras model of their own. It prints where the library was found.
USE = """
import keras
import numpy as np

import lstm_lab
from lstm_lab import compiled, datasets, framing, state

letters = framing.time_steps(datasets.alphabet.pairs(1, "ABCDE"))
model = keras.Sequential([
    keras.Input(batch_shape=(1, letters.steps, letters.features)),
    keras.layers.LSTM(4, stateful=True),
    keras.layers.Dense(5, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
before = model.get_weights()
losses = compiled.fit(model, letters.x(), letters.targets, epochs=20).history["loss"]
assert losses[-1] < losses[0]
assert all((a != b).any() for a, b in zip(before, model.get_weights()))
assert any(array.any() for array in state.get(model).arrays())
state.reset(model)
assert not any(array.any() for array in state.get(model).arrays())
print(lstm_lab.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the checkout with the setuptools that is installed: nothing is downloaded."""
    tree = shutil.copytree(ROOT, tmp_path_factory.mktemp("copy") / "tree", ignore=shutil.ignore_patterns(*NOT_SOURCES))
    (tree / "results").mkdir()  # without the 28 MB of runs, but as a folder that could get into the wheel
    (tree / "results" / "README.md").touch()
    built = tmp_path_factory.mktemp("wheel")
    run([*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", built, tree], cwd=tree)
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the library and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    run([*PIP, "install", "--no-deps", "--no-index", "--target", folder, wheel], cwd=folder)
    return folder


def run(command, cwd, path=None, status=0):
    """Run a command in a folder, with `path` in front of all other places where Python looks for modules."""
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else None
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status, done.stderr
    return done


@pytest.mark.slow
def test_the_wheel_holds_the_whole_library_and_nothing_else(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {name for name in packed if ".dist-info/" not in name}
    library = (path for path in (ROOT / "lstm_lab").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert ours == {path.relative_to(ROOT).as_posix() for path in library}
    assert {"lstm_lab/py.typed", "lstm_lab/report/templates/experiment.md.j2"} <= ours
    assert any(name.endswith("licenses/LICENSE") for name in packed)


@pytest.mark.slow
def test_the_installed_library_needs_no_checkout(installed, tmp_path):
    done = run([sys.executable, "-c", USE], cwd=tmp_path, path=installed)
    assert Path(done.stdout.split()[-1]).is_relative_to(installed)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("list",), ("run", "0150"), ("show", "0150")])
def test_experiments_without_a_checkout_are_refused_in_one_line(installed, tmp_path, arguments):
    done = run([sys.executable, installed / "bin" / "lstm-lab", *arguments], tmp_path, path=installed, status=2)
    assert done.stdout == ""
    assert done.stderr == (
        f"lstm-lab: no experiments here: run from a checkout of lstm-lab, a folder with experiments/ (now {tmp_path})\n"
    )
