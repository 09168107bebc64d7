"""0262 · Echo by a feed-forward network: the five time steps as features.

Question   What can the LSTM do here that a multilayer perceptron on the same window cannot?
Source     echo tutorial, readers' question on the advantage over a multilayer perceptron
Shapes     x [20 samples, 5 time steps, 100 features] one-hot, flattened to 500 features · y [20] the last but one
Look at    `epochs_to_learn` against 0250; and the same network on one value at a time, which leaves it nothing
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng):
    """The rows of 0240 with `steps` time steps; one alone does not hold the answer, which is that variant's point."""
    sizes = {"lag": settings.lag, "context": settings.steps, "first": max(5, settings.steps - 1)}
    pairs = datasets.echo.fresh(settings.epochs, rng, carried=settings.steps == 1, **sizes)
    return framing.time_steps(pairs, coding="one_hot")


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.mlp_classifier(settings.hidden, classes=100),
    order=schedule.in_batches(),
    ask=[probes.fresh_sequences(100, "many_sequences"), probes.final_loss(), probes.epochs_to_learn()],
)

if __name__ == "__main__":
    main(experiment)
