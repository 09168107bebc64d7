"""0346 · Memory: the same without carried state.

Question   How must the samples be made for `stateful=False`, so that state is reset where it should be?
Source     memory tutorial, readers' questions about the stateless network
Shapes     x [2 sequences, 4 time steps, 5 features] one-hot · y [2, 4]; each sequence starts from a zero state
Look at    the framings: a sequence a sample needs no reset at all; one step a sample has no memory
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def framed(settings, rng):
    """The two sequences as `framing` says: whole, growing, run together in one sample, or step by step."""
    first, second = datasets.memory.TUTORIAL
    match settings.framing:
        case "sequences":
            return framing.sequences(datasets.memory.pairs(), coding="one_hot")
        case "joined":
            return framing.sequences(datasets.memory.pairs([(*first, *second)]), coding="one_hot")
        case "growing":
            return framing.growing(datasets.memory.pairs(), coding="one_hot")
    return framing.time_steps(datasets.memory.pairs(), coding="one_hot")


def network(settings):
    every_step = settings.framing in ("sequences", "joined")
    return models.lstm_classifier(settings.units, classes=5, return_sequences=every_step, activation="sigmoid")


experiment = Experiment(
    __file__,
    data=framed,
    model=network,
    order=schedule.in_batches(),
    ask=[probes.in_order(), probes.kernel_unmoved(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
