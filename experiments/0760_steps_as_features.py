"""0760 · Time steps as input features, against time steps.

Question   Is a window of lags as features of one step worse than the same values as time steps, or better?
Source     book, chapter 5, first of two common misunderstandings
Shapes     x [samples, 10 time steps, 1 feature] or [samples, 1, 10 features] · y [samples, 1] the next value
Look at    the errors on later values of the series, paired over seeds, and the MLP that a window needs no LSTM for
"""

import numpy as np

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule
from lstm_lab.probes import Measure


def windows(settings, rng, part=slice(0, 400)):
    """A noisy wave as lags and the next value; the first part to learn from, later ones to be asked."""
    wave = datasets.series.sine(900, settings.period, settings.noise, rng)
    x, y = datasets.series.to_supervised(wave[part], settings.steps, dtype="float32")
    x = np.ascontiguousarray(x) if settings.framing == "steps" else x.reshape(len(x), 1, settings.steps)
    return Framed(x, np.ascontiguousarray(y))


def model(settings):
    optimizer = models.Adam(settings.learning_rate)
    if settings.network == "mlp":
        return models.mlp_regressor(settings.units, optimizer=optimizer)
    return models.lstm_regressor(settings.units, optimizer=optimizer)


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
        probes.kernel_unmoved(),
    ],
)

if __name__ == "__main__":
    main(experiment)
