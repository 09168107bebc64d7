"""0332 · Memory: first symbols that vary.

Question   0326 always has the same two first symbols: is the rule learnt for more of them, and for ones never trained?
Source     memory tutorial, extension "Random Sequences": a general solution instead of one for two sequences
Shapes     x [2 sequences an epoch, steps, classes features] one-hot · y [2, steps], of which only the last is a target
Look at    `unseen`: first symbols of training, new middles; `other_first`: symbols that were never first in training
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

HELD_OUT = 2  # so many symbols are never the first of a training sequence


def sequences(settings, rng, num, firsts):
    """`num` random middles [num, length - 2], each in two sequences that differ in their first symbol only."""
    lowest = 0 if settings.mixed else settings.firsts + HELD_OUT  # the middles may have the first symbols too
    middles = rng.integers(lowest, settings.classes, size=(num, settings.length - 2))
    return [[int(f), *map(int, m), int(f)] for m in middles for f in rng.permutation(firsts)[:2]]


def framed(settings, rng, num, firsts, per_epoch=None):
    both = sequences(settings, rng, num, firsts)
    pairs = datasets.memory.pairs(both, settings.classes, last_only=True, per_epoch=per_epoch)
    return framing.sequences(pairs, coding="one_hot")


def trained(settings):
    """The symbols that are first in training."""
    return np.arange(settings.firsts)


def others(settings):
    """The symbols that are first in the test `other_first` only."""
    return settings.firsts + np.arange(HELD_OUT)


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framed(settings, rng, settings.epochs, trained(settings), per_epoch=2),
    model=lambda settings: models.lstm_classifier(settings.units, settings.classes, return_sequences=True),
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[
        probes.unseen(lambda settings, rng: framed(settings, rng, 100, trained(settings))),
        probes.on("other_first", lambda settings, rng: framed(settings, rng, 100, others(settings))),
        probes.final_loss(),
    ],
)

if __name__ == "__main__":
    main(experiment)
