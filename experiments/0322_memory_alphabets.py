"""0322 · Memory: other alphabets and larger ones.

Question   Do the symbols matter, and how many there are?
Source     memory tutorial, extension "Arbitrary Alphabets"
Shapes     x [2 · (length − 1) samples, 1 time step, classes features] one-hot · y [samples] symbol index
Look at    the grid of alphabet × activation: binary cross-entropy is a mean over all outputs, so that with a sigmoid
           for each of many symbols the few that matter have little weight
"""

from lstm_lab import Experiment, datasets, framing, models, probes, schedule


def two_sequences(settings, rng):
    """The sequences given, letters or words; none given: a random pair over `classes` symbols."""
    if settings.sequences:
        return framing.time_steps(datasets.memory.pairs(settings.sequences), coding="one_hot")
    pair = datasets.memory.random_pair(rng, settings.length, settings.classes)
    return framing.time_steps(datasets.memory.pairs(pair, settings.classes), coding="one_hot")


def network(settings):
    """One output for every symbol of the alphabet, whether or not the two sequences use it."""
    classes = len(datasets.memory.alphabet(settings.sequences)) if settings.sequences else settings.classes
    return models.lstm_classifier(settings.units, classes, stateful=settings.carry, activation=settings.activation)


experiment = Experiment(
    __file__,
    data=two_sequences,
    model=network,
    order=lambda settings: schedule.in_sequence(reset="sequence" if settings.carry else "batch"),
    ask=[probes.in_order(), probes.final_loss()],
)

if __name__ == "__main__":
    experiment.main()
