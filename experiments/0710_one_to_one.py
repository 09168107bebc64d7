"""0710 · One-to-one: one step in, one step out.

Question   Can a model with one time step learn across steps if its state is carried? The source says no.
Source     book, chapter 5, one-to-one model
Shapes     x [steps of all sequences, 1 time step, symbols] one-hot · y [steps] the next symbol, or the one before
Look at    the last answer in two fixed sequences, which needs their first symbol; and an echo of fresh random symbols.
           The source gives no settings; the sequences are those of 0310, learnt here with softmax, a larger step size
           and twice the epochs
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def two_sequences(settings, rng):
    """Every step is a sample: two sequences that end with their first symbol."""
    return framing.time_steps(datasets.memory.long_lag_pairs(settings.length), coding="one_hot")


def echo(settings, rng):
    """Every step is a sample: random sequences, fresh in every epoch, to echo one step late."""
    sizes = {"length": settings.length, "classes": settings.length + 1}
    return framing.time_steps(datasets.echo.fresh(settings.epochs, rng, lag=1, first=0, **sizes), coding="one_hot")


def last_recalled(asked):
    """The last answer in each sequence, the one that needs memory."""
    last = (np.arange(asked.framed.samples) + 1) % asked.settings.length == 0
    return {"recalled": probes.count(asked, replace(asked.framed, loss_mask=last))}


of_an_echo = {"data": echo, "ask": [probes.fresh_sequences(num=50, name="recalled")]}
experiment = Experiment(
    __file__,
    data=two_sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.length + 1, stateful=settings.carry, learning_rate=settings.learning_rate
    ),
    order=lambda settings: schedule.in_sequence(reset="sequence" if settings.carry else "batch"),
    ask=[last_recalled],
    variants={"echo": of_an_echo, "echo_no_state": of_an_echo},
)

if __name__ == "__main__":
    main(experiment)
