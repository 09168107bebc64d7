"""0344 · Memory: both sequences as one.

Question   Does the network learn the two sequences as one, and does it then answer correctly in each of them alone?
Source     memory tutorial, two readers' questions
Shapes     x [8 or 9 samples, 1 time step, 5 features] one-hot · y [samples] symbol index; reset after each epoch
Look at    each sequence alone, from a zero state: in training the second sequence always came after the first
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def run_together(settings, rng):
    """The eight pairs of both sequences, one after the other; or nine, with the pair 3 → 4 between the sequences."""
    first, second = datasets.memory.TUTORIAL
    pairs = datasets.memory.pairs([(*first, *second)] if settings.joined else [first, second])
    return framing.time_steps(pairs, coding="one_hot")


def alone(asked):
    """Right answers in each sequence alone, from a zero state, in batches of one whatever the training had."""
    both = framing.time_steps(datasets.memory.pairs(), coding="one_hot")
    singly = replace(asked, settings=asked.settings.replace(batch_size=1))
    return {f"sequence_{i + 1}_alone": probes.count(singly, both.take(np.arange(4) + 4 * i)) for i in (0, 1)}


experiment = Experiment(
    __file__,
    data=run_together,
    model=lambda settings: models.lstm_classifier(settings.units, classes=5, stateful=True, activation="sigmoid"),
    order=schedule.in_sequence(reset="epoch"),
    ask=[probes.in_order(), alone],
)

if __name__ == "__main__":
    main(experiment)
