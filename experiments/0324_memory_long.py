"""0324 · Memory: long sequences, by form of truncated BPTT.

Question   The source expects the same over hundreds and thousands of steps: which form of training learns which length?
Source     memory tutorial, its closing remark and extension "Long Sequences"; the book's chapter 2 for the forms
Shapes     x [2 sequences, p time steps, p + 1 features] one-hot · y [2, p] symbol index
Look at    `last`: only the two symbols that must be remembered, without the 2 · (p − 1) that need no memory
"""

import math

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def long_sequences(settings, last_only=False):
    """(x, a1 … a(p−1), x) and (y, a1 … a(p−1), y) as whole samples; last_only: only the last symbol is a target."""
    return framing.sequences(datasets.memory.long_lag_pairs(settings.steps, last_only), coding="one_hot")


experiment = Experiment(
    __file__,
    data=lambda settings, rng: long_sequences(settings, settings.learn == "last"),
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=settings.steps + 1,
        return_sequences=True,
        forget_bias=math.log(settings.steps) if settings.open_gates else 1.0,
        learning_rate=settings.learning_rate,
    ),
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[
        probes.on("last", lambda settings, rng: long_sequences(settings, last_only=True)),
        probes.on("every_step", lambda settings, rng: long_sequences(settings)),
        probes.final_loss(),
    ],
)

if __name__ == "__main__":
    main(experiment)
