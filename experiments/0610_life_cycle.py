"""0610 · The life cycle on three kinds of problem.

Question   Do the usual pairs of output layer and loss solve their kinds of problem, and does the optimizer matter?
Source     book, chapter 4, define, compile, fit, evaluate and predict
Shapes     x [samples, 6 time steps, 1 feature] from −1 to 1 · y the mean, whether it is above 0, or the largest third
Look at    the results on samples that were not trained on; and history.svg; `--trainer keras` uses Keras' own fit
"""

import numpy as np

from lstm_lab import Experiment, Framed, framing, main, models, probes, schedule

OPTIMIZERS = {"sgd": models.SGD(), "adam": models.Adam(), "rmsprop": models.RMSprop(), "momentum": models.SGD(0.1, 0.3)}


def mean(settings, rng):
    """Regression: the mean of a random sequence of numbers."""
    x = rng.uniform(-1, 1, size=(settings.samples, settings.steps, 1)).astype(np.float32)
    return Framed(x, x.mean(axis=1))


def above_zero(settings, rng):
    """Binary: whether the mean is above 0."""
    framed = mean(settings, rng)
    return Framed(framed.inputs, (framed.targets > 0).astype(np.float32))


def largest_third(settings, rng):
    """Multi-class: which third of the steps has the largest sum."""
    x = mean(settings, rng).inputs
    sums = [part.sum(axis=(1, 2)) for part in np.array_split(x, 3, axis=1)]
    return Framed(x, np.argmax(sums, axis=0).astype(np.int32), target_codec=framing.Codec(("first", "middle", "last")))


def problem(data, head, loss, measure, probe):
    """The parts of one kind of problem: its data, its last layer, its loss, and a measure on new samples."""
    return {
        "data": data,
        "model": lambda settings: models.Architecture(
            (models.LSTM(settings.units), head), loss=loss, optimizer=OPTIMIZERS[settings.optimizer]
        ),
        "ask": [probe(measure, lambda settings, rng: data(settings.replace(samples=settings.held_out), rng))],
    }


linear, sigmoid, softmax = models.Dense(1), models.Dense(1, "sigmoid"), models.Dense(3, "softmax")
with_sigmoid = problem(mean, sigmoid, "mse", "held_out_error", probes.squared_error)
binary = problem(above_zero, sigmoid, "binary_crossentropy", "held_out", probes.rounded)
multi_class = problem(largest_third, softmax, "categorical_crossentropy", "held_out", probes.on)
experiment = Experiment(
    __file__,
    **problem(mean, linear, "mse", "held_out_error", probes.squared_error),
    order=schedule.shuffled(),
    variants={"regression_sigmoid": with_sigmoid}
    | {f"binary_{optimizer}": binary for optimizer in OPTIMIZERS}
    | {f"multi_class_{optimizer}": multi_class for optimizer in OPTIMIZERS},
)

if __name__ == "__main__":
    main(experiment)
