"""0710 · One-to-one: one step in, one step out.

Question   Can a model with one time step learn across time steps if its state is carried, which the source denies?
Source     book, chapter 5, one-to-one model
Shapes     x [steps of all sequences, 1 time step, symbols] one-hot · y [steps] the next symbol, or the one before
Look at    the last answer of two fixed sequences, which needs their first symbol; and an echo of fresh random symbols
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def steps(settings, rng):
    """Every step a sample: of two sequences that end as they began, or of random ones to echo one step late."""
    if settings.task == "memory":
        return framing.time_steps(datasets.memory.pairs(datasets.memory.long_lag(settings.length)), coding="one_hot")
    pairs = datasets.lags.echo(settings.epochs, settings.length, 1, settings.length + 1, rng, per_epoch=1)
    return framing.time_steps(pairs, coding="one_hot")


def recalled(asked):
    """The answers that need memory: the last of each fixed sequence, or all that echo on fresh sequences."""
    if asked.settings.task != "memory":
        return probes.fresh_sequences(num=50, name="recalled")(asked)
    last = (np.arange(asked.framed.samples) + 1) % asked.settings.length == 0
    return {"recalled": probes.count(asked, replace(asked.framed, loss_mask=last))}


experiment = Experiment(
    __file__,
    data=steps,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.length + 1, stateful=settings.carry, optimizer=models.Adam(settings.learning_rate)
    ),
    order=lambda settings: schedule.in_sequence(reset="sequence" if settings.carry else "batch"),
    ask=[recalled],
)

if __name__ == "__main__":
    main(experiment)
