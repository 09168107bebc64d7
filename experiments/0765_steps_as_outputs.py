"""0765 · Time steps as output features, against output time steps.

Question   Are several steps ahead better said as one vector, or one after the other by a decoder?
Source     book, chapter 5, second of two common misunderstandings
Shapes     x [samples, 10 time steps, 1 feature] · y [samples, 5 values], or [samples, 5 output steps, 1 value]
Look at    the errors on later values of the series, paired over seeds
"""

import numpy as np

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule
from lstm_lab.models import LSTM, Dense, RepeatVector
from lstm_lab.probes import Measure


def windows(settings, rng, part=slice(0, 400)):
    """A noisy wave as lags and the next values; the first part to learn from, later ones to be asked."""
    wave = datasets.series.sine(900, settings.period, settings.noise, rng)
    x, y = datasets.series.to_supervised(wave[part], settings.steps, settings.outputs, dtype="float32")
    y = np.ascontiguousarray(y)
    return Framed(np.ascontiguousarray(x), y if settings.framing == "vector" else y[:, :, None])


def model(settings):
    optimizer = models.Adam(settings.learning_rate)
    if settings.framing == "vector":
        return models.lstm_regressor(settings.units, outputs=settings.outputs, optimizer=optimizer)
    layers = (LSTM(settings.units), RepeatVector(settings.outputs), LSTM(settings.units, return_sequences=True))
    return models.Architecture((*layers, Dense(1, time_distributed=True)), loss="mse", optimizer=optimizer)


def noise_alone(asked):
    """The error that is left to whoever knows the wave: the noise of the value asked for."""
    return {"noise_alone": Measure(float(asked.settings.noise**2 / asked.framed.targets.var()))}


experiment = Experiment(
    __file__,
    data=windows,
    model=model,
    order=schedule.shuffled(),
    ask=[
        probes.squared_error("error"),
        probes.squared_error("later_error", lambda settings, rng: windows(settings, rng, slice(400, 900))),
        noise_alone,
    ],
)

if __name__ == "__main__":
    main(experiment)
