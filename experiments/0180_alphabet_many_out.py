"""0180 · Alphabet, many out: several letters in, several letters out.

Question   How does a network predict a sequence: abcd → ef, ABC → BCD, ABC → CBA?
Source     alphabet tutorial, readers' questions on more than one letter of output
Shapes     x [samples, letters in, 26 features] one-hot · y [samples, letters out] letter index
Look at    the variants: with an answer at every step the first answer comes before the last letter, so it is a guess
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def in_a_row(settings, rng):
    """Every run of `length` letters, with A after Z."""
    return np.arange(26)[:, None] + np.arange(settings.length)


def random_letters(settings, rng):
    return rng.integers(26, size=(settings.samples, settings.length))


def task(letters, answer):
    """A `data` function: the inputs come from letters(settings, rng), the targets from answer(inputs, settings)."""

    def framed(settings, rng):
        inputs = letters(settings, rng)
        inputs, targets = ((codes % 26).astype(np.int32) for codes in (inputs, answer(inputs, settings)))
        return framing.time_steps(datasets.Pairs(inputs, targets, datasets.alphabet.pairs().symbols), coding="one_hot")

    return framed


def next_letters(x, settings):
    return x[:, -1:] + 1 + np.arange(settings.outputs)


shift, reverse = task(in_a_row, lambda x, settings: x + 1), task(in_a_row, lambda x, settings: x[:, ::-1])
reverse_random = task(random_letters, lambda x, settings: x[:, ::-1])
every_step = {"model": lambda settings: models.lstm_classifier(settings.units, classes=26, return_sequences=True)}

experiment = Experiment(
    __file__,
    data=task(in_a_row, next_letters),
    model=lambda settings: models.lstm_decoder(settings.units, classes=26, outputs=settings.outputs),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.fresh_sequences(1)],
    variants={
        "shift": {"data": shift},
        "shift_at_every_step": {"data": shift, **every_step},
        "reverse": {"data": reverse},
        "reverse_at_every_step": {"data": reverse, **every_step},
        "reverse_random": {"data": reverse_random},
        "reverse_random_at_every_step": {"data": reverse_random, **every_step},
        "continue_random": {"data": task(random_letters, next_letters)},
    },
)

if __name__ == "__main__":
    main(experiment)
