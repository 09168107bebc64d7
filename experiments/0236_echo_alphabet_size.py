"""0236 · Stateful echo, one step, no gradient through time, by number of symbols.

Question   A reader's stateful network echoes the value before, and 0232's does not: does the number of symbols decide?
Source     alphabet tutorial, a reader's stateful echo that performs well; echo tutorial, the beginner's mistake
Shapes     x [24 samples a sequence, 1 time step, symbols] one-hot · y the value before
Look at    `recalled` by number of symbols: the same layout and training that echo 5 symbols fail with 100
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng):
    """One value in each row. Sequences are fresh in every epoch, or one sequence is the same in all."""
    sizes = {"lag": 1, "first": 1, "classes": settings.symbols}
    if settings.data == "fixed":
        pairs = datasets.echo.pairs(datasets.echo.draw(1, rng, 25, settings.symbols), **sizes)
    else:
        pairs = datasets.echo.fresh(settings.epochs, rng, length=25, **sizes)
    return framing.time_steps(pairs, coding="one_hot")


def unseen(settings, rng):
    """A hundred sequences that are drawn for the test alone."""
    return rows(settings.replace(data="fresh", epochs=100), rng)


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, settings.symbols, stateful=True),
    order=schedule.in_sequence(reset="epoch"),
    ask=[probes.on("recalled", unseen), probes.in_order(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
