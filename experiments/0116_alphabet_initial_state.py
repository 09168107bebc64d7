"""0116 · Alphabet, initial state: zeros, or something random?

Question   Does the state before the first letter change the answers of a trained network?
Source     alphabet tutorial, a reader who thinks that a random initial state makes every prediction another one
Shapes     x [23 samples, 3 time steps, 1 feature] float32 · y [23] letter index; in `one_letter` x [25, 1, 1]
Look at    the answers from a random state of about the size that the network's own states have
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def from_other_states(asked):
    """Answers from a zero state, asked twice; and from normal states, as spread as the network's own."""
    framed = asked.framed
    first, after = asked.predictor(framed.inputs, None)
    again, _ = asked.predictor(framed.inputs, None)

    def drawn():
        return [tuple(asked.rng.normal(size=a.shape, scale=a.std()).astype(np.float32) for a in one) for one in after]

    one, other = (asked.predictor(framed.inputs, drawn())[0] for _ in range(2))
    right = {
        "same_twice": (first == again).all(axis=-1),
        "same_from_two_random_states": (one == other).all(axis=-1),
        "from_random_state": one.argmax(-1) == framed.targets,
    }
    return {name: Measure((int(r.sum()), r.size)) for name, r in right.items()}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.alphabet.pairs(settings.length)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), from_other_states],
)

if __name__ == "__main__":
    main(experiment)
