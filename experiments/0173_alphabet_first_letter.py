"""0173 · Alphabet, first letter: where does a padded run begin?

Question   If the answer is the first letter of a run, does the padding have to differ from the letter A?
Source     alphabet tutorial, readers' objection to padding with 0
Shapes     x [1000 samples, 5 time steps, 1 feature] float32, left-padded · y [1000] letter index
Look at    `from_A_or_B`: short runs that begin with A or B; if a zero is the letter A, "AB" and "B" are the same input
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.datasets import BLANK


def padded(runs, settings, rng):
    """Runs of letters, padded on the left; the letter A has the code `offset`; the answer is the first letter."""
    first = runs.inputs[np.arange(len(runs)), (runs.inputs != BLANK).argmax(axis=1)]
    return framing.padded(replace(runs, targets=first), steps=settings.longest, offset=settings.offset)


def behind_random_letters(runs, settings, rng):
    """The same with random letters as padding, so that the input does not show where the run begins."""
    first = padded(runs, settings, rng).targets
    return replace(padded(datasets.alphabet.random_padding(runs, rng), settings, rng), targets=first)


def with_runs(framed):
    """The data and the probes for runs that are framed by this function."""

    def drawn(settings, rng):
        return framed(datasets.alphabet.random_runs(settings.samples, rng, settings.longest), settings, rng)

    def from_a_or_b(settings, rng):
        return framed(datasets.alphabet.short_runs("AB", settings.longest), settings, rng)

    fresh = probes.on("fresh", lambda settings, rng: drawn(settings.replace(samples=settings.fresh), rng))
    return {"data": drawn, "ask": [probes.in_order(), fresh, probes.on("from_A_or_B", from_a_or_b)]}


experiment = Experiment(
    __file__,
    **with_runs(padded),
    model=lambda settings: models.lstm_classifier(
        settings.units, 26, mask=0.0 if settings.mask else None, learning_rate=settings.learning_rate
    ),
    order=schedule.shuffled(),
    variants={"random_letters": with_runs(behind_random_letters)},
)

if __name__ == "__main__":
    main(experiment)
