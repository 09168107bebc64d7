"""0122 · Alphabet, MLP: the window without any recurrence.

Question   Does a feed-forward network do as well as the one-step LSTM, and does that depend on its size or its epochs?
Source     alphabet tutorial, remarks that the naive and the window network are used like multilayer perceptrons
Shapes     x [23 samples, 1 time step, 3 features] float32, flattened to [23, 3] · y [23] letter index
Look at    the grid of hidden sizes: are all 23 answers right with more units, or with more epochs?
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.window(datasets.alphabet.pairs(settings.length)),
    model=lambda settings: models.mlp_classifier(settings.hidden, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
