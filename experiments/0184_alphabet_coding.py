"""0184 · Alphabet, coding: scaled, one-hot or learnt input.

Question   Does the naive network fail because it has no memory, or because its letters are numbers only 1/26 apart?
Source     alphabet tutorial, a reader's question whether the input should be one-hot
Shapes     x [25 samples, 1 time step, 1 or 26 features] float32, or codes for an embedding · y [25] letter index
Look at    how many epochs each coding needs; the task needs no memory, so all 25 answers can be right without it
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def letters(settings, rng):
    """The 25 pairs; with `blind`, every input is the letter A."""
    framed = framing.time_steps(datasets.alphabet.pairs(length=1), coding=settings.coding)
    return replace(framed, inputs=np.zeros_like(framed.inputs)) if settings.blind else framed


experiment = Experiment(
    __file__,
    data=letters,
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=26, embedding=settings.width if settings.coding == "embedding" else None
    ),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
