"""0765 · Time steps as output features, against output time steps.

Question   Are several steps ahead better answered as one vector, or one after the other by a decoder?
Source     book, chapter 5, second of two common misunderstandings
Shapes     x [samples, 10 time steps, 1 feature] · y [samples, 5 values], or [samples, 5 output steps, 1 value]
Look at    the errors on later values of the series, compared seed by seed
"""

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule
from lstm_lab.models import LSTM, Dense, RepeatVector


def windows(settings, rng, part=slice(0, 400)):
    """A noisy wave as lags and the next values; the first part to learn from, later ones to be asked."""
    wave = {"period": settings.period, "noise": settings.noise}
    x, y = datasets.series.wave_windows(rng, part, settings.steps, settings.outputs, **wave)
    return Framed(x, y if settings.framing == "vector" else y[:, :, None])


def model(settings):
    optimizer = models.Adam(settings.learning_rate)
    if settings.framing == "vector":
        return models.lstm_regressor(settings.units, outputs=settings.outputs, optimizer=optimizer)
    layers = (LSTM(settings.units), RepeatVector(settings.outputs), LSTM(settings.units, return_sequences=True))
    return models.Architecture((*layers, Dense(1, time_distributed=True)), loss="mse", optimizer=optimizer)


experiment = Experiment(
    __file__,
    data=windows,
    model=model,
    order=schedule.shuffled(),
    ask=[
        probes.squared_error("error"),
        probes.squared_error("later_error", lambda settings, rng: windows(settings, rng, slice(400, 900))),
        # what is left to whoever knows the wave: the noise of the values asked for
        probes.over_variance("noise_alone", lambda settings: settings.noise**2),
    ],
)

if __name__ == "__main__":
    main(experiment)
