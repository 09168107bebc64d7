"""0760 · Time steps as input features.

Question   Is it better to give earlier values as features of one time step, or as time steps?
Source     book, chapter 5, first of two common misunderstandings
Shapes     x [samples, 10 time steps, 1 feature] or [samples, 1, 10 features] · y [samples, 1] the next value
Look at    the errors on later values of the series, compared seed by seed; and the errors of an MLP on the same values
"""

from dataclasses import replace

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule


def windows(settings, rng, part=slice(0, 400)):
    """A noisy wave: earlier values as time steps, and the next value. Training uses the first part of the wave."""
    return Framed(
        *datasets.series.wave_windows(rng, part, settings.steps, period=settings.period, noise=settings.noise)
    )


def as_features(settings, rng, part=slice(0, 400)):
    """The same earlier values as features of one time step."""
    framed = windows(settings, rng, part)
    return replace(framed, inputs=framed.inputs.reshape(framed.samples, 1, -1))


def errors(data):
    """The errors on the training part and on later values, and the error that the noise alone causes."""
    return [
        probes.squared_error("error"),
        probes.squared_error("later_error", lambda settings, rng: data(settings, rng, slice(400, 900))),
        probes.over_variance("noise_alone", lambda settings: settings.noise**2),
        probes.kernel_unmoved(),
    ]


features = {"data": as_features, "ask": errors(as_features)}
mlp = {"model": lambda settings: models.mlp_regressor(settings.units, learning_rate=settings.learning_rate)}

experiment = Experiment(
    __file__,
    data=windows,
    model=lambda settings: models.lstm_regressor(settings.units, learning_rate=settings.learning_rate),
    order=schedule.shuffled(),
    ask=errors(windows),
    variants={"features": features, "mlp": features | mlp},
)

if __name__ == "__main__":
    main(experiment)
