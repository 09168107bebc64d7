"""0440 · How far the gradient reaches.

Question   How large is the gradient of the loss at t for the input k steps earlier, and does training change it?
Source     book, chapter 2, on vanishing gradients and the choice of k2
Shapes     x [samples, 21 time steps, 4 symbols] one-hot: cue, 19 fillers, question · y [samples, 21] the cue
Look at    ‖d loss(t) / d x(t − k)‖ against k: before training it falls with k; after training it rises again at the cue
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def cued(settings, rng):
    """Fresh sequences, with the cue at the beginning and the question at the end."""
    sizes = {"length": settings.lag + 1, "lag": settings.lag, "every": settings.lag + 1}
    pairs = datasets.cues.fresh(settings.epochs, rng, sequences=settings.batch_size, **sizes)
    return framing.sequences(pairs, coding="one_hot")


def curves(asked):
    """The curve before and after training: the k in `shown` as measures, and all k as lines. `opened`: the factor by
    which training raises the gradient at the cue, relative to the gradient at the filler half way to the cue."""
    fresh, lag = asked.redraw(asked.settings.replace(epochs=1)), asked.settings.lag
    measures, kept = {}, {}
    for when, weights in (("before", asked.before), ("after", asked.trained.weights)):
        curve = probes.reach_of_gradient(asked.architecture, weights, fresh)
        measures |= {f"{when}_k{k:02}": Measure(float(curve[k])) for k in asked.settings.shown}
        lines = [f"k = {k:2}  10^{np.log10(value):5.1f}" for k, value in enumerate(curve)]
        measures[f"{when}_cue_to_present"] = Measure(float(curve[lag] / curve[0]), lines=lines)
        kept[when] = curve[lag] / curve[lag // 2]
    return measures | {"opened": Measure(float(kept["after"] / kept["before"]))}


experiment = Experiment(
    __file__,
    data=cued,
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=4, return_sequences=True, learning_rate=settings.learning_rate
    ),
    order=lambda settings: schedule.truncated(settings.k1, settings.k2),
    ask=[probes.fresh_sequences(num=10), curves],
)

if __name__ == "__main__":
    main(experiment)
