"""0252 · Echo with the incomplete rows kept: missing values marked −1.

Question   Can the network learn from rows with missing values, and does a Masking layer help?
Source     echo tutorial, extension on masking missing data
Shapes     x [25 samples, 5 time steps, 100 features] one-hot, rows of −1 for missing values · y [25] the value before
Look at    rows whose first values are missing: has the network learnt "the value before", or "the fourth of five"?
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng):
    """Every row that has a target, t = 1 … 25. The last row is v21 … v24 and a missing value; its target is v24."""
    sizes = {
        "lag": 1,
        "context": settings.steps,
        "first": settings.first,
        "last": settings.last,
        "unreachable": "refused",
    }
    pairs = datasets.echo.fresh(settings.epochs, rng, **sizes)
    return framing.time_steps(pairs, holes=True, coding="one_hot", blank=-1.0)


def by_place(asked):
    """Right answers on rows whose first values are missing, on complete rows, and on the row whose last is missing."""
    whole = asked.settings.replace(first=1, last=25)
    drawn = rows(whole.replace(epochs=100), asked.rng)
    holes = drawn.inputs[:, [0, -1], 0] == datasets.BLANK
    parts = {"holes_in_front": holes[:, 0], "complete": ~holes.any(axis=1), "hole_behind": holes[:, 1]}
    return {name: probes.count(asked, drawn.take(np.flatnonzero(part))) for name, part in parts.items()}


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, mask=-1.0 if settings.mask else None),
    order=schedule.in_batches(),
    ask=[probes.fresh_sequences(100, "many_sequences"), by_place, probes.epochs_to_learn()],
)

if __name__ == "__main__":
    main(experiment)
