"""0518 · Several series of different size: scaled together, or each by itself.

Question   If one input is about 1 and another about 1000, does a network need each of them scaled by itself?
Source     book, chapter on preparing data, sections on standardising and on practical considerations
Shapes     x [samples, 8 time steps, 2 features] a small and a large series · y [samples, 1] the next small value
Look at    one scaler for both series: the small series is then almost 0 everywhere
"""

import numpy as np

from lstm_lab import Experiment, framing, main, models, preparing, probes, schedule
from lstm_lab.datasets import series

LENGTH = 600  # values; the training part comes first


def both(settings, rng):
    """Two independent noisy waves [600, 2]; the second one is `times` as large."""
    periods = settings.period, 1.7 * settings.period
    waves = [series.sine(LENGTH, period, settings.noise, rng) for period in periods]
    return np.stack([1 + waves[0], settings.times * (1 + waves[1])], axis=1)


def scaled(settings, data):
    """Both series, with the coefficients of their training parts."""
    if settings.scaling == "none":
        return data
    training, scaler = data[: settings.training], preparing.Scaler("standardise", outside="allow")
    if settings.scaling == "together":
        return scaler.fit(training.ravel()).transform(data.ravel()).reshape(data.shape)
    return scaler.fit(training).transform(data)


def windows(settings, rng):
    """The target is the small series, scaled by itself in every variant: only the inputs differ."""
    data = both(settings, rng)
    x, _ = series.to_supervised(scaled(settings, data), settings.steps)
    _, y = series.to_supervised(scaled(settings.replace(scaling="each"), data), settings.steps, targets=0)
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
