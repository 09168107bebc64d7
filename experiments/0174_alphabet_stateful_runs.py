"""0174 · Alphabet, stateful runs: variable-length input, letter by letter.

Question   Can a stateful network take input of any length, and does it then continue the alphabet from any letter?
Source     alphabet tutorial, a reader's question about a stateful network with variable-length input
Shapes     x [letters of all runs, 1 time step, 1 feature] float32, no padding · y letter index; reset before each run
Look at    the answer to K from a zero state: 0150, trained from A only, answers with the beginning of the alphabet;
           what does this network answer?
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def runs(settings, rng):
    """Random runs of the alphabet, letter by letter; or the whole alphabet, once for each run."""
    if settings.whole:
        run = datasets.alphabet.pairs(length=25)
        inputs, targets = (np.repeat(array, settings.samples, axis=0) for array in (run.inputs, run.targets))
        drawn = datasets.Pairs(inputs, targets, run.symbols)
    else:
        drawn = datasets.alphabet.random_runs(settings.samples, rng, longest=settings.longest)
    return framing.time_steps(datasets.alphabet.spelled(drawn))


def every_run(settings, rng):
    """Each run of one to five letters once, whether or not it was trained on."""
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
