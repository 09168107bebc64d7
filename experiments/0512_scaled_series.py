"""0512 · Scaled and unscaled series: which of them a network learns.

Question   Does a network learn a series with values in the tens to hundreds without scaling, and does it matter how the
           series is scaled if some values are outliers, or if most values are small?
Source     book, chapter on preparing data, section on numeric data
Shapes     x [samples, 8 time steps, 1 feature] · y [samples, 1] the next value
Look at    the errors on later values that are no outliers; and inputs and targets, if only one of them is scaled
"""

import numpy as np

from lstm_lab import Experiment, framing, main, models, preparing, probes, schedule
from lstm_lab.datasets import series

LENGTH = 600  # values; the training part comes first


def values(settings, rng):
    """A noisy wave between about 10 and 100 [600]. Outliers are in the training part only."""
    wave = series.sine(LENGTH, settings.period, settings.noise, rng)
    if settings.values == "skewed":  # most values are small, and few are large
        return 10 * np.exp(1.15 * (wave + 1))
    wave = 55 + 45 * wave
    if settings.values == "outliers":
        wave[rng.choice(settings.training, settings.outliers, replace=False)] = settings.outlier
    return wave


def scaled(data, settings, method):
    """All values scaled with the coefficients of the training part, or as they are."""
    if method == "none":
        return data
    return preparing.Scaler(method, outside="allow").fit(data[: settings.training]).transform(data)


def windows(settings, rng):
    data = values(settings, rng)
    x, _ = series.to_supervised(scaled(data, settings, settings.inputs), settings.steps)
    _, y = series.to_supervised(scaled(data, settings, settings.targets), settings.steps)
    return framing.split_windows(x, y, settings.training - settings.steps)


experiment = Experiment(
    __file__,
    data=windows,
    model=lambda settings: models.lstm_regressor(settings.units, learning_rate=settings.learning_rate),
    order=schedule.shuffled(),
    ask=[probes.later_error(), probes.squared_error("error")],
)

if __name__ == "__main__":
    main(experiment)
