"""0330 · Memory: a new random order of the sequences every epoch.

Question   Does a new order of the two sequences in every epoch help, on these and on sequences not trained on?
Source     memory tutorial, extension "Shuffle Epoch"
Shapes     x [8 samples, 1 time step, 5 features] one-hot · y [8] symbol index; each sequence stays whole
Look at    `unseen`: the last symbol of sequences with the same symbols in another order
"""

from itertools import permutations

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def other_middles(settings, rng):
    """Ten sequences with another order of 0, 1, 2 in the middle; only the last symbol is a target."""
    middles = [middle for middle in permutations(range(3)) if middle != (0, 1, 2)]
    sequences = [(first, *middle, first) for middle in middles for first in (3, 4)]
    return framing.time_steps(datasets.memory.pairs(sequences, last_only=True), coding="one_hot")


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.memory.pairs(), coding="one_hot"),
    model=lambda settings: models.lstm_classifier(settings.units, classes=5, stateful=True, activation="sigmoid"),
    order=lambda settings: schedule.in_sequence(reset="sequence", shuffle=settings.shuffle),
    ask=[probes.in_order(), probes.on("unseen", other_middles)],
)

if __name__ == "__main__":
    main(experiment)
