"""0414 · Truncated BPTT as a map: k1, k2 and the lag, on fixed and on fresh sequences.

Question   Which k1 and k2 learn which lag, at what cost, and is it the same for sequences that return in every epoch?
Source     book, chapter 2, the meaning of k1 and k2; extension: an experiment to tune them
Shapes     x [10 sequences, 12 time steps, 4 symbols] one-hot · y [10, 12] the symbol `lag` steps earlier
Look at    `recalled` of the fixed and of the fresh sequences; `updates` and `steps_per_target`, the cost
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """The same sequences in every epoch, or fresh ones; the first steps have nothing to echo and do not count."""
    lag, size, symbols = settings.lag, settings.batch_size, settings.symbols
    if settings.data == "fixed":
        values = datasets.echo.draw(size, rng, settings.length, symbols)
        pairs = datasets.echo.pairs(values, lag=lag, first=0, classes=symbols)
    else:
        sizes = {"sequences": size, "length": settings.length, "classes": symbols}
        pairs = datasets.echo.fresh(settings.epochs, rng, lag=lag, first=0, **sizes)
    return framing.sequences(pairs, coding="one_hot")


def unseen(settings, rng):
    """Sequences that are drawn for the test alone."""
    return sequences(settings.replace(data="fresh", epochs=20), rng)


def cost(asked):
    """Time steps of the network for each target of a sequence, forwards and, k2 for each update, backwards."""
    per_sequence = {name: measure.value.value for name, measure in probes.cost_of_truncation()(asked).items()}
    targets = asked.settings.length - asked.settings.lag
    updates, run = per_sequence["updates_per_sequence"], per_sequence["steps_run_per_sequence"]
    steps = (run + updates * asked.settings.k2) / targets
    return {"updates": probes.Measure(updates), "steps_per_target": probes.Measure(steps)}


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.symbols, return_sequences=True, learning_rate=settings.learning_rate
    ),
    order=lambda settings: schedule.truncated(settings.k1, settings.k2),
    ask=[probes.in_order("recalled"), probes.on("unseen", unseen), cost],
)

if __name__ == "__main__":
    main(experiment)
