"""to_supervised against the usual concatenated shifts: time and peak memory, in one run.

    python benchmarks/to_supervised.py [--quick]

A million rows × 3 variables, 10 steps in and 1 out. Time is the best of three rounds, in which the ways take turns.
Memory is the peak that tracemalloc sees in a separate run, without the data, divided by the size of a copy of x and y.
The project's target: under 2 s, and under three times that size.
"""

import sys
import tracemalloc

import numpy as np
import pandas as pd
import table

from lstm_lab.datasets import series

NUM_IN, VARIABLES, ROUNDS = 10, 3, 3
SECONDS, SIZES = 2.0, 3.0  # what to_supervised must stay under


def shifts(frame: pd.DataFrame) -> pd.DataFrame:
    """The tutorials' way: shifted copies side by side, then the incomplete rows dropped."""
    columns = [frame.shift(lag).add_suffix(f"(t-{lag})") for lag in range(NUM_IN, 0, -1)]
    return pd.concat([*columns, frame.add_suffix("(t)")], axis=1).dropna()


def shifted_arrays(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    values = shifts(frame).to_numpy()
    return values[:, :-VARIABLES].reshape(len(values), NUM_IN, VARIABLES), values[:, -VARIABLES:]


def peak_bytes(way, data) -> int:
    tracemalloc.start()
    way(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main(rows: int) -> int:
    values = np.random.default_rng(0).normal(size=(rows, VARIABLES))
    frame = pd.DataFrame(values, columns=["a", "b", "c"])
    ways = {
        "to_supervised, array → views": (lambda data: series.to_supervised(data, NUM_IN), values),
        "to_supervised, frame → frame": (lambda data: series.to_supervised(data, NUM_IN), frame),
        "to_supervised, frame → frame → arrays": (lambda d: series.to_arrays(series.to_supervised(d, NUM_IN)), frame),
        "concatenated shifts, frame → frame": (shifts, frame),
        "concatenated shifts, frame → frame → arrays": (shifted_arrays, frame),
    }
    x, y = series.to_supervised(values, NUM_IN)
    for got, expected in zip(series.to_arrays(series.to_supervised(frame, NUM_IN)), shifted_arrays(frame), strict=True):
        np.testing.assert_array_equal(got.reshape(expected.shape), expected)
    seconds = {name: float("inf") for name in ways}
    for _ in range(ROUNDS):
        for name, (way, data) in ways.items():
            seconds[name] = min(seconds[name], table.seconds(lambda way=way, data=data: way(data)))
    peaks = {name: peak_bytes(way, data) for name, (way, data) in ways.items()}
    size = x.nbytes + y.nbytes
    slowest = seconds["concatenated shifts, frame → frame"]
    written = [
        [
            name,
            f"{seconds[name]:.4f}",
            f"{slowest / seconds[name]:.1f}",
            f"{peaks[name] / 1e6:.0f}",
            f"{peaks[name] / size:.2f}",
        ]
        for name in ways
    ]
    title = f"{rows:,} rows × {VARIABLES} variables as supervised pairs: {NUM_IN} in, 1 out"
    header = ["way", "seconds", "shifts / this", "peak MB", "peak / output"]
    table.write("to_supervised", title, header, written, f"The output alone is {size / 1e6:.0f} MB.")
    ours = [name for name in ways if name.startswith("to_supervised")]
    good = all(seconds[name] < SECONDS and peaks[name] < SIZES * size for name in ours)
    print(f"\nunder {SECONDS:g} s and {SIZES:g} × the output: {'yes' if good else 'NO'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(10_000 if table.options(__doc__, "10,000 rows").parse_args().quick else 1_000_000))
