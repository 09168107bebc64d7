"""0224 · Echo of bits: each integer as a binary number.

Question   Can the network echo an integer that it is given as seven bits, and answer with seven bits?
Source     echo tutorial, one-hot encoding as binary vectors; a reader's question on a binomial classification
Shapes     x [25 samples, 1 time step, 7 features] of 0 and 1 · y [25, 7] the same bits; fresh in every epoch
Look at    `right`, for which all bits of an answer must be right, beside `bits`, of which half are right by guessing
"""

import numpy as np

from lstm_lab import Experiment, Framed, datasets, main, models, probes, schedule
from lstm_lab.probes import Measure


def width(settings):
    """How many bits the largest integer needs."""
    return (settings.classes - 1).bit_length()


def bits(settings, rng):
    """Rows of `steps` integers as bits, the highest bit first; the target is the integer `lag` steps earlier."""
    sizes = {"lag": settings.lag, "context": settings.steps, "classes": settings.classes}
    pairs = datasets.echo.fresh(settings.epochs, rng, first=None if settings.steps == 1 else 5, **sizes)
    places = np.arange(width(settings))[::-1]
    inputs, targets = ((codes[..., None] >> places & 1).astype(np.float32) for codes in (pairs.inputs, pairs.targets))
    return Framed(inputs, targets, per_epoch=pairs.per_epoch, per_sequence=pairs.per_sequence)


def right(asked):
    """Answers of which all bits are right, and single bits that are right, on a hundred fresh sequences."""
    new = asked.redraw(asked.settings.replace(epochs=100))
    same = (probes.answer(asked, new) > 0.5) == (new.targets > 0.5)
    parts = {"right": (same.all(axis=1), 1 / asked.settings.classes), "bits": (same, 0.5)}
    return {name: Measure((int(r.sum()), r.size), r.size * chance) for name, (r, chance) in parts.items()}


experiment = Experiment(
    __file__,
    data=bits,
    model=lambda settings: models.lstm_classifier(settings.units, classes=width(settings), activation="sigmoid"),
    order=schedule.shuffled(),
    ask=[right, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
