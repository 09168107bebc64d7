"""0140 · Alphabet, one batch: is there state within a batch?

Question   Does the LSTM use the sequence of the 25 letters if they are one batch in order, as the source says?
Source     alphabet tutorial, section on state within a batch
Shapes     x [25 samples, 1 time step, 1 feature] float32 · y [25] letter index
Look at    the recurrent kernel, which training does not change, and the variants: does the order of the rows matter?
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def permuted(settings, rng):
    """The 25 pairs in a random order, the same one in every epoch."""
    pairs = datasets.alphabet.pairs(length=1)
    rows = rng.permutation(len(pairs))
    return framing.time_steps(datasets.Pairs(pairs.inputs[rows], pairs.targets[rows], pairs.symbols))


def row_before(settings, rng):
    """New random letters in every epoch. The answer is the letter of the row before. The first row does not count."""
    symbols = datasets.alphabet.pairs().symbols
    inputs = rng.integers(len(symbols), size=(settings.epochs * settings.batch_size, 1)).astype(np.int32)
    known = np.arange(len(inputs)) % settings.batch_size > 0
    targets = np.where(known, np.roll(inputs[:, 0], 1), inputs[:, 0]).astype(np.int32)
    return framing.time_steps(datasets.Pairs(inputs, targets, symbols, known, per_epoch=settings.batch_size))


def rows_alone(asked):
    """How many rows get the same answer when all other rows of the batch are replaced by copies of this row.

    All of them: the predictor starts every row from a zero state of its own. This shows it and tests nothing else.
    """
    inputs = asked.framed.inputs[: asked.framed.per_epoch]
    together, _ = asked.predictor(inputs, None)
    same = [
        np.array_equal(asked.predictor(np.repeat(row[None], len(inputs), axis=0), None)[0][place], together[place])
        for place, row in enumerate(inputs)
    ]
    return {"rows_alone_the_same": Measure((sum(same), len(inputs)))}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.alphabet.pairs(length=1)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.in_batches(),
    ask=[probes.in_order(), probes.random_order(20), probes.kernel_unmoved(), rows_alone],
    variants={
        "rows_permuted": {"data": permuted},
        "shuffled": {"order": schedule.shuffled()},
        "row_before": {"data": row_before},
    },
)

if __name__ == "__main__":
    main(experiment)
