"""0110 · Alphabet, naive: one letter in, the next letter out.

Question   Can a stateless LSTM that sees one letter at a time learn which letter follows?
Source     alphabet tutorial, section on the naive one-character network
Shapes     x [25 samples, 1 time step, 1 feature] float32 · y [25] letter index
Look at    the recurrent kernel: training does not change it, so the network cannot have learnt to use state
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.alphabet.pairs(length=1)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.kernel_unmoved()],
)

if __name__ == "__main__":
    main(experiment)
