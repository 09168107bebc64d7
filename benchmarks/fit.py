"""`lstm_lab.fit` beside Keras' own `fit`, on both backends, over the sizes of recurrent models that people publish.

    python benchmarks/fit.py [--quick] [--shapes WORDS …]

Each backend of Keras trains in a process of its own, one shape after the other. Nothing else should run here meanwhile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import astuple, dataclass
from statistics import median

import table


@dataclass(frozen=True)
class Shape:
    """layers of units each, over so many time steps, and so many samples a batch; updates: in an epoch"""

    layers: int
    units: int
    steps: int
    batch: int
    updates: int

    def __str__(self) -> str:
        return f"{self.layers} × {self.units}, {self.steps} steps, batch {self.batch}"


SHAPES = (
    Shape(1, 1, 1, 1, 100), Shape(1, 4, 1, 1, 100), Shape(1, 16, 1, 1, 100), Shape(1, 32, 3, 1, 100),
    Shape(1, 32, 10, 1, 100), Shape(1, 4, 3, 1, 100), Shape(2, 32, 5, 4, 60), Shape(1, 50, 3, 16, 60),
    Shape(1, 50, 1, 72, 60), Shape(1, 50, 15, 30, 40), Shape(2, 50, 10, 32, 30), Shape(3, 50, 60, 32, 10),
    Shape(1, 20, 5, 8, 60), Shape(1, 10, 20, 10, 60), Shape(1, 60, 50, 32, 10), Shape(1, 32, 100, 16, 10),
    Shape(1, 100, 24, 64, 10), Shape(2, 100, 30, 64, 6), Shape(1, 128, 40, 128, 5), Shape(2, 128, 40, 64, 5),
    Shape(1, 256, 50, 64, 4), Shape(1, 256, 200, 32, 2), Shape(1, 64, 200, 256, 2), Shape(1, 8, 7, 32, 60),
)  # fmt: skip
WAYS = {
    "tensorflow": ("fit", "steps_per_execution", "jit_compile", "lstm_lab.fit"),
    "jax": ("fit", "lstm_lab.fit"),
}
EPOCHS = 3  # of a measured call
SMALL = 64, 32  # units and batch below which the project has targets of its own


def main() -> None:
    parser = table.options(__doc__, "four shapes, one round")
    parser.add_argument("--one", nargs=2, metavar=("BACKEND", "SHAPES"), help="what the processes are started with")
    arguments = parser.parse_args()
    if arguments.one:
        return _one(*arguments.one, rounds=1 if arguments.quick else 3)
    shapes = SHAPES[::6] if arguments.quick else SHAPES
    found = {backend: _started(backend, shapes, arguments.quick) for backend in WAYS}
    rows, gains, over_best = [], [], []
    for shape in shapes:
        each = {(backend, way): found[backend][str(shape)][way] for backend in WAYS for way in WAYS[backend]}
        plain = each["tensorflow", "fit"]["later"]
        best = min(plain, each["jax", "fit"]["later"])
        ours = {backend: each[backend, "lstm_lab.fit"] for backend in WAYS}
        fastest = min(one["later"] for one in ours.values())
        if shape.units < SMALL[0] and shape.batch < SMALL[1]:
            gains.append(plain / ours["tensorflow"]["later"])
            over_best.append(best / fastest)
        rows.append([
            str(shape),
            *(table.figure(1e3 * each[key]["later"]) for key in each),
            *(table.figure(one["first"]) for one in (each["tensorflow", "fit"], *ours.values())),
            table.figure(plain / ours["tensorflow"]["later"]),
            table.figure(plain / each["jax", "fit"]["later"]),
            table.figure(best / fastest),
        ])  # fmt: skip
    table.write(
        "fit",
        "lstm_lab.fit beside Keras' own fit",
        [
            "model",
            *(f"{way}, {backend}, ms" for backend in WAYS for way in WAYS[backend]),
            "first call: fit, tensorflow, s",
            "lstm_lab.fit, tensorflow, s",
            "lstm_lab.fit, jax, s",
            "gain on tensorflow",
            "by the backend alone",
            "gain over the best fit",
        ],
        rows,
        f"Milliseconds an epoch, medians of three calls of {EPOCHS} epochs, after a first call that traces and "
        "compiles, which stands apart. LSTM layers, one Dense, Adam, mean squared error, shuffled, without a bar. The "
        "gain by the backend alone is that of Keras' fit on JAX.",
        [
            f"Below {SMALL[0]} units and batches of {SMALL[1]}, in the middle: {table.figure(median(gains))} times "
            f"Keras' fit on TensorFlow, {table.figure(median(over_best))} times the best fit of Keras."
        ]
        if gains
        else (),
    )


def _started(backend: str, shapes: tuple, quick: bool) -> dict:
    command = [sys.executable, __file__, "--one", backend, json.dumps([astuple(shape) for shape in shapes])]
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [*command, *["--quick"] * quick], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _one(backend: str, shapes: str, rounds: int) -> None:
    """Measure all ways of a backend, and print them as JSON."""
    found = {}
    for shape in (Shape(*each) for each in json.loads(shapes)):
        found[str(shape)] = _measured(shape, WAYS[backend], rounds)
        print(backend, shape, {way: round(1e3 * one["later"], 2) for way, one in found[str(shape)].items()},
              file=sys.stderr, flush=True)  # fmt: skip
    print(json.dumps(found))


def _measured(shape: Shape, ways: tuple[str, ...], rounds: int) -> dict:
    import keras
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.normal(size=(shape.batch * shape.updates, shape.steps, 1)).astype("float32")
    y = x.sum(axis=1)
    keras.utils.clear_session()
    trains = {way: _train(shape, way, x, y) for way in ways}
    first = {}
    for way, train in trains.items():
        began = time.perf_counter()
        train(1)
        first[way] = time.perf_counter() - began
    later = table.interleaved({way: lambda train=train: train(EPOCHS) for way, train in trains.items()}, rounds)
    return {way: {"first": first[way], "later": later[way] / EPOCHS} for way in ways}


def _train(shape: Shape, way: str, x, y):
    import keras

    from lstm_lab import fit

    stack = [keras.layers.LSTM(shape.units, return_sequences=n < shape.layers - 1) for n in range(shape.layers)]
    model = keras.Sequential([keras.Input((shape.steps, 1)), *stack, keras.layers.Dense(1)])
    how = {"steps_per_execution": {"steps_per_execution": shape.updates}, "jit_compile": {"jit_compile": True}}
    model.compile("adam", "mse", **how.get(way, {}))
    given = {"batch_size": shape.batch, "verbose": 0}
    if way == "lstm_lab.fit":
        return lambda epochs: fit(model, x, y, epochs=epochs, engine="traced", **given)
    return lambda epochs: model.fit(x, y, epochs=epochs, **given)


if __name__ == "__main__":
    main()
