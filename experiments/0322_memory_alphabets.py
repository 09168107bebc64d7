"""0322 · Memory: other alphabets and larger ones.

Question   Does it matter which symbols the sequences have, or how many different ones?
Source     memory tutorial, extension "Arbitrary Alphabets"
Shapes     x [2 sequences, length − 1 time steps, classes features] one-hot · y [2, length − 1] symbol index
Look at    the grid of alphabet, form and activation: "1,1" is the tutorial's training, one step at a time; with a
           sigmoid for each of many symbols, the loss is a mean in which the few symbols that matter have little weight
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def two_sequences(settings, rng):
    """The given sequences, of numbers below `classes` or of text; or else a random pair over `classes` symbols."""
    if settings.sequences:
        return framing.sequences(datasets.memory.pairs(settings.sequences, given_classes(settings)), coding="one_hot")
    pair = datasets.memory.random_pair(rng, settings.length, settings.classes)
    return framing.sequences(datasets.memory.pairs(pair, settings.classes), coding="one_hot")


def given_classes(settings):
    """The size of the alphabet for sequences of numbers; None: the alphabet is the symbols that the sequences use."""
    numbers = all(isinstance(given, list) and all(isinstance(n, int) for n in given) for given in settings.sequences)
    return settings.classes if numbers else None


def network(settings):
    """One output for every symbol of the alphabet, whether or not the two sequences use it."""
    classes = len(datasets.memory.alphabet(settings.sequences, given_classes(settings)))
    return models.lstm_classifier(settings.units, classes, return_sequences=True, activation=settings.activation)


experiment = Experiment(
    __file__,
    data=two_sequences,
    model=network,
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[probes.in_order(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
