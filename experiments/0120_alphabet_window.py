"""0120 · Alphabet, window: three letters as features.

Question   Do three letters help a stateless LSTM if they are features of one step rather than three time steps?
Source     alphabet tutorial, section on the three-character feature window
Shapes     x [23 samples, 1 time step, 3 features] float32 · y [23] letter index
Look at    which letters it predicts wrongly; and the recurrent kernel, which training again does not change
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def shared_letters(settings, rng):
    """Of single letters, those that have three letters before their answer: the same 23 answers as for the window."""
    return framing.window(datasets.alphabet.pairs(length=1)).take(slice(2, None))


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.window(datasets.alphabet.pairs(settings.length)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.kernel_unmoved()],
    variants={"one_letter": {"ask": [probes.on("in_order", shared_letters)]}},
)

if __name__ == "__main__":
    main(experiment)
