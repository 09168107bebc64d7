"""0234 · Echo one value at a time, with a gradient through time.

Question   With one value and one update at a time, how many steps back must the gradient go to learn the echo?
Source     our extension of the echo tutorial, on a reader's doubt about the beginner's mistake
Shapes     x [6 sequences, 24 time steps, 100 features] one-hot · y [6, 24] the value before; the first target of a
           sequence is in no input
Look at    the forms TBPTT(k1, k2); TBPTT(1, 1) makes the same updates as the variant `independent` of 0232
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def sequences(settings, rng):
    """Whole sequences, fresh in every epoch, one for each slot of the batch, with a target at every step."""
    sizes = {"sequences": settings.batch_size, "length": settings.length}
    return framing.sequences(datasets.echo.fresh(settings.epochs, rng, lag=1, first=1, **sizes), coding="one_hot")


def by_age(asked):
    """Right answers where the state holds one value before the current one, and where it holds more."""
    new = asked.redraw(asked.settings.replace(epochs=100))
    right = probes.answer(asked, new) == new.targets
    parts = {"after_one_row": right[:, 1], "after_more_rows": right[:, 2:]}
    return {name: Measure((int(r.sum()), r.size), r.size / new.target_codec.classes) for name, r in parts.items()}


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, return_sequences=True),
    order=lambda settings: schedule.truncated(settings.k1, settings.k2),
    ask=[probes.fresh_sequences(100, "many_sequences"), by_age, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
