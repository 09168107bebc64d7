"""The time that the state tools add to an epoch of 1000 batches, as a ratio measured in one run.

    python benchmarks/state_overhead.py [--quick] [--rounds 5] [--units 16]

Epochs with and without the tools alternate, so that a slow machine slows both; the ratio is that of the medians. Two
rows are the same plain fit: their difference is noise. The share in the tools is the time inside the tools' own hooks,
divided by that of the epoch; a busy machine disturbs it less. The first round is not counted.
"""

from __future__ import annotations

import statistics
import time

import keras
import numpy as np
import table

from lstm_lab import state

BATCHES, BATCH = 1000, 8


class Clock:
    """Adds up the seconds spent inside the hooks that some callbacks define."""

    def __init__(self, callbacks):
        self.seconds = 0.0
        for callback in callbacks:
            for name in vars(type(callback)):
                if name.startswith("on_"):
                    setattr(callback, name, self._timed(getattr(callback, name)))

    def _timed(self, hook):
        def timed(*arguments, **named):
            start = time.perf_counter()
            hook(*arguments, **named)
            self.seconds += time.perf_counter() - start

        return timed


def main() -> None:
    parser = table.options(__doc__, "one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--units", type=int, default=16)
    arguments = parser.parse_args()
    # Keras 3.15.1 cannot train its fused stateful LSTM on Torch.
    path = {"use_cudnn": False} if keras.backend.backend() == "torch" else {}
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH, 10, 4)),
            keras.layers.LSTM(arguments.units, stateful=True, **path),
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
        'ResetState(every="epoch"), WatchState()': [state.ResetState(every="epoch"), state.WatchState()],
        "ResetState(at_batches=every 100th)": [state.ResetState(at_batches=range(0, BATCHES, 100))],
        "plain fit, again": [],
    }
    clocks = {name: Clock(callbacks) for name, callbacks in ways.items()}
    epochs: dict[str, list[float]] = {name: [] for name in ways}
    inside: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(1 + (1 if arguments.quick else arguments.rounds)):
        for name, callbacks in ways.items():
            clocks[name].seconds = 0.0
            start = time.perf_counter()
            model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0, callbacks=callbacks)
            seconds = time.perf_counter() - start
            if number:
                epochs[name].append(seconds)
                inside[name].append(clocks[name].seconds / seconds)
    plain = statistics.median(epochs["plain fit"])
    title = f"State callbacks in an epoch of {BATCHES} batches, Keras {keras.__version__} on {keras.backend.backend()}"
    rows = [
        [name, f"{statistics.median(taken):.3f}", f"{statistics.median(taken) / plain:.3f}", f"{share:.3%}"]
        for name, taken in epochs.items()
        for share in [statistics.median(inside[name])]
    ]
    header = ["callbacks", "median seconds", "ratio to plain", "share spent in the tools"]
    table.write(f"state_overhead_{keras.backend.backend()}", title, header, rows)


if __name__ == "__main__":
    main()
