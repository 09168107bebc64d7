"""0242 · Echo with context: has the network learnt "the value before", or "the fourth of five"?

Question   A network is trained on five time steps. Does it echo the value before if it is given fewer or more of them?
Source     echo tutorial, its remark that time steps are not a window; a reader who doubts it, and the answer
Shapes     trained on x [20 samples, 5 time steps, 100 features] one-hot; asked with 2 to 10 time steps
Look at    the figure of right answers by the number of steps: a window has its peak at five, an extent is flat
"""

from lstm_lab import Experiment, datasets, framing, main, models, schedule
from lstm_lab.probes import Measure


def rows(settings, rng, steps=5):
    """Rows of five time steps as in 0240, or of another number of them."""
    return framing.time_steps(datasets.echo.tutorial_rows(settings.epochs, rng, steps=steps), coding="one_hot")


def sequences(settings, rng):
    """Whole sequences, with a target at every step, as in 0258."""
    pairs = datasets.echo.fresh(settings.epochs, rng, sequences=settings.batch_size, first=0)
    return framing.sequences(pairs, coding="one_hot")


def by_steps(asked):
    """Right answers on rows of 2 to 10 steps, each row from a zero state."""
    counts = {}
    for steps in range(2, 11):
        new = rows(asked.settings.replace(epochs=100), asked.rng, steps)
        outputs, _ = asked.predictor(new.inputs, None)
        answers = outputs.argmax(-1)[:, -1] if asked.architecture.gives_sequence else outputs.argmax(-1)
        right = int((answers == new.targets).sum())
        counts[f"right_of_{steps:02}"] = Measure((right, new.samples), new.samples / 100)
    return counts


def answers_each_step(settings):
    return models.lstm_classifier(settings.units, classes=100, return_sequences=True)


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, stateful=settings.carry),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch"),
    ask=[by_steps],
    variants={"every_step": {"data": sequences, "model": answers_each_step}},
)

if __name__ == "__main__":
    main(experiment)
