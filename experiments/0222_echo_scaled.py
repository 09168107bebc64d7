"""0222 · Echo of numbers scaled to 0–1: a regression instead of a hundred classes.

Question   Does the echo work as a regression, and is its answer the right number or only a number close to it?
Source     echo tutorial, its remark on rescaling the integers before it chooses one-hot rows
Shapes     x [25 samples, 1 time step, 1 feature] from 0 to 1 · y [25, 1] the same number; fresh in every epoch
Look at    `error` beside `rounded`: the error is small, but an answer is right only if it is off by less than 1/198
"""

import numpy as np

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule
from lstm_lab.probes import Measure

LARGEST = 99


def numbers(settings, rng):
    """Rows of `steps` integers divided by 99; the target is the integer `lag` steps earlier, divided by 99."""
    first = None if settings.steps == 1 else datasets.echo.FIRST_ROW
    pairs = datasets.echo.fresh(settings.epochs, rng, lag=settings.lag, context=settings.steps, first=first)
    inputs, targets = pairs.inputs[:, :, None] / LARGEST, pairs.targets[:, None] / LARGEST
    sizes = {"per_epoch": pairs.per_epoch, "per_sequence": pairs.per_sequence}
    return Framed(inputs.astype(np.float32), targets.astype(np.float32), **sizes)


def fresh(settings, rng):
    """A hundred fresh sequences."""
    return numbers(settings.replace(epochs=100), rng)


def rounded(asked):
    """Answers that give the right integer when they are rounded, and those that are within five of it."""
    new = fresh(asked.settings, asked.rng)
    off = np.abs(np.rint(probes.answer(asked, new) * LARGEST) - np.rint(new.targets * LARGEST))
    chances = {"rounded": (off == 0, 1), "within_five": (off <= 5, 10.7)}  # of 100; ten classes lack some neighbours
    return {name: Measure((int(r.sum()), r.size), r.size * share / 100) for name, (r, share) in chances.items()}


experiment = Experiment(
    __file__,
    data=numbers,
    model=lambda settings: models.lstm_regressor(settings.units),
    order=schedule.shuffled(),
    ask=[probes.squared_error("error", fresh), rounded, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
