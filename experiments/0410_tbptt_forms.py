"""0410 · Truncated BPTT: its canonical forms side by side.

Question   An update every k1 steps with gradients over k2: which forms learn what lies some steps back, at what cost?
Source     book, chapter 2, configurations for truncated BPTT
Shapes     x [sequences, 12 time steps, symbols] one-hot · y [sequences, 12] the symbol asked for at every step
Look at    what is recalled, beside the updates and the time steps run for each sequence
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, models, probes, schedule
from lstm_lab.probes import Measure


def sequences(settings, rng):
    """Fresh random sequences to echo some steps late; or the two that end with the symbol they began with."""
    if settings.task == "memory":
        return framing.sequences(datasets.memory.pairs(datasets.memory.long_lag(settings.length)), coding="one_hot")
    pairs = datasets.lags.echo(
        settings.epochs * settings.batch_size, settings.length, settings.lag, 4, rng, per_epoch=settings.batch_size
    )
    return framing.sequences(pairs, coding="one_hot")


def recalled(asked):
    """The answers that need memory: the last one of each sequence, or all that echo."""
    if asked.settings.task != "memory":
        return probes.fresh_sequences(num=20, name="recalled")(asked)
    last = np.tile(np.arange(asked.framed.steps) == asked.framed.steps - 1, (asked.framed.samples, 1))
    return {"recalled": probes.count(asked, replace(asked.framed, loss_mask=last))}


def cost(asked):
    """Updates a sequence, and the time steps that are run for them."""
    settings, steps = asked.settings, asked.framed.steps
    ends = {*range(settings.k1, steps + 1, settings.k1), steps}
    run = sum(min(end, max(settings.k1, settings.k2)) for end in ends)
    return {"updates_per_sequence": Measure(float(len(ends))), "steps_run_per_sequence": Measure(float(run))}


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=settings.length + 1 if settings.task == "memory" else 4,
        return_sequences=True,
        optimizer=models.Adam(settings.learning_rate),
    ),
    order=schedule.in_batches(),
    ask=[recalled, cost, probes.final_loss()],
)

if __name__ == "__main__":
    experiment.main()
