"""0760 · Time steps as input features, against time steps.

Question   Are the values before better given as features of one step, or as time steps?
Source     book, chapter 5, first of two common misunderstandings
Shapes     x [samples, 10 time steps, 1 feature] or [samples, 1, 10 features] · y [samples, 1] the next value
Look at    the errors on later values of the series, compared seed by seed; and those of an MLP on the same values
"""

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule


def windows(settings, rng, part=slice(0, 400)):
    """A noisy wave as lags and the next value; the first part to learn from, later ones to be asked."""
    x, y = datasets.series.wave_windows(rng, part, settings.steps, period=settings.period, noise=settings.noise)
    return Framed(x if settings.framing == "steps" else x.reshape(len(x), 1, settings.steps), y)


def model(settings):
    optimizer = models.Adam(settings.learning_rate)
    if settings.network == "mlp":
        return models.mlp_regressor(settings.units, optimizer=optimizer)
    return models.lstm_regressor(settings.units, optimizer=optimizer)


experiment = Experiment(
    __file__,
    data=windows,
    model=model,
    order=schedule.shuffled(),
    ask=[
        probes.squared_error("error"),
        probes.squared_error("later_error", lambda settings, rng: windows(settings, rng, slice(400, 900))),
        # what is left to whoever knows the wave: the noise of the value asked for
        probes.over_variance("noise_alone", lambda settings: settings.noise**2),
        probes.kernel_unmoved(),
    ],
)

if __name__ == "__main__":
    main(experiment)
