"""0181 · Alphabet, output neurons: one neuron for each letter of the answer.

Question   Does the network predict several letters if its output layer has one neuron for each of them?
Source     alphabet tutorial, the answers to readers: three neurons in the output layer; another number of output nodes
Shapes     x [samples, letters in, 1 feature] float32 · y [samples, letters out] float32: each letter's number / 26
Look at    letters right after rounding to the nearest letter; the answer is a number, so neighbours are near misses
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure

LETTERS = datasets.alphabet.pairs().symbols
ANSWERS = {
    "next": lambda x, settings: x[:, -1:] + 1 + np.arange(settings.outputs),
    "shifted": lambda x, settings: x + 1,
    "reversed": lambda x, settings: x[:, ::-1],
}


def letters(settings, rng):
    """The letters in, and the letters out as numbers; runs of the alphabet, or random letters."""
    runs = np.arange(26 - settings.length - settings.outputs + 1)[:, None] + np.arange(settings.length)
    if settings.answer != "next":
        runs = np.arange(25 - settings.length + 1)[:, None] + np.arange(settings.length)
    if settings.random:
        runs = rng.integers(25, size=(settings.random, settings.length))
    targets = ANSWERS[settings.answer](runs, settings) / 26
    codec = framing.time_steps(datasets.alphabet.pairs(settings.length)).codec
    return framing.Framed(runs[:, :, None].astype(np.int32), targets.astype(np.float32), codec)


def rounded(name, make):
    """Letters right after rounding each output to the nearest letter."""

    def probe(asked):
        framed = make(asked)
        said = np.clip(np.rint(26 * probes.answer(asked, framed)), 0, 25)
        right = said == np.rint(26 * framed.targets)
        return {name: Measure((int(right.sum()), right.size), chance=right.size / 26)}

    return probe


experiment = Experiment(
    __file__,
    data=letters,
    model=lambda settings: models.lstm_regressor(settings.units, settings.outputs),
    order=schedule.shuffled(),
    ask=[
        rounded("letters_right", lambda asked: asked.framed),
        rounded("fresh", lambda asked: asked.redraw(asked.settings)),
        probes.final_loss(),
    ],
)

if __name__ == "__main__":
    main(experiment)
