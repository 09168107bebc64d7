"""How fast an update can be at most, from its operations and bytes and the rates of this machine.

    python benchmarks/bound.py

As a script it measures the rates on one thread and prints them as JSON; `count` counts the work of an update.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import timeit
from dataclasses import dataclass

import numpy as np

from lstm_lab.models import LSTM, SGD, Adam, Dense, Embedding, Flatten, RepeatVector
from lstm_lab.suite.experiment import Job

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
L1_BYTES = 32 << 10  # both arrays of the copy together; a core has 32 to 48 KiB today
L2_BYTES = 512 << 10
FLOAT = 4


@dataclass(frozen=True)
class Work:
    """The least work of one update. flops: operations, of which `curves` are exponentials and tangents; bytes."""

    flops: int
    curves: int
    bytes: int
    kept_bytes: int  # weights and the optimizer's arrays: what must stay in a cache from update to update


@dataclass(frozen=True)
class Rates:
    """One thread of this machine. flops per second of a matrix product; bytes per second read and written in a copy."""

    flops: float
    l1: float
    l2: float

    def seconds(self, work: Work) -> tuple[float, float]:
        """(seconds of the operations, seconds of the bytes); the bound is the larger of the two."""
        return work.flops / self.flops, work.bytes / (self.l1 if work.kept_bytes <= L1_BYTES else self.l2)


def count(job: Job) -> Work:
    """The least work of one update of a run, for any Architecture.

    A product counts as a multiplication and an addition. Products with known zeros are left out: one-hot inputs are
    looked up, the first step of a stateless network has no state to multiply, and no gradient goes into the inputs or
    into a state from the update before. An exponential or a tangent counts as one operation, which is far too little.
    Bytes: every weight and each of its optimizer's arrays is read once and written once; nothing else is counted.
    """
    framed, batch = job.framed, job.schedule.batch_size
    steps, features = framed.steps, framed.features
    looked_up = framed.inputs.shape[2] if framed.codec and framed.codec.coding == "one_hot" else None
    flops = curves = parameters = 0
    in_steps, first = True, True
    for layer in job.architecture.layers:
        rows = batch * (steps if in_steps else 1)
        match layer:
            case Embedding(classes, width):
                parameters += classes * width
                flops += rows * width  # its gradient is added to the table
                features, first = width, False
            case LSTM(units, return_sequences):
                gates = 4 * units
                multiplied = rows if job.architecture.stateful else rows - batch
                flops += _product(rows, features, gates, first, looked_up)
                flops += 2 * multiplied * units * gates * 2  # forward, and the recurrent kernel's gradient
                flops += 2 * (rows - batch) * units * gates  # back from step to step
                flops += rows * units * (4 + 4 + 22)  # sum and bias, the new state, and the gradients of both
                curves += rows * 5 * units
                parameters += (features + units + 1) * gates
                features, in_steps, first, looked_up = units, return_sequences, False, None
            case RepeatVector(times):
                steps, in_steps = times, True
            case Flatten():
                features, in_steps = features * steps, False
                looked_up = None if looked_up is None else looked_up * steps
            case Dense(outputs, activation):
                flops += _product(rows, features, outputs, first, looked_up) + 2 * rows * outputs
                curves += rows * outputs * (activation not in ("linear", "relu"))
                parameters += (features + 1) * outputs
                features, first, looked_up = outputs, False, None
    per_weight, arrays = _optimizer(job.architecture.optimizer)
    kept = parameters * (1 + arrays) * FLOAT
    return Work(flops + curves + per_weight * parameters, curves, 2 * kept, kept)


def _product(rows: int, inputs: int, outputs: int, first: bool, looked_up: int | None) -> int:
    """A kernel's product, its gradient, and the gradient of its inputs if anything before it learns."""
    width = looked_up if looked_up is not None else 2 * inputs
    return rows * outputs * width * 2 + (0 if first else 2 * rows * outputs * inputs)


def _optimizer(optimizer) -> tuple[int, int]:
    """(operations, arrays kept) for every weight."""
    if isinstance(optimizer, Adam):
        return 12, 2
    if isinstance(optimizer, SGD):
        return (4, 1) if optimizer.momentum else (2, 0)
    return 8, 1


def rates() -> Rates:
    """This machine's rates, measured in a process of its own that has one thread for matrix products."""
    done = subprocess.run(
        [sys.executable, __file__], env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
    )
    return Rates(**json.loads(done.stdout))


def _measured() -> dict[str, float]:
    size = 768
    a, b, product = (np.ones((size, size), np.float32) for _ in range(3))
    matrix = _best(lambda: np.matmul(a, b, out=product))
    nothing = np.empty(0, np.float32)
    empty = _best(lambda: np.copyto(nothing, nothing))
    measured = {"flops": 2 * size**3 / matrix}
    for name, both in (("l1", L1_BYTES), ("l2", L2_BYTES)):
        source = np.ones(both // 2 // FLOAT, np.float32)
        target = np.empty_like(source)
        taken = _best(lambda target=target, source=source: np.copyto(target, source)) - empty
        measured[name] = both / taken
    measured["l1"] = max(measured["l1"], measured["l2"])  # on so short a copy the call itself counts
    return measured


def _best(action) -> float:
    """Seconds of the shortest of many rounds: what the machine can do where no other process disturbs it."""
    timer = timeit.Timer(action)
    number, taken = timer.autorange()
    number = max(1, int(number * 0.05 / taken))
    return min(timer.repeat(repeat=15, number=number)) / number


if __name__ == "__main__":
    print(json.dumps(_measured()))
