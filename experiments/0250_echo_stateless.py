"""0250 · Echo with context, internal state ignored.

Question   With five time steps in every sample, does state carried between samples add anything?
Source     echo tutorial, extension on ignoring internal state; a reader's result that state slows the learning
Shapes     x [20 samples, 5 time steps, 100 features] one-hot · y [20] the last value but one
Look at    `epochs_to_learn`, beside that of the stateful network on the same seeds
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def rows(settings, rng):
    """The rows of 0240. ValueError if neither the context nor the state reaches back to the lag."""
    unreachable = "allowed" if settings.carry else "refused"
    pairs = datasets.echo.tutorial_rows(
        settings.epochs, rng, steps=settings.steps, lag=settings.lag, unreachable=unreachable
    )
    return framing.time_steps(pairs, coding="one_hot")


def epochs(asked):
    """The epochs that the network needs, and twice as many: what a network that needs twice as many would need."""
    needed = probes.epochs_to_learn()(asked)
    return needed | {"epochs_to_learn_twice": Measure(2 * needed["epochs_to_learn"].value.score)}


def order(settings):
    return schedule.in_sequence(reset="epoch" if settings.carry else "batch")


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, stateful=settings.carry),
    order=order,
    ask=[probes.fresh_sequences(100, "many_sequences"), probes.final_loss(), epochs],
)

if __name__ == "__main__":
    main(experiment)
