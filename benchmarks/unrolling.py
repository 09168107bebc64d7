"""The time of one update against the number of time steps it is unrolled over, whole and with k2 steps of gradient.

    python benchmarks/unrolling.py [--quick]

LSTM(64) on batches of 32, 8 features, a target at every step; the best of three rounds, in which the forms take turns.
The seconds depend on the machine; the memory, which does not, is experiment 0450.
"""

import time

import numpy as np
import table

from lstm_lab import Framed, compiled, models, schedule

STEPS, K2, UNITS, FEATURES, BATCH, UPDATES, ROUNDS = (50, 100, 200, 400, 800), 20, 64, 8, 32, 8, 3


def job(steps: int, k2: int):
    """A network, its data and its schedule: `UPDATES` updates on one batch of random numbers."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(BATCH, steps, FEATURES)).astype(np.float32)
    framed = Framed(x, x.sum(axis=2, keepdims=True))
    network = models.lstm_regressor(UNITS, return_sequences=True)
    order = schedule.truncated(steps, k2).schedule(framed, epochs=UPDATES, batch_size=BATCH)
    return network, framed, order, network.initial_weights(steps, FEATURES, rng)


def main() -> None:
    steps = STEPS[:1] if table.options(__doc__, "the shortest sequence").parse_args().quick else STEPS
    jobs = {(n, k2): job(n, k2) for n in steps for k2 in (n, K2)}
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(ROUNDS + 1):  # the first round compiles
        for form, arguments in jobs.items():
            start = time.perf_counter()
            compiled.train(*arguments)
            best[form] = min(best[form], (time.perf_counter() - start) / UPDATES)
    rows = [[str(n), f"{1e3 * best[n, n]:.2f}", f"{1e3 * best[n, K2]:.2f}"] for n in steps]
    header = ["n", "BPTT(n), ms an update", f"TBPTT(n, {K2}), ms an update"]
    table.write(
        "unrolling", "The cost of unrolling", header, rows, "The best of three rounds, in which the forms take turns."
    )


if __name__ == "__main__":
    main()
