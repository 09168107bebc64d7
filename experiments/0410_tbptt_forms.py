"""0410 · Truncated BPTT: its canonical forms on an echo.

Question   With an update every k1 steps and a gradient k2 steps back, which forms learn an echo, and at what cost?
Source     book, chapter 2, configurations for truncated BPTT
Shapes     x [10 sequences, 12 time steps, 4 symbols] one-hot · y [10, 12] the symbol three steps earlier
Look at    `recalled`, beside the updates and the time steps of each sequence; 0412 compares the forms on a memory
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """Fresh random sequences to echo some steps late; the first steps have nothing to echo and do not count."""
    sizes = {"sequences": settings.batch_size, "length": settings.length, "classes": settings.symbols}
    pairs = datasets.echo.fresh(settings.epochs, rng, lag=settings.lag, first=0, **sizes)
    return framing.sequences(pairs, coding="one_hot")


def network(kind):
    return lambda settings: models.lstm_classifier(
        settings.units, settings.symbols, kind=kind, return_sequences=True, learning_rate=settings.learning_rate
    )


FORMS = ("", "_one_one", "_k1_k2", "_k_k")
experiment = Experiment(
    __file__,
    data=sequences,
    model=network("LSTM"),
    order=lambda settings: schedule.truncated(settings.k1, settings.k2),
    ask=[probes.fresh_sequences(20, "recalled"), probes.cost_of_truncation(), probes.final_loss()],
    variants={
        name + form: {"model": network(kind)}
        for name, kind in (("gru", "GRU"), ("simple_rnn", "SimpleRNN"))
        for form in FORMS
    },
)

if __name__ == "__main__":
    main(experiment)
