"""0270 · Echo, its own answers as input: a random sequence cannot be predicted.

Question   Does a network that has learnt the echo predict the next values if it is given its own answers?
Source     echo tutorial, a reader who gives predictions back as input and gets "a vicious cycle"
Shapes     x [20 samples, 5 time steps, 100 features] one-hot · y [20] the last value but one; then its own answers
Look at    `next_numbers`, which stays at chance; `cycle`: the network repeats the last two numbers again and again;
           and `answers_of_each_pass`: the reader's loop loses five numbers in each pass
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def rows(settings, rng):
    """The rows of 0250."""
    return framing.time_steps(datasets.echo.tutorial_rows(settings.epochs, rng), coding="one_hot")


def fed_back(asked):
    """Five values of 100 fresh sequences, then twenty answers, each one the network's next input."""
    drawn = datasets.echo.draw(100, asked.rng)
    said = drawn[:, :5]
    for _ in range(20):
        probabilities, _state = asked.predictor(np.ascontiguousarray(said[:, -5:, None]), None)
        said = np.concatenate([said, probabilities.argmax(-1)[:, None].astype(np.int32)], axis=1)
    following, cycle = said[:, 5:] == drawn[:, 5:], said[:, 5:] == np.tile(drawn[:, 3:5], 10)
    parts, classes = {"next_numbers": following, "cycle": cycle}, asked.framed.target_codec.classes
    return {name: Measure((int(right.sum()), right.size), right.size / classes) for name, right in parts.items()}


def in_a_loop(asked):
    """A reader's loop: the answers on a sequence become the next sequence, until it is too short for a row."""
    drawn = datasets.echo.draw(100, asked.rng)
    values, lengths, known = drawn, [], []
    while values.shape[1] > 5:  # the first row ends at t = 5
        inputs = np.lib.stride_tricks.sliding_window_view(values[:, 1:], 5, axis=1).reshape(-1, 5, 1)
        probabilities, _state = asked.predictor(np.ascontiguousarray(inputs), None)
        values = probabilities.argmax(-1).reshape(len(drawn), -1)
        lengths.append(str(values.shape[1]))
        known.append((values[:, :, None] == drawn[:, None]).any(axis=2))
    old = np.concatenate(known, axis=1)
    return {"answers_of_each_pass": Measure("-".join(lengths)), "known_numbers": Measure((int(old.sum()), old.size))}


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100),
    order=schedule.in_batches(),
    ask=[fed_back, in_a_loop, probes.fresh_sequences(100, "many_sequences")],
)

if __name__ == "__main__":
    main(experiment)
