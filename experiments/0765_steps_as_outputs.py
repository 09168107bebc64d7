"""0765 · Time steps as output features.

Question   Is it better to predict several steps ahead as one vector, or one after the other with a decoder?
Source     book, chapter 5, second of two common misunderstandings
Shapes     x [samples, 10 time steps, 1 feature] · y [samples, 5 values], or [samples, 5 output steps, 1 value]
Look at    the errors on later values of the series, compared seed by seed
"""

from dataclasses import replace

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule
from lstm_lab.models import LSTM, Adam, Architecture, Dense, RepeatVector


def as_vector(settings, rng, part=slice(0, 400)):
    """A noisy wave: earlier values, and the next values as one vector. Training uses the first part of the wave."""
    wave = {"period": settings.period, "noise": settings.noise}
    return Framed(*datasets.series.wave_windows(rng, part, settings.steps, settings.outputs, **wave))


def as_steps(settings, rng, part=slice(0, 400)):
    """The same with the next values as output steps."""
    framed = as_vector(settings, rng, part)
    return replace(framed, targets=framed.targets[:, :, None])


def decoder(settings):
    layers = (LSTM(settings.units), RepeatVector(settings.outputs), LSTM(settings.units, return_sequences=True))
    head = Dense(1, time_distributed=True)
    return Architecture((*layers, head), loss="mse", optimizer=Adam(settings.learning_rate))


def regressor(settings):
    return models.lstm_regressor(settings.units, settings.outputs, learning_rate=settings.learning_rate)


def errors(data):
    """The errors on the training part and on later values, and the error that the noise alone causes."""
    later = probes.squared_error("later_error", lambda settings, rng: data(settings, rng, slice(400, 900)))
    noise_alone = probes.over_variance("noise_alone", lambda settings: settings.noise**2)
    return [probes.squared_error("error"), later, noise_alone]


vector = {"data": as_vector, "model": regressor, "ask": errors(as_vector)}

experiment = Experiment(
    __file__,
    data=as_steps,
    model=decoder,
    order=schedule.shuffled(),
    ask=errors(as_steps),
    variants={"vector": vector, "vector_one_lag": vector},
)

if __name__ == "__main__":
    main(experiment)
