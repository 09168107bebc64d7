"""0171 · Alphabet, held out: runs that were kept out of training.

Question   Does the network of variable-length input answer runs that it has never seen, and does it read the whole run?
Source     alphabet tutorial, remarks on newly drawn sequences; a reader asks whether only the last letter counts
Shapes     x [1000 samples, 5 time steps, 1 feature] float32, left zero-padded · y [1000] letter index
Look at    `held_out` beside `in_order`; and `wrong_context`, in which only the last letter is right
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.datasets import BLANK


def kept_out(settings):
    """Every run of 1 to `longest` letters, and whether it is kept out: the same ones for every seed."""
    every = datasets.alphabet.every_run(settings.longest)
    out = np.zeros(len(every), bool)
    out[np.random.default_rng(settings.split).permutation(len(every))[: settings.held_out]] = True
    return every, out


def some(runs, rows, settings):
    taken = replace(runs, inputs=runs.inputs[rows], targets=runs.targets[rows])
    return framing.padded(taken, steps=settings.longest, coding=settings.coding)


def trained_on(settings, rng):
    """Samples drawn from the runs that are not kept out; of `shortest` letters or more."""
    every, out = kept_out(settings)
    long_enough = (every.inputs != BLANK).sum(axis=1) >= settings.shortest
    return some(every, rng.choice(np.flatnonzero(~out & long_enough), settings.samples), settings)


def held_out(settings, rng):
    every, out = kept_out(settings)
    return some(every, out, settings)


def wrong_context(settings, rng):
    """Five letters: random ones before the last, and the answer is the last one's successor."""
    pairs = datasets.alphabet.pairs(settings.longest)
    wrong = rng.integers(26, size=(settings.samples, settings.longest))
    wrong[:, -1] = rng.integers(25, size=settings.samples)
    drawn = replace(pairs, inputs=wrong.astype(np.int32), targets=(wrong[:, -1] + 1).astype(np.int32))
    return framing.time_steps(drawn, coding=settings.coding)


experiment = Experiment(
    __file__,
    data=trained_on,
    model=lambda settings: models.lstm_classifier(settings.units, 26, learning_rate=settings.learning_rate),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.on("held_out", held_out), probes.on("wrong_context", wrong_context)],
)

if __name__ == "__main__":
    main(experiment)
