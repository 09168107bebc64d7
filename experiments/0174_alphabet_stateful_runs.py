"""0174 · Alphabet, stateful runs: variable-length input, letter by letter, state dropped after each run.

Question   Can a stateful network take input of any length, and does it then know the alphabet from any letter on?
Source     alphabet tutorial, a reader's question about a stateful network with variable-length input
Shapes     x [a letter each, 1 time step, 1 feature] float32, no padding · y letter index; resets where a run begins
Look at    K from a zero state: 0150, trained from A only, answers as if the alphabet began; what does this network
           answer?
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def runs(settings, rng):
    """Random runs of the alphabet, or the whole alphabet as often, spelt out letter by letter."""
    if settings.whole:
        run = datasets.alphabet.pairs(length=25)
        inputs, targets = (np.repeat(array, settings.samples, axis=0) for array in (run.inputs, run.targets))
        drawn = datasets.Pairs(inputs, targets, run.symbols)
    else:
        drawn = datasets.alphabet.random_runs(settings.samples, rng, longest=settings.longest)
    return framing.time_steps(datasets.alphabet.spelled(drawn))


def every_run(settings, rng):
    """Each run of one to five letters once, trained on or not."""
    return framing.time_steps(datasets.alphabet.spelled(datasets.alphabet.every_run(longest=5)))


experiment = Experiment(
    __file__,
    data=runs,
    model=lambda settings: models.lstm_classifier(settings.units, 26, stateful=settings.reset != "batch"),
    order=lambda settings: schedule.in_sequence(reset=settings.reset),
    ask=[
        probes.on("every_run", every_run),
        probes.walk("A"),
        probes.cold_start("K", steps=5),
        probes.warmed_up("A…J", "K"),
    ],
)

if __name__ == "__main__":
    main(experiment)
