"""What the state tools add to an epoch of 1000 batches, as a ratio measured in one run.

    python benchmarks/state_overhead.py [--rounds 5] [--units 16]

Plain and watched epochs alternate, so that a machine that slows down slows both; the ratio is that of the medians. The
first round is not counted. Nothing is asserted here: read the table.
"""

from __future__ import annotations

import argparse
import statistics
import time

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from lstm_lab import state

BATCHES, BATCH = 1000, 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--units", type=int, default=16)
    arguments = parser.parse_args()
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH, 10, 4)),
            keras.layers.LSTM(arguments.units, stateful=True, use_cudnn="auto" if _fused() else False),
            keras.layers.Dense(1),
        ]
    )
    model.compile(loss="mse", optimizer="adam")
    state.carry(model)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(BATCHES * BATCH, 10, 4)).astype("float32")
    y = rng.normal(size=(BATCHES * BATCH, 1)).astype("float32")
    ways = {
        "plain fit": [],
        'ResetState(every="epoch") + WatchState()': [state.ResetState(every="epoch"), state.WatchState()],
        "ResetState(at_batches=every 100th)": [state.ResetState(at_batches=range(0, BATCHES, 100))],
        "plain fit, again": [],
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(arguments.rounds + 1):
        for name, callbacks in ways.items():
            start = time.perf_counter()
            model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0, callbacks=callbacks)
            if number:
                seconds[name].append(time.perf_counter() - start)
    plain = statistics.median(seconds["plain fit"])
    table = Table(title=f"An epoch of {BATCHES} batches, Keras {keras.__version__} on {keras.backend.backend()}")
    for column in ("callbacks", "median seconds", "fastest", "slowest", "to plain"):
        table.add_column(column)
    for name, taken in seconds.items():
        median = statistics.median(taken)
        table.add_row(name, f"{median:.3f}", f"{min(taken):.3f}", f"{max(taken):.3f}", f"{median / plain:.3f}")
    for name in ("get", "reset"):
        action = getattr(state, name)
        start = time.perf_counter()
        for _ in range(100):
            action(model)
        taken_once = (time.perf_counter() - start) / 100
        table.add_row(f"one state.{name}", f"{taken_once:.6f}", "", "", f"1 + {taken_once / plain:.6f}")
    Console().print(table)


def _fused() -> bool:
    """Keras 3.15.1 cannot train its fused stateful LSTM on Torch."""
    return keras.backend.backend() != "torch"


if __name__ == "__main__":
    main()
