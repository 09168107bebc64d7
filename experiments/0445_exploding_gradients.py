"""0445 · Exploding gradients, and three ways to prevent them.

Question   Does training with large steps explode, and what prevents it: a limit of the gradient, a short k2, an LSTM?
Source     book, chapter 2, on gradients that explode over many time steps, and on a limit of the time steps
Shapes     x [10 sequences, 60 time steps, 4 symbols] one-hot · y [10, 60] the symbol three steps earlier
Look at    `largest_weight` and `recalled`: one update by an exploding gradient ruins a network that may have learnt
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """Fresh random sequences to echo some steps late; the first steps have nothing to echo and do not count."""
    sizes = {"sequences": settings.batch_size, "length": settings.length, "classes": 4}
    pairs = datasets.echo.fresh(settings.epochs, rng, lag=settings.lag, first=0, **sizes)
    return framing.sequences(pairs, coding="one_hot")


def network(settings):
    """One recurrent layer with an answer at every step, trained by SGD with momentum."""
    kind = {"SimpleRNN": models.SimpleRNN, "LSTM": models.LSTM}[settings.layer]
    limit = settings.clipnorm or None
    optimizer = models.SGD(settings.learning_rate, momentum=0.9, clipnorm=limit)
    layers = (kind(settings.units, return_sequences=True), models.Dense(4, "softmax", True))
    return models.Architecture(layers, optimizer=optimizer)


def weights_and_losses(asked):
    """The largest weight after training, and the largest rise of an epoch's loss over the lowest loss before it."""
    losses = np.asarray(asked.trained.history["loss"], float)
    weight = max(float(np.abs(array).max()) for array in asked.trained.weights)
    rise = float((losses - np.minimum.accumulate(losses)).max())
    return {"largest_weight": probes.Measure(weight), "largest_rise": probes.Measure(rise)}


experiment = Experiment(
    __file__,
    data=sequences,
    model=network,
    order=lambda settings: schedule.truncated(settings.k, settings.k),
    ask=[probes.fresh_sequences(10, "recalled"), weights_and_losses, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
