"""0114 · Alphabet, feed-forward: is a stateless LSTM with batches of one a feed-forward network?

Question   Do the answers of a stateless LSTM depend on its recurrent kernel and its forget gate?
Source     alphabet tutorial, a reader's question whether a stateless LSTM with batch size 1 is a feed-forward net
Shapes     x [25 samples, 1 time step, 1 feature] float32 · y [25] letter index; in `three_steps` x [23, 3, 1]
Look at    how many answers stay the same when the recurrent kernel and the forget gate's weights become random numbers
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.models.predictor import Predictor


def without_recurrence(asked):
    """How many samples get the same outputs, to the last bit, with a random recurrent kernel and forget gate."""
    kernel, recurrent, bias, *head = (array.copy() for array in asked.trained.weights)
    forget = slice(asked.settings.units, 2 * asked.settings.units)
    for part in (recurrent, kernel[:, forget], bias[forget]):
        part[...] = asked.rng.normal(size=part.shape)
    changed = Predictor(asked.architecture, [kernel, recurrent, bias, *head], asked.framed.codec)
    before, after = (ask(asked.framed.inputs, None)[0] for ask in (asked.predictor, changed))
    return {"without_recurrence": probes.Measure((int((before == after).all(axis=-1).sum()), len(before)))}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.alphabet.pairs(settings.length)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), without_recurrence, probes.kernel_unmoved()],
)

if __name__ == "__main__":
    main(experiment)
