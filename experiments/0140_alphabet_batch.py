"""0140 · Alphabet, one batch: is there state within a batch?

Question   Does a batch of all 25 letters in order give the LSTM their sequence, as the source says?
Source     alphabet tutorial, section on state within a batch
Shapes     x [25 samples, 1 time step, 1 feature] float32 · y [25] letter index
Look at    the recurrent kernel (unmoved), and the variants: permuted rows, shuffled epochs, batches of one
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def letters(settings, rng):
    """The 25 pairs in order; or as `task` says: their rows permuted, or random rows that ask for the row before."""
    pairs = datasets.alphabet.pairs(length=1)
    if settings.task == "row before":
        return rows_before(settings, rng, pairs.symbols)
    rows = rng.permutation(25) if settings.task == "rows permuted" else np.arange(25)
    return framing.time_steps(datasets.Pairs(pairs.inputs[rows], pairs.targets[rows], pairs.symbols))


def rows_before(settings, rng, symbols):
    """Fresh random letters every epoch, each row's answer the letter of the row before; the first row has none."""
    inputs = rng.integers(26, size=(settings.epochs * 25, 1)).astype(np.int32)
    known = np.arange(len(inputs)) % 25 > 0
    targets = np.where(known, np.roll(inputs[:, 0], 1), inputs[:, 0]).astype(np.int32)
    return framing.time_steps(datasets.Pairs(inputs, targets, symbols, known, per_epoch=25))


def rows_alone(asked):
    """How many rows are answered the same when all the other rows of their batch are replaced."""
    inputs = asked.framed.inputs[:25]
    together, _ = asked.predictor(inputs, None)
    same = [
        np.array_equal(asked.predictor(np.repeat(row[None], 25, axis=0), None)[0][place], together[place])
        for place, row in enumerate(inputs)
    ]
    return {"rows_alone_the_same": Measure((sum(same), len(inputs)))}


experiment = Experiment(
    __file__,
    data=letters,
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=lambda settings: schedule.shuffled() if settings.shuffle else schedule.in_batches(),
    ask=[probes.in_order(), probes.random_order(20), probes.kernel_unmoved(), rows_alone],
)

if __name__ == "__main__":
    main(experiment)
