"""0416 · Truncated BPTT by number of symbols: 2 to 100, fixed and fresh sequences.

Question   Does the number of symbols decide whether an echo of lag 1 is learnt without a gradient through time?
Source     book, chapter 2, TBPTT(k1, 1); a reader's stateful echo that performs well
Shapes     x [10 sequences, 12 time steps, symbols] one-hot · y [10, 12] the symbol one step earlier
Look at    `recalled` with k1 = k2 = 1 beside a gradient over two steps (0236 has the stateful form of the former)
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """The same sequences in every epoch, or fresh ones; the first step has nothing to echo and does not count."""
    if settings.data == "fixed":
        values = datasets.echo.draw(settings.batch_size, rng, settings.length, settings.symbols)
        pairs = datasets.echo.pairs(values, lag=1, first=0, classes=settings.symbols)
    else:
        sizes = {"sequences": settings.batch_size, "length": settings.length, "classes": settings.symbols}
        pairs = datasets.echo.fresh(settings.epochs, rng, lag=1, first=0, **sizes)
    return framing.sequences(pairs, coding="one_hot")


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.symbols, return_sequences=True, learning_rate=settings.learning_rate
    ),
    order=lambda settings: schedule.truncated(1, settings.k2),
    ask=[probes.in_order("recalled"), probes.cost_of_truncation(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
