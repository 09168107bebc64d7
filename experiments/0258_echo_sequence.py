"""0258 · Echo a whole sequence, some steps late: many to many.

Question   Can the network answer at every time step with the value that it was given some steps earlier?
Source     echo tutorial, extension on echoing a lag sequence
Shapes     x [5 sequences, 25 time steps, 100 features] one-hot · y [5, 25] the values `lag` steps earlier; the first
           `lag` steps have no value to echo and do not count
Look at    the variants: other lags; and truncated BPTT with a gradient of one step
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """Whole sequences, with a target at every step that has a value to echo."""
    sizes = {"sequences": settings.batch_size, "length": settings.steps}
    pairs = datasets.echo.fresh(settings.epochs, rng, lag=settings.lag, first=0, **sizes)
    return framing.sequences(pairs, coding="one_hot")


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, return_sequences=True),
    order=lambda settings: schedule.truncated(settings.k1, settings.k2),
    ask=[probes.fresh_sequences(20, "many_sequences"), probes.final_loss(), probes.epochs_to_learn()],
)

if __name__ == "__main__":
    main(experiment)
