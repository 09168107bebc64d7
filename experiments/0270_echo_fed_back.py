"""0270 · Echo, its own answers as input: a random sequence cannot be predicted.

Question   Does a network that has learnt the echo predict the next values if it is given its own answers?
Source     echo tutorial, a reader who gives predictions back as input and gets "a vicious cycle"
Shapes     x [20 samples, 5 time steps, 100 features] one-hot · y [20] the last value but one; then its own answers
Look at    `next_numbers`, which stays at chance; and `cycle`: the network repeats the last two numbers again and again
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


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100),
    order=schedule.in_batches(),
    ask=[fed_back, probes.fresh_sequences(100, "many_sequences")],
)

if __name__ == "__main__":
    main(experiment)
