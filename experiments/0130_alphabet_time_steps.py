"""0130 · Alphabet, time steps: three letters one after the other.

Question   If the same three letters are given as three time steps, does the LSTM learn which letter follows?
Source     alphabet tutorial, section on the three-character time step window
Shapes     x [23 samples, 3 time steps, 1 feature] float32 · y [23] letter index
Look at    inputs whose last letter is right, but whose other letters are wrong or swapped: does the network use more
           than the last letter?
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def wrong_context(settings, rng):
    """The training contexts with random letters before the last one."""
    pairs = datasets.alphabet.pairs(settings.length)
    wrong = rng.integers(26, size=pairs.inputs[:, :-1].shape)
    inputs = np.concatenate([wrong, pairs.inputs[:, -1:]], axis=1).astype(np.int32)
    return framing.time_steps(datasets.Pairs(inputs, pairs.targets, pairs.symbols))


def swapped_context(settings, rng):
    """The training contexts with the letters before the last one in reverse: BAC in place of ABC."""
    pairs = datasets.alphabet.pairs(settings.length)
    inputs = np.concatenate([pairs.inputs[:, -2::-1], pairs.inputs[:, -1:]], axis=1)
    return framing.time_steps(datasets.Pairs(inputs, pairs.targets, pairs.symbols))


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.alphabet.pairs(settings.length)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[
        probes.in_order(),
        probes.on("wrong_context", wrong_context),
        probes.on("swapped_context", swapped_context),
        probes.kernel_unmoved(),
    ],
)

if __name__ == "__main__":
    main(experiment)
