"""0610 · The life-cycle: define, compile, fit, evaluate, predict, on three kinds of problem.

Question   Do the usual pairs of output layer and loss do on their problems what they should, whichever the optimizer?
Source     book, chapter 4, define, compile, fit, evaluate and predict
Shapes     x [samples, 6 time steps, 1 feature] numbers from −1 to 1 · y their mean, whether it is above 0, or the
           third of the steps with the largest sum
Look at    the error on samples never fitted, and history.svg; `--trainer keras` goes through Keras' own fit
"""

import numpy as np

from lstm_lab import Experiment, Framed, framing, main, models, probes, schedule
from lstm_lab.probes import Measure

# define: the last layer by kind of problem; compile: its loss
HEADS = {
    "regression": (models.Dense(1), "mse"),
    "regression_sigmoid": (models.Dense(1, "sigmoid"), "mse"),  # for what goes below 0 the wrong one
    "binary": (models.Dense(1, "sigmoid"), "binary_crossentropy"),
    "multi_class": (models.Dense(3, "softmax"), "categorical_crossentropy"),
}
OPTIMIZERS = {"sgd": models.SGD(), "adam": models.Adam(), "rmsprop": models.RMSprop()}


def problem(settings, rng):
    """Random sequences of six numbers and what is asked of them."""
    x = rng.uniform(-1, 1, size=(settings.samples, 6, 1)).astype(np.float32)
    if settings.kind == "multi_class":
        targets = x.reshape(-1, 3, 2).sum(axis=2).argmax(axis=1).astype(np.int32)
        return Framed(x, targets, target_codec=framing.Codec(("first", "middle", "last")))
    mean = x.mean(axis=1)
    return Framed(x, (mean > 0).astype(np.float32) if settings.kind == "binary" else mean)


def model(settings):
    head, loss = HEADS[settings.kind]
    return models.Architecture((models.LSTM(settings.units), head), loss=loss, optimizer=OPTIMIZERS[settings.optimizer])


def held_out(settings, rng):
    return problem(settings.replace(samples=1000), rng)


def predicted(asked):
    """Of held-out samples: the classes that are right, a probability rounded or the largest of three; or the error."""
    if asked.settings.kind == "multi_class":
        return probes.on("held_out", held_out)(asked)
    if asked.settings.kind != "binary":
        return probes.squared_error("held_out_error", held_out)(asked)
    fresh = held_out(asked.settings, asked.rng)
    right = (probes.answer(asked, fresh) > 0.5) == (fresh.targets > 0.5)
    return {"held_out": Measure((int(right.sum()), right.size), chance=right.size / 2)}


experiment = Experiment(
    __file__,
    data=problem,
    model=model,
    order=schedule.shuffled(),
    ask=[predicted],
)

if __name__ == "__main__":
    main(experiment)
