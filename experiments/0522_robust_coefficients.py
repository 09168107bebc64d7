"""0522 · Which coefficients stay as they are when new data arrive?

Question   Are the mean and the deviation more robust to new data than the smallest and the largest value?
Source     book, chapter on preparing data, section on standardising
Shapes     training values [50] and new values [50] · scaled training values [50], before and after
Look at    how far the same values, scaled again with the coefficients of all data, are from where they were
"""

import numpy as np

from lstm_lab import Lesson, main, preparing
from lstm_lab.suite.draws import stream


def drawn(settings, rng):
    """Values of one kind: [training + new]. With `outlier`, one of the new values is far away."""
    size = settings.training + settings.new
    values = {"normal": rng.normal, "uniform": rng.uniform, "skewed": rng.lognormal}[settings.values](size=size)
    if settings.outlier:
        values[-1] = values.mean() + settings.outlier * values.std()
    return values


def moved(method, settings, values):
    """How far the scaled training values move when the scaler is fitted again on all data, over their deviation."""
    training = values[: settings.training]
    old, new = (
        preparing.Scaler(method, outside="allow").fit(known).transform(training) for known in (training, values)
    )
    return np.abs(new - old).mean() / old.std()


def measures(settings, rng):
    values = drawn(settings, rng)
    return {f"{method}d_moved": float(moved(method, settings, values)) for method in ("standardise", "normalise")}


def show(settings):
    for name, distance in measures(settings, stream(0, "data")).items():
        yield f"{name.removesuffix('_moved')}: the scaled values move by {distance:.3f} of their deviation"


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
