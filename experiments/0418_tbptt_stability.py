"""0418 · Truncated BPTT: does it make results more stable?

Question   As the network of 0410 learns, does its loss rise again less far if BPTT is truncated?
Source     book, chapter 2, remark that all configurations vary TBPTT(n, n)
Shapes     x [10 sequences, 12 time steps, 4 symbols] one-hot · y [10, 12] the symbol three steps earlier
Look at    `largest_rise`, the measure of 0445, without the steps that are too large there
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """Fresh random sequences to echo some steps late; the first steps have nothing to echo and do not count."""
    sizes = {"sequences": settings.batch_size, "length": settings.length, "classes": 4}
    pairs = datasets.echo.fresh(settings.epochs, rng, lag=settings.lag, first=0, **sizes)
    return framing.sequences(pairs, coding="one_hot")


def largest_rise(asked):
    """The largest rise of an epoch's loss over the lowest loss before it."""
    losses = np.asarray(asked.trained.history["loss"], float)
    return {"largest_rise": probes.Measure(float((losses - np.minimum.accumulate(losses)).max()))}


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units, 4, return_sequences=True, learning_rate=settings.learning_rate
    ),
    order=lambda settings: schedule.truncated(settings.k1, settings.k2),
    ask=[probes.fresh_sequences(20, "recalled"), largest_rise],
)

if __name__ == "__main__":
    main(experiment)
