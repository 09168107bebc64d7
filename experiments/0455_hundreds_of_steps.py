"""0455 · Learning over 50 to 400 steps: is it the length of the sequence, or that of the dependency?

Question   Should the sequences that an LSTM learns from be limited to 200 to 400 time steps?
Source     book, chapter 2, on the length of the input sequences
Shapes     x [20 sequences, 50 time steps, 4 symbols] one-hot: a cue, fillers, a question · y [20, 50] the cue
Look at    `fresh` where the cue is the first step and the question the last, beside a lag of ten in 400 steps
"""

import math

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def cued(settings, rng):
    """Fresh sequences, each with one cue and its question."""
    sizes = {"length": settings.length, "lag": settings.lag, "every": settings.length}
    pairs = datasets.cues.fresh(settings.epochs, rng, sequences=settings.batch_size, **sizes)
    return framing.sequences(pairs, coding="one_hot")


experiment = Experiment(
    __file__,
    data=cued,
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=4,
        return_sequences=True,
        forget_bias=math.log(settings.length) if settings.open_gates else 1.0,
        learning_rate=settings.learning_rate,
    ),
    order=schedule.truncated("n", "n"),
    ask=[probes.fresh_sequences(10), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
