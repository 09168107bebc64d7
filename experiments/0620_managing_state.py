"""0620 · Three policies of managing state on one task.

Question   For long sequences in pieces, is it better to reset state after each piece, to carry it to the end, or to use
           large batches?
Source     book, chapter 4, state management, its three common examples
Shapes     x [pieces, 20 time steps, 4 symbols] one-hot · y [pieces, 20] the cue ten steps earlier, at its question
Look at    fresh sequences, with answers that need carried state; and how many updates each policy makes
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def pieces(settings, rng):
    """Long sequences of cues and questions, cut into pieces. A cut can separate a cue from its question."""
    sizes = {"length": settings.length, "lag": settings.lag, "every": settings.every}
    pairs = datasets.cues.fresh(1, rng, sequences=settings.sequences, **sizes)  # the same ones in every epoch
    return framing.split(framing.sequences(pairs, coding="one_hot"), settings.steps)


def order(settings):
    if settings.policy == "carry":  # a slot for every sequence of the batch
        return schedule.in_sequence(reset="sequence", slots="runs")
    return schedule.shuffled()


def updates(asked):
    """The number of updates in training."""
    size, settings = asked.framed.per_epoch, asked.settings
    return {"updates": Measure(float(-(-size // settings.batch_size) * settings.epochs))}


experiment = Experiment(
    __file__,
    data=pieces,
    model=lambda settings: models.lstm_classifier(
        settings.units,
        4,
        stateful=settings.policy == "carry",
        return_sequences=True,
        learning_rate=settings.learning_rate,
    ),
    order=order,
    ask=[probes.on("fresh", pieces), updates],
)

if __name__ == "__main__":
    main(experiment)
