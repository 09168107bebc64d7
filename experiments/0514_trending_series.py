"""0514 · A series with a trend: scaled as it is, or after its trend is taken out.

Question   If later values leave the range of the training part, is normalising a bad choice, does it help to limit
           these values, and is it better to scale the steps from value to value?
Source     book, chapter on preparing data, sections on normalising and on practical considerations
Shapes     x [samples, 8 time steps, 1 feature] · y [samples, 1] the next value, or the step to it
Look at    the error on later values: the forecast that repeats the last value has an error of 1
"""

import numpy as np

from lstm_lab import Experiment, framing, main, models, preparing, probes, schedule
from lstm_lab.datasets import series

LENGTH = 600  # values; the training part comes first


def values(settings, rng):
    """A noisy wave with a trend [600], in units of the wave's amplitude."""
    return series.sine(LENGTH, settings.period, settings.noise, rng) + settings.trend * np.arange(LENGTH)


def scaler(settings, data):
    """Fitted on the training part, or on the range that all values are known to have."""
    known = data if settings.range_known else data[: settings.training]
    return preparing.Scaler(settings.method, outside="clip" if settings.limited else "allow").fit(known)


def windows(settings, rng):
    data = values(settings, rng)
    steps = np.diff(data)  # from each value to the next one
    if settings.stationary:
        data = steps
    fitted = scaler(settings, data)
    x, _ = series.to_supervised(fitted.transform(data), settings.steps)
    unlimited = fitted if not settings.limited else scaler(settings.replace(limited=False), data)
    unit = float(np.ptp(unlimited.inverse([0.0, 1.0])))  # one scaled unit, in units of the series
    _, y = series.to_supervised(unlimited.transform(data), settings.steps)
    later = steps[settings.training - len(x) :]  # those to the targets of the later windows
    return framing.split_windows(x, y, settings.training - settings.steps, float(np.mean(later**2)) / unit**2)


experiment = Experiment(
    __file__,
    data=windows,
    model=lambda settings: models.lstm_regressor(settings.units, learning_rate=settings.learning_rate),
    order=schedule.shuffled(),
    ask=[probes.later_error(), probes.squared_error("error")],
)

if __name__ == "__main__":
    main(experiment)
