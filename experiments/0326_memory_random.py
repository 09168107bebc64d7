"""0326 · Memory: random sequences, trained on and not trained on.

Question   Trained on random sequences that end with their first symbol, does the network learn a rule or only these?
Source     memory tutorial, extension "Random Sequences"
Shapes     x [2 sequences an epoch, steps, classes features] one-hot · y [2, steps], of which only the last is a target
Look at    `unseen`, by the number of different training sequences; the number of updates is always the same
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def random_sequences(settings, rng):
    """Two sequences in each epoch, which differ in their marker only, from a pool of `num_sequences`."""
    pool = datasets.memory.random_sequences(settings.num_sequences, rng, settings.length, settings.classes)
    chosen = 2 * rng.integers(settings.num_sequences // 2, size=(settings.epochs, 1)) + [0, 1]
    return framed(settings, [pool[number] for number in chosen.ravel()], per_epoch=2)


def framed(settings, sequences, per_epoch=None):
    pairs = datasets.memory.pairs(sequences, settings.classes, last_only=True, per_epoch=per_epoch)
    return framing.sequences(pairs, coding="one_hot")


def others(settings, rng):
    """200 random sequences for the test; `unseen` leaves out those that were trained on."""
    return framed(settings, datasets.memory.random_sequences(200, rng, settings.length, settings.classes))


experiment = Experiment(
    __file__,
    data=random_sequences,
    model=lambda settings: models.lstm_classifier(settings.units, settings.classes, return_sequences=True),
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[probes.in_order("seen"), probes.unseen(others), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
