"""0645 · Stacked stateful layers with a batch of 128.

Question   Does each of several stateful layers keep its state, and does it matter which samples share a slot?
Source     book, chapter 4, state management; its batch of 128, and stacked layers as in its later models
Shapes     x [128 sequences × 15 pieces, 8 time steps, 4 symbols] one-hot · y [pieces, 8] the cue five steps earlier
Look at    the variant `dealt`, with pieces in the order of Keras' batches: a slot then has another sequence's state
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def pieces(settings, rng):
    """Fresh sequences of cues and questions in every epoch, cut into pieces that are shorter than a stretch."""
    sizes = {"length": settings.length, "lag": settings.lag, "every": settings.every}
    pairs = datasets.cues.fresh(settings.epochs, rng, sequences=settings.batch_size, **sizes)
    return framing.split(framing.sequences(pairs, coding="one_hot"), settings.steps)


experiment = Experiment(
    __file__,
    data=pieces,
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=4,
        stateful=settings.carry,
        layers=settings.layers,
        return_sequences=True,
        learning_rate=settings.learning_rate,
    ),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch", slots=settings.slots),
    ask=[probes.fresh_sequences(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
