"""`lstm_lab.fit` beside Keras' own `fit` and eager PyTorch, over the sizes of recurrent models that people publish.

    python benchmarks/fit.py [--quick] [--torch PYTHON]

Each backend of Keras trains in a process of its own, one shape after the other. Nothing else should run here meanwhile.
What needs Torch is left out where PYTHON has no torch and no Keras.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import astuple, dataclass
from statistics import median
from textwrap import fill

import table


@dataclass(frozen=True)
class Shape:
    """layers of units each, over so many time steps, and so many samples a batch; updates: in an epoch"""

    layers: int
    units: int
    steps: int
    batch: int
    updates: int

    @property
    def small(self) -> bool:
        """Whether the project has targets of its own for it."""
        return self.units < SMALL[0] and self.batch < SMALL[1]

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
OURS = ("native", "traced")
WAYS = {
    "tensorflow": ("fit", "steps_per_execution", "jit_compile", *OURS),
    "jax": ("fit", *OURS),
    "torch": ("fit", "eager loop"),
}
NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "Torch"}
OF_KERAS = ("fit", "steps_per_execution", "jit_compile")
EPOCHS, MANY = 3, 24  # of a call; of a call of small networks that is over in a moment
SMALL = 64, 32  # units and batch
BEST = "over the best of Keras"  # the gain that the summary is about

Key = tuple[str, str]  # a backend and a way
Found = dict[Key, dict[str, float]]  # "first": seconds more of the first call; "later": of an epoch in later ones


def main() -> None:
    parser = table.options(__doc__, "four shapes, one round")
    parser.add_argument("--torch", default=sys.executable, help="a Python with torch and Keras, if this one has none")
    parser.add_argument("--one", nargs=2, metavar=("BACKEND", "SHAPES"), help="what the processes are started with")
    arguments = parser.parse_args()
    if arguments.one:
        return _one(*arguments.one, rounds=1 if arguments.quick else 3)
    shapes = SHAPES[::6] if arguments.quick else SHAPES
    by_backend = {name: _started(sys.executable, name, shapes, arguments.quick) for name in ("tensorflow", "jax")}
    if _has_torch(arguments.torch):
        by_backend["torch"] = _torch(arguments.torch, shapes, arguments.quick)
    found: dict[Shape, Found] = {
        shape: {
            (backend, way): seconds for backend, ways in by_backend.items() for way, seconds in ways[str(shape)].items()
        }
        for shape in shapes
    }
    gains = {shape: _gains(shape, each) for shape, each in found.items()}
    _write(found, gains, tuple(by_backend))
    if not arguments.quick:
        from lstm_lab.report.readme import rewrite

        rewrite(table.ROOT / "README.md", {"fit": _said_in_readme(gains)})


def _write(found: dict[Shape, Found], gains: dict[Shape, dict[str, float | None]], backends: tuple[str, ...]) -> None:
    keys = [(backend, way) for backend in backends for way in WAYS[backend]]
    table.write(
        "fit",
        "lstm_lab.fit beside Keras' own fit",
        ["model", "engine", *next(iter(gains.values()))],
        [
            [str(shape), _engine(shape), *(table.figure(gain) for gain in each.values())]
            for shape, each in gains.items()
        ],
        "\n\n".join(_summary(gains)),
        [
            "## Later calls, milliseconds an epoch",
            _times({shape: {key: 1e3 * each[key]["later"] for key in each} for shape, each in found.items()}, keys),
            "## The first call, seconds more than a later one",
            _times({shape: {key: each[key]["first"] for key in each} for shape, each in found.items()}, keys),
            _note("torch" in backends),
        ],
    )  # fmt: skip


def _said_in_readme(gains: dict[Shape, dict[str, float | None]]) -> str:
    """What switching the backend gives, and what we do."""
    small = [each for shape, each in gains.items() if shape.small]
    alone, plain, best = (
        table.figure(median(each[name] for each in small))
        for name in ("by the backend alone", "TensorFlow: ours over fit", BEST)
    )
    said = (
        f"For networks below {SMALL[0]} units and batches below {SMALL[1]}, medians of {len(small)} sizes: switching "
        f"Keras to JAX makes its own `fit` {alone} times as fast as on TensorFlow. `lstm_lab.fit` is {plain} times "
        f"as fast as `fit` on TensorFlow, and {best} times as fast as the best of Keras' fits on any backend. [All "
        "sizes](results/benchmarks/fit.md)."
    )
    return fill(said, 120, break_on_hyphens=False)


def _engine(shape: Shape) -> str:
    """The engine that `lstm_lab.fit` chooses for a training of a few thousand updates that nobody looks at."""
    from lstm_lab.trainers.fit import LARGEST

    inputs = [1, *[shape.units] * (shape.layers - 1)]
    weights = sum(4 * shape.units * (width + shape.units + 1) for width in inputs) + shape.units + 1
    return "native" if shape.batch * shape.steps * weights <= LARGEST else "traced"


def _gains(shape: Shape, each: Found) -> dict[str, float | None]:
    """How many times as fast ours is in later calls, with the engine that it chooses."""
    later: dict[Key, float] = {key: seconds["later"] for key, seconds in each.items()}
    plain, engine = later["tensorflow", "fit"], _engine(shape)
    best = min(seconds for (_, way), seconds in later.items() if way in OF_KERAS)
    ours = min(later["tensorflow", engine], later["jax", engine])
    eager = later.get(("torch", "eager loop"))
    return {
        "TensorFlow: ours over fit": plain / later["tensorflow", engine],
        "JAX: ours over fit": later["jax", "fit"] / later["jax", engine],
        "by the backend alone": plain / later["jax", "fit"],
        BEST: best / ours,
        "over eager PyTorch": None if eager is None else eager / ours,
    }


def _summary(gains: dict[Shape, dict[str, float | None]]) -> list[str]:
    small = [each for shape, each in gains.items() if shape.small]
    said = []
    if small:
        over_plain, over_best = (
            table.figure(median(each[name] for each in small)) for name in ("TensorFlow: ours over fit", BEST)
        )
        said.append(
            f"Below {SMALL[0]} units and batches of {SMALL[1]}, in the middle: {over_plain} times Keras' fit on "
            f"TensorFlow, {over_best} times the best fit of Keras on any backend."
        )
    least = min(gains, key=lambda shape: gains[shape][BEST])
    said.append(
        f"The least gain over the best fit of Keras, over all sizes: {table.figure(gains[least][BEST])} ({least})."
    )
    return said


def _times(found: dict[Shape, dict[Key, float]], keys: list[Key]) -> str:
    header = ["model", *(f"{NAMES[backend]}: {way}" for backend, way in keys)]
    rows = [[str(shape), *(table.figure(each.get(key)) for key in keys)] for shape, each in found.items()]
    return table.markdown(header, rows)


def _note(with_torch: bool) -> str:
    return (
        f"Each call trains {EPOCHS} epochs, or {MANY} of a small network, but by Keras on TensorFlow and Torch; the "
        "later ones are medians of three. LSTM layers, one Dense, Adam, mean "
        "squared error, shuffled, without a bar. Steps_per_execution is an epoch. Native and traced are the engines of "
        "`lstm_lab.fit`. Its gains are those of the engine that it chooses for a training of some thousand updates, "
        "later calls. The best of Keras is the fastest of its fit, with and without its settings, on any backend here, "
        "and ours is then the faster of the two backends. The gain by the backend alone is that of Keras' fit on JAX "
        "over its fit on TensorFlow. "
        + (
            "The eager loop is plain PyTorch. Torch has one thread or all, whichever is faster."
            if with_torch
            else "There was no Torch here: what needs it is left out."
        )
    )


def _has_torch(python: str) -> bool:
    program = "from importlib.util import find_spec; raise SystemExit(not (find_spec('torch') and find_spec('keras')))"
    return subprocess.run([python, "-c", program], check=False).returncode == 0


def _torch(python: str, shapes: tuple, quick: bool) -> dict:
    """The ways with Torch, each with one thread or with all, whichever is faster: small networks lose by more."""
    one, every = (_started(python, "torch", shapes, quick, threads) for threads in (1, table.cores()))
    return {
        shape: {way: min(one[shape][way], every[shape][way], key=lambda each: each["later"]) for way in WAYS["torch"]}
        for shape in one
    }


def _started(python: str, backend: str, shapes: tuple, quick: bool, threads: int | None = None) -> dict:
    command = [python, __file__, "--one", backend, json.dumps([astuple(shape) for shape in shapes])]
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)  # there may be programs of earlier runs
    if threads is not None:
        environment["OMP_NUM_THREADS"] = str(threads)
    done = subprocess.run(
        [*command, *["--quick"] * quick], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _one(backend: str, shapes: str, rounds: int) -> None:
    """Measure all ways of a backend, and print them as JSON."""
    _measured(Shape(1, 2, 2, 2, 20), WAYS[backend], rounds=1)  # the first model of a process pays for what it loads
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
    quick = [way for way in ways if way in OURS or keras.backend.backend() == "jax"]
    epochs = {way: MANY if shape.updates >= 40 and way in quick else EPOCHS for way in ways}
    trains = {way: (_eager if way == "eager loop" else _train)(shape, way, x, y, epochs[way]) for way in ways}
    first = {way: table.seconds(train) for way, train in trains.items()}
    later = table.interleaved(trains, rounds)
    return {way: {"first": max(0.0, first[way] - later[way]), "later": later[way] / epochs[way]} for way in ways}


def _train(shape: Shape, way: str, x, y, epochs: int):
    """Some epochs of a new Keras model."""
    import keras

    stack = [keras.layers.LSTM(shape.units, return_sequences=n < shape.layers - 1) for n in range(shape.layers)]
    model = keras.Sequential([keras.Input((shape.steps, 1)), *stack, keras.layers.Dense(1)])
    how = {"steps_per_execution": {"steps_per_execution": shape.updates}, "jit_compile": {"jit_compile": True}}
    model.compile("adam", "mse", **how.get(way, {}))
    given = {"epochs": epochs, "batch_size": shape.batch, "verbose": 0}
    if way not in OURS:
        return lambda: model.fit(x, y, **given)
    from lstm_lab import fit

    return lambda: fit(model, x, y, engine=way, **given)


def _eager(shape: Shape, way: str, x, y, epochs: int):
    """Some epochs of the same network in plain PyTorch."""
    import torch

    x, y = torch.from_numpy(x), torch.from_numpy(y)
    lstm = torch.nn.LSTM(1, shape.units, num_layers=shape.layers, batch_first=True)
    dense = torch.nn.Linear(shape.units, 1)
    optimizer = torch.optim.Adam([*lstm.parameters(), *dense.parameters()])
    loss = torch.nn.MSELoss()

    def train() -> None:
        for _ in range(epochs):
            for batch in torch.randperm(len(x)).split(shape.batch):
                optimizer.zero_grad()
                loss(dense(lstm(x[batch])[0][:, -1]), y[batch]).backward()
                optimizer.step()

    return train


if __name__ == "__main__":
    main()
