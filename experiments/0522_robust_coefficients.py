"""0522 · Which coefficients stay as they are when new data arrive?

Question   Are the mean and the deviation more robust to new data than the smallest and the largest value?
Source     book, chapter on preparing data, section on standardising
Shapes     training values [50] and new values [50], many times · scaled training values [50], before and after
Look at    the same values scaled with the coefficients of the training part, and with those of all data: how far apart?
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


def compared(settings, rng):
    """How far they move with both methods, for many draws: [draws, 2]."""
    draws = (drawn(settings, rng) for _ in range(settings.draws))
    return np.array([[moved(method, settings, values) for method in ("standardise", "normalise")] for values in draws])


def show(settings):
    standardised, normalised = np.median(compared(settings, stream(0, "data")), axis=0)
    yield f"mean and deviation: scaled values move by {standardised:.3f} of their deviation, in the median"
    yield f"smallest and largest value: by {normalised:.3f}"


def measures(settings, rng):
    both = compared(settings, rng)
    return {
        "standardised_moves_less": (int((both[:, 0] < both[:, 1]).sum()), len(both)),
        "standardised_moved": float(np.median(both[:, 0])),
        "normalised_moved": float(np.median(both[:, 1])),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
