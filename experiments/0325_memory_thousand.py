"""0325 · Memory: a thousand steps, with small steps of the optimizer.

Question   Do small steps of the optimizer make a thousand steps learnable, and with which form and start of the gates?
Source     memory tutorial, its closing remark and extension "Long Sequences"; the book's chapter 2 for the forms
Shapes     x [2 sequences, p time steps, p + 1 features] one-hot · y [2, p] symbol index, a target at the last step only
Look at    the grid: on how many seeds the first symbol is remembered at the last step
"""

import math

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def long_sequences(settings):
    """(x, a1 … a(p−1), x) and (y, a1 … a(p−1), y) as whole samples; the last symbol is the only target."""
    return framing.sequences(datasets.memory.long_lag_pairs(settings.steps, last_only=True), coding="one_hot")


experiment = Experiment(
    __file__,
    data=lambda settings, rng: long_sequences(settings),
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=settings.steps + 1,
        return_sequences=True,
        forget_bias=math.log(settings.steps) if settings.open_gates else 1.0,
        learning_rate=settings.learning_rate,
    ),
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[probes.on("last", lambda settings, rng: long_sequences(settings)), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
