"""0550 · A series as supervised pairs: earlier values in, later values out.

Question   How does one column of numbers become inputs and targets, for any number of steps and variables?
Source     book, chapter on preparing data, section on sequence prediction as supervised learning
Shapes     series [10] → x [8, 1 time step, 1 feature], y [8, 2 steps]; two variables → x [8, 1, 2]
Look at    the first and the last row: each lacks one value, so ten numbers give eight complete rows
"""

import numpy as np
import pandas as pd

from lstm_lab import Lesson, main
from lstm_lab.datasets import series


def one(settings, incomplete):
    numbers = pd.Series(range(settings.length))
    return series.to_supervised(numbers, settings.num_in, settings.num_out, incomplete=incomplete)


def several(settings):
    """Temperature and pressure as inputs, and the temperature as target."""
    hours = np.arange(settings.length)
    frame = pd.DataFrame({"temperature": hours, "pressure": 100 + hours})
    return series.to_supervised(frame, settings.num_in, settings.num_out, targets="temperature")


def show(settings):
    yield one(settings, "keep")
    yield several(settings)
    x, y = series.to_arrays(several(settings))
    yield f"as arrays: x {x.shape}, y {y.shape}"


def measures(settings, rng):
    kept = one(settings, "keep")
    x, y = series.to_arrays(several(settings))
    return {name: " ".join(f"{value:g}" for value in kept[name]) for name in kept} | {
        "complete_rows": (len(one(settings, "drop")), settings.length),
        "several_x": str(x.shape),
        "several_y": str(y.shape),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
