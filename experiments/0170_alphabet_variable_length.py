"""0170 · Alphabet, variable length: one to five letters in, the next one out.

Question   Does a stateless network learn from random runs of one to five letters which letter follows a run?
Source     alphabet tutorial, section on variable-length input
Shapes     x [1000 samples, 5 time steps, 1 feature] float32, left zero-padded · y [1000] letter index
Look at    fresh runs (only 114 different runs exist, so a thousand draws contain nearly all of them); and the walk, in
           which the network is given its own answers
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def runs(settings, rng):
    """Random runs of the alphabet, padded on the left."""
    drawn = datasets.alphabet.random_runs(settings.samples, rng, longest=settings.longest, wrap=settings.wrap)
    return framing.padded(drawn, steps=settings.longest)


def fresh_runs(settings, rng):
    return runs(settings.replace(samples=1000), rng)


experiment = Experiment(
    __file__,
    data=runs,
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.on("fresh", fresh_runs), probes.walk("A")],
)

if __name__ == "__main__":
    main(experiment)
