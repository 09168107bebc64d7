"""0430 · The naive split: 1000 steps as 50 pieces of 20.

Question   Is a network that is trained on short pieces blind to dependencies that are longer than a piece, as the
           source says?
Source     book, chapter 2, Keras implementation of TBPTT: truncation by hand
Shapes     x [pieces, 20 time steps, 4 symbols] one-hot · y [pieces, 20] the cue, a target at its question only
Look at    cues 10 and 30 steps back, with state reset before each piece and with carried state; `ceiling` is the most
           that is possible without carried state
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def pieces(settings, rng):
    """Fresh long sequences, with one cue and its question in every stretch, cut into pieces."""
    sizes = {"length": settings.length, "lag": settings.lag, "every": settings.every}
    pairs = datasets.cues.fresh(settings.epochs, rng, sequences=settings.batch_size, **sizes)
    return framing.split(framing.sequences(pairs, coding="one_hot"), settings.steps)


def ceiling(asked):
    """The most right answers without carried state: all questions whose cue is in the same piece, and half of the
    others, because the network must guess between two cues."""
    fresh = asked.redraw(asked.settings.replace(epochs=10))
    _, places = np.nonzero(fresh.loss_mask)
    known = int((places >= asked.settings.lag).sum())
    return {"ceiling_of_dropped_state": Measure((known + (places.size - known) // 2, places.size))}


experiment = Experiment(
    __file__,
    data=pieces,
    model=lambda settings: models.lstm_classifier(
        settings.units, 4, stateful=settings.carry, return_sequences=True, learning_rate=settings.learning_rate
    ),
    order=lambda settings: schedule.in_sequence(reset="sequence" if settings.carry else "batch", slots="runs"),
    ask=[probes.fresh_sequences(num=10), ceiling],
)

if __name__ == "__main__":
    main(experiment)
