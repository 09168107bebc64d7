"""0516 · When to scale: before the series is framed, or after; on the training part, or on everything.

Question   Does a network learn worse if each column of the framed samples is scaled by itself, and do results look too
           good if the scaler has seen the later values?
Source     book, chapter on preparing data, section on practical considerations
Shapes     x [samples, 8 time steps, 1 feature] · y [samples, 1] the next value
Look at    the long and the short training part: with few samples the columns' coefficients differ most
"""

import numpy as np

from lstm_lab import Experiment, framing, main, models, preparing, probes, schedule
from lstm_lab.datasets import series

LATER = 300  # values after the training part


def scaler(settings, training):
    return preparing.Scaler(settings.method, outside="allow").fit(training)


def windows(settings, rng):
    """Errors are relative to that of the training mean as a forecast: the unit of the targets does not change them."""
    length = settings.training + LATER
    data = series.sine(length, settings.period, settings.noise, rng) + settings.trend * np.arange(length)
    seen, training = settings.training - settings.steps, settings.training
    if settings.fitted_on == "all":
        seen, training = len(data) - settings.steps, len(data)
    if settings.when == "before":
        x, y = series.to_supervised(scaler(settings, data[:training]).transform(data), settings.steps)
    else:  # every column of the samples has its own coefficients
        x, y = series.to_supervised(data, settings.steps)
        x = scaler(settings, x[:seen, :, 0]).transform(x[:, :, 0])[:, :, None]
        y = scaler(settings, y[:seen]).transform(y)
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
