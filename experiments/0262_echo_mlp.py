"""0262 · Echo by a feed-forward network: the five time steps as features.

Question   Can a multilayer perceptron that is given all five values do what the LSTM does?
Source     echo tutorial, readers' question on the advantage over a multilayer perceptron
Shapes     x [20 samples, 5 time steps, 100 features] one-hot, flattened to 500 features · y [20] the last value but one
Look at    `epochs_to_learn` beside that of 0250; and the same network with one value as input, which is not the answer
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng, unreachable="refused"):
    """The rows of 0240."""
    sizes = {"steps": settings.steps, "lag": settings.lag, "unreachable": unreachable}
    return framing.time_steps(datasets.echo.tutorial_rows(settings.epochs, rng, **sizes), coding="one_hot")


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.mlp_classifier(settings.hidden, classes=100),
    order=schedule.in_batches(),
    ask=[probes.fresh_sequences(100, "many_sequences"), probes.final_loss(), probes.epochs_to_learn()],
    variants={"one_step": {"data": lambda settings, rng: rows(settings, rng, unreachable="allowed")}},
)

if __name__ == "__main__":
    main(experiment)
