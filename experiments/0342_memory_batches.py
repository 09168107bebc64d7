"""0342 · Memory: batches of two and four.

Question   Why does this network, here with 40 units, fail with a batch of 2 or 4: fewer updates, or the slots?
Source     memory tutorial, a reader's question
Shapes     x [8 samples, 1 time step, 5 features] one-hot, in batches of 2 or 4 · y [8] symbol index
Look at    which samples each slot is given: with two slots the second one is given 0 and 2 of a sequence, but not its
           first symbol. The tutorial's 20 units fail on half of the seeds even in batches of one
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def samples(settings, rng):
    """The two sequences, repeated so that every slot can have a whole one."""
    sequences = datasets.memory.TUTORIAL * settings.copies
    return framing.time_steps(datasets.memory.pairs(sequences), coding="one_hot")


experiment = Experiment(
    __file__,
    data=samples,
    model=lambda settings: models.lstm_classifier(settings.units, classes=5, stateful=True, activation="sigmoid"),
    order=lambda settings: schedule.in_sequence(reset="sequence", slots=settings.slots),
    ask=[probes.in_order(), probes.kernel_unmoved(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
