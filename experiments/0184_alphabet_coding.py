"""0184 · Alphabet, coding: a letter as one scaled number, as a one-hot row, or as learnt numbers.

Question   Does the naive network fail for lack of memory, or because its letters are numbers only 1/26 apart?
Source     alphabet tutorial, a reader's question whether the input should be one-hot
Shapes     x [25 samples, 1 time step, 1 or 26 features] float32, or codes for an embedding · y [25] letter index
Look at    how many epochs each coding needs; the task needs no memory, so 25 right answers are possible without one
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def letters(settings, rng):
    """The 25 pairs; `blind`: every letter put in as an A."""
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
