"""Whether the time grows in proportion to epochs, seeds and time steps, and whether the memory stays the same.

    python benchmarks/scaling.py [--quick]

Every row is a process of its own, which first compiles with a run of the same shapes and then is timed. The peak memory
is that of the whole process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import numpy as np
import table

from lstm_lab import framing, models, schedule
from lstm_lab.trainers import compiled

CLASSES, UNITS, SAMPLES = 10, 20, 5


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == "one":
        print(json.dumps(_measured(**{n: int(v) for n, v in (word.split("=") for word in sys.argv[2:])})))
        return
    less = 100 if table.options(__doc__, "a hundredth of the epochs and seeds").parse_args().quick else 1
    rows = []
    for what, cases in _cases().items():
        for case in cases:
            case = case | {name: max(1, case[name] // less) for name in ("epochs", "seeds")}
            command = [sys.executable, __file__, "one", *(f"{name}={value}" for name, value in case.items())]
            one = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            rows.append(
                [
                    what,
                    *(f"{case[name]:,}" for name in ("epochs", "seeds", "steps")),
                    table.figure(one["seconds"]),
                    table.figure(1e9 * one["seconds"] / (one["updates"] * case["seeds"] * case["steps"])),
                    f"{one['gigabytes']:.2f}",
                ]
            )
            print(" | ".join(rows[-1]), flush=True)
    table.write(
        "scaling",
        "Cost by epochs, seeds and time steps",
        ["grows", "epochs", "seeds", "time steps", "s", "ns per update, seed and step", "peak memory, GB"],
        rows,
        f"A stateful network of {UNITS} units and {CLASSES} symbols, {SAMPLES} samples in an epoch, a batch of one, "
        f"state reset every epoch; seeds on {table.cores()} threads. Linear means that the nanoseconds stay "
        "the same. A short run also pays for the call, and few time steps for everything else in an update.",
    )


def _cases() -> dict[str, list[dict[str, int]]]:
    def cases(**changes):
        return {"epochs": 1000, "seeds": 1, "steps": 1} | changes

    return {
        "epochs": [cases(epochs=epochs) for epochs in (100, 1000, 10_000, 100_000)],
        "seeds": [cases(seeds=seeds) for seeds in (1, 10, 100, 1000)],
        "time steps": [cases(epochs=200, seeds=2, steps=steps) for steps in (1, 10, 100, 1000)],
        "seeds and time steps": [cases(epochs=1, seeds=1000, steps=1000)],
    }


def _measured(epochs: int, seeds: int, steps: int) -> dict[str, float]:
    """Seconds and updates of all seeds, after a first run of the same shapes; gigabytes of this process."""
    network = models.lstm_classifier(UNITS, CLASSES, stateful=True)
    order = schedule.in_sequence(reset="epoch")

    def job(seed: int, epochs: int = epochs):
        framed = _framed(steps, np.random.default_rng(seed))
        weights = network.initial_weights(framed.steps, framed.features, np.random.default_rng(seed))
        return framed, order.schedule(framed, epochs), weights

    compiled.train(network, *job(0, 1))
    began = time.perf_counter()
    for _ in compiled.each_seed(network, [lambda seed=seed: job(seed) for seed in range(seeds)]):
        pass  # no result is kept
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "updates": SAMPLES * epochs,
        "gigabytes": peak / (1e9 if sys.platform == "darwin" else 1e6),
    }


def _framed(steps: int, rng: np.random.Generator) -> framing.Framed:
    """Random symbols, the answer the first of them."""
    symbols = tuple(map(str, range(CLASSES)))
    codes = rng.integers(CLASSES, size=(SAMPLES, steps, 1)).astype(np.int32)
    codec = framing.Codec(symbols, "one_hot")
    return framing.Framed(codes, codes[:, 0, 0].copy(), codec, framing.Codec(symbols))


if __name__ == "__main__":
    main()
