"""0226 · Echo from a fixed training set: is it memorised?

Question   Does the network need a new random sequence in every epoch to learn the echo, or only every value?
Source     echo tutorial, its reason for a new sequence in every epoch
Shapes     x [rows of an epoch, 1 or 5 time steps, 100 features] one-hot · y the value itself, or the value before
Look at    `trained_on` beside `many_sequences`: how far what is right in training is right on fresh sequences
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """The sequences of all epochs [sequences, 25]: fixed ones, the same in every epoch, or `fresh` ones."""
    if settings.values == "each once":
        return rng.permutation(100).reshape(4, 25).astype(np.int32)
    return datasets.echo.draw(settings.sequences * (settings.epochs if settings.values == "fresh" else 1), rng)


def rows(settings, rng, drawn=None):
    """Rows of `steps` values of these sequences; the target is the value `lag` steps earlier."""
    fresh = settings.sequences if drawn is None and settings.values == "fresh" else None
    first = None if settings.steps == 1 else datasets.echo.FIRST_ROW
    sizes = {"lag": settings.lag, "context": settings.steps, "first": first, "sequences_per_epoch": fresh}
    values = sequences(settings, rng) if drawn is None else drawn
    return framing.time_steps(datasets.echo.pairs(values, **sizes), coding="one_hot")


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100),
    order=schedule.shuffled(),
    ask=[
        probes.in_order("trained_on"),
        probes.on("many_sequences", lambda settings, rng: rows(settings, rng, datasets.echo.draw(100, rng))),
        probes.final_loss(),
    ],
)

if __name__ == "__main__":
    main(experiment)
