"""0740 · Many-to-many of equal length: an answer at every step.

Question   Does a network learn to answer at every step of a sequence with the symbol that came some steps earlier?
Source     book, chapter 5, many-to-many model with `return_sequences` and `TimeDistributed`
Shapes     x [samples, 8 time steps, 4 symbols] one-hot · y [samples, 8] the symbol two steps earlier
Look at    the same TimeDistributed layer without an LSTM: for each answer it is given one step only
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.models import LSTM, Dense


def sequences(settings, rng):
    """Random sequences to echo some steps late; the first steps have nothing to echo and do not count."""
    sizes = {"sequences": settings.samples, "length": settings.length, "classes": settings.symbols}
    return framing.sequences(datasets.echo.fresh(1, rng, lag=settings.lag, first=0, **sizes), coding="one_hot")


def model(settings):
    """An LSTM that answers at every step; or the control without it."""
    recurrence = (LSTM(settings.units, return_sequences=True),) if settings.recurrent else ()
    head = Dense(settings.symbols, "softmax", time_distributed=True)
    return models.Architecture((*recurrence, head), optimizer=models.Adam(settings.learning_rate))


experiment = Experiment(
    __file__,
    data=sequences,
    model=model,
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.on("recalled", lambda settings, rng: sequences(settings.replace(samples=500), rng))],
)

if __name__ == "__main__":
    main(experiment)
