"""0257 · Echo: the smallest layer for each lag.

Question   How many units does an echo need, if the lag grows?
Source     echo tutorial, extension on a different lag
Shapes     x [20 samples, 10 time steps, 100 features] one-hot · y [20] the value `lag` steps back
Look at    the smallest layer that reaches the goal on nine seeds of ten, for each lag
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng):
    """Sequences of 29 values, each with 20 rows of 10 values."""
    sizes = {"lag": settings.lag, "context": 10, "length": 29, "first": 9}
    return framing.time_steps(
        datasets.echo.fresh(settings.epochs, rng, unreachable="refused", **sizes), coding="one_hot"
    )


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100),
    order=schedule.in_batches(),
    ask=[probes.fresh_sequences(50, "many_sequences")],
)

if __name__ == "__main__":
    main(experiment)
