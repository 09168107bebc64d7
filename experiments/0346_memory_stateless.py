"""0346 · Memory: the same without carried state.

Question   How must samples be made for `stateful=False`, so that state is reset in the right places?
Source     memory tutorial, readers' questions about the stateless network
Shapes     x [2 sequences, 4 time steps, 5 features] one-hot · y [2, 4]; each sequence starts from a zero state
Look at    the framings: if a sequence is one sample, no reset is needed; with one time step a sample there is no memory
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def joined(settings, rng):
    """Both sequences as one sample, one after the other."""
    first, second = datasets.memory.TUTORIAL
    return framing.sequences(datasets.memory.pairs([(*first, *second)]), coding="one_hot")


def network(return_sequences):
    return lambda settings: models.lstm_classifier(
        settings.units, classes=5, return_sequences=return_sequences, activation="sigmoid"
    )


growing = {
    "data": lambda settings, rng: framing.growing(datasets.memory.pairs(), coding="one_hot"),
    "model": network(return_sequences=False),
}
one_step = {
    "data": lambda settings, rng: framing.time_steps(datasets.memory.pairs(), coding="one_hot"),
    "model": network(return_sequences=False),
}
experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.sequences(datasets.memory.pairs(), coding="one_hot"),
    model=network(return_sequences=True),
    order=schedule.in_batches(),
    ask=[probes.in_order(), probes.kernel_unmoved(), probes.final_loss()],
    variants={"growing": growing, "joined": {"data": joined}, "one_step": one_step, "one_step_one_batch": one_step},
)

if __name__ == "__main__":
    main(experiment)
