"""0254 · Echo with the whole sequence so far as time steps.

Question   Does the network learn the echo if it is given all values so far?
Source     echo tutorial, extension on the entire sequence as time steps
Shapes     x [25 samples, 25 time steps, 100 features] one-hot, zeros before the first value · y [25] the value before
Look at    masked padding beside padding without a mask; the first sample has no value before it and does not count
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng):
    """Sample i of a sequence holds its values 0 … i."""
    pairs = datasets.echo.fresh(settings.epochs, rng, lag=settings.lag, first=0)
    return framing.growing(pairs, coding="one_hot")


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, mask=0.0 if settings.mask else None),
    order=schedule.in_batches(),
    ask=[probes.fresh_sequences(40, "many_sequences"), probes.final_loss(), probes.epochs_to_learn()],
)

if __name__ == "__main__":
    main(experiment)
