"""0354 · Memory: the output after the last one.

Question   After 3 0 1 2 → 3, what does the network say if it is given that 3 as well? No sample has this as its answer.
Source     memory tutorial, a reader's question on the output after `result[i]`; its answer: fit on all data, predict
Shapes     x [8 samples, 1 time step, 5 features] one-hot · y [8] symbol index; 16 samples if each sequence is repeated
Look at    `after_last`: the network was never trained on any symbol after the last one, so its answer is its own
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def rounds(settings, rng=None):
    """The tutorial's sequences, each continued from its last symbol, which is its first, for so many rounds."""
    both = [(first, *(*middle, first) * settings.rounds) for first, *middle, _ in datasets.memory.TUTORIAL]
    return framing.time_steps(datasets.memory.pairs(both), coding="one_hot")


def next_output(asked):
    """The answers in a second round, with carried state: to the last symbol only, and to all four symbols."""
    longer = rounds(asked.settings.replace(rounds=2))
    answers, right = probes.answer(asked, longer).reshape(2, 8), longer.targets.reshape(2, 8)
    first = (answers[:, 4] == right[:, 4]).sum()
    all_four = (answers[:, 4:] == right[:, 4:]).sum()
    return {"after_last": Measure((int(first), 2), chance=0.4), "second_round": Measure((int(all_four), 8), chance=1.6)}


experiment = Experiment(
    __file__,
    data=rounds,
    model=lambda settings: models.lstm_classifier(settings.units, classes=5, stateful=True, activation="sigmoid"),
    order=schedule.in_sequence(reset="sequence"),
    ask=[probes.in_order(), next_output, probes.walk("3", steps=4), probes.walk("4", steps=4)],
)

if __name__ == "__main__":
    main(experiment)
