"""0176 · Alphabet, padded with letters: a reader's ten thousand runs behind random letters.

Question   Is the next letter learnt if the padding is random letters, and how does that depend on the run's length?
Source     alphabet tutorial, a reader's own form of variable-length input; readers on padding with the letter A
Shapes     x [10000 samples, 5 time steps, 1 feature] float32, or 26 one-hot features · y [10000] letter index
Look at    `fresh_1` to `fresh_5`: newly drawn runs of one letter to five, behind new padding
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.datasets import BLANK


def padded(runs, settings, rng):
    """Runs behind random letters, behind the letter A, or behind empty places (zeros)."""
    if settings.padding == "random letters":
        runs = datasets.alphabet.random_padding(runs, rng)
    if settings.padding == "letter A":
        runs = replace(runs, inputs=np.maximum(runs.inputs, 0))
    return framing.padded(runs, steps=settings.longest, coding=settings.coding)


def drawn(settings, rng):
    return padded(datasets.alphabet.random_runs(settings.samples, rng, settings.longest), settings, rng)


def of_length(length):
    """Newly drawn runs of one length."""

    def fresh(settings, rng):
        runs = datasets.alphabet.random_runs(settings.samples, rng, settings.longest)
        rows = (runs.inputs != BLANK).sum(axis=1) == length
        return padded(replace(runs, inputs=runs.inputs[rows], targets=runs.targets[rows]), settings, rng)

    return probes.on(f"fresh_{length}", fresh)


experiment = Experiment(
    __file__,
    data=drawn,
    model=lambda settings: models.lstm_classifier(settings.units, 26, learning_rate=settings.learning_rate),
    order=schedule.shuffled(),
    ask=[probes.on("fresh", drawn), *(of_length(length) for length in range(1, 6))],
)

if __name__ == "__main__":
    main(experiment)
