"""0172 · Alphabet, padding: is a zero nothing, or the letter A?

Question   With codes from 0, padding and the letter A look alike. Do codes 1 to 26, or a mask, keep them apart?
Source     alphabet tutorial, readers' objection to padding with 0
Shapes     x [1000 samples, 5 time steps, 1 feature] float32, left-padded · y [1000] letter index
Look at    told_apart: how many runs the network can tell from all others; and the first letter of runs from A or B
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.datasets import BLANK, Pairs


def framed(pairs, settings, rng):
    """Runs padded as the settings say; the answer is the next letter, or the run's first."""
    inputs, targets = pairs.inputs, pairs.targets
    if settings.task == "first letter":
        targets = inputs[np.arange(len(inputs)), (inputs != BLANK).argmax(axis=1)]
    if settings.padding == "random letters":
        inputs = np.where(inputs == BLANK, rng.integers(26, size=inputs.shape), inputs).astype(np.int32)
    return framing.padded(Pairs(inputs, targets, pairs.symbols), steps=5, offset=settings.offset)


def runs(settings, rng):
    return framed(datasets.alphabet.random_runs(settings.samples, rng, longest=5), settings, rng)


def from_a_or_b(settings, rng):
    """Every run of one to four letters from A, and from B: "AB" and "B" are alike where a zero is the letter A."""
    runs = datasets.alphabet.every_run(longest=5)
    rows = (runs.inputs[:, 0] == BLANK) & (np.where(runs.inputs == BLANK, 26, runs.inputs).min(axis=1) < 2)
    return framed(Pairs(runs.inputs[rows], runs.targets[rows], runs.symbols), settings, rng)


def told_apart(asked):
    """How many of all runs look like no other run: exact, whatever is trained (a mask takes the same from both)."""
    values = asked.framed.codec.encode(datasets.alphabet.every_run(longest=5).inputs)
    seen = [tuple(row) for row in values.tolist()]
    return {"told_apart": probes.Measure((sum(seen.count(row) == 1 for row in seen), len(seen)))}


experiment = Experiment(
    __file__,
    data=runs,
    model=lambda settings: models.lstm_classifier(
        settings.units, 26, mask=0.0 if settings.mask else None, optimizer=models.Adam(settings.learning_rate)
    ),
    order=schedule.shuffled(),
    ask=[
        probes.in_order(),
        probes.on("fresh", lambda settings, rng: runs(settings.replace(samples=1000), rng)),
        probes.on("from_A_or_B", from_a_or_b),
        told_apart,
    ],
)

if __name__ == "__main__":
    main(experiment)
