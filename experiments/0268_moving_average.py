"""0268 · Keras' old example: the mean of two numbers, given one at a time.

Question   Does carried state help if the gradient cannot go from one sample to the one before?
Source     echo tutorial, a reader who compares Keras' stateful example with its "beginner's mistake"
Shapes     x [800 samples, 1 time step, 1 feature] random · y [800, 1] the mean of that number and the one before
Look at    how much of the targets' variance is explained, beside the best straight line on the number alone: what is
           above the line comes from memory
"""

import numpy as np

from lstm_lab import Experiment, Framed, main, models, schedule
from lstm_lab.probes import Measure, answer


def numbers(settings, rng, samples=None):
    """Random numbers within ±`reach`, in order; each sample holds the last `steps` of them."""
    if settings.steps not in (1, 2):
        raise ValueError(f"steps is {settings.steps}: use 1, the number alone, or 2, with the one before it")
    drawn = rng.uniform(-settings.reach, settings.reach, (samples or settings.samples) + 1).astype(np.float32)
    means = (drawn[1:] + drawn[:-1]) / 2
    inputs = np.stack([drawn[:-1], drawn[1:]], axis=1)[:, 2 - settings.steps :, None]
    return Framed(inputs, means[:, None])


def explained(asked):
    """The share of the variance of new targets that the answers explain (1: all of it), and that of the best line."""
    new = numbers(asked.settings, asked.rng, samples=1000)
    x, y = asked.framed.inputs[:, -1, 0], asked.framed.targets[:, 0]
    line = np.polyval(np.polyfit(x, y, 1), new.inputs[:, -1, 0])
    answers, spread = answer(asked, new)[:, 0], new.targets[:, 0].var()
    return {
        "explained": Measure(float(1 - np.mean((answers - new.targets[:, 0]) ** 2) / spread)),
        "explained_by_a_line": Measure(float(1 - np.mean((line - new.targets[:, 0]) ** 2) / spread)),
    }


experiment = Experiment(
    __file__,
    data=numbers,
    model=lambda settings: models.lstm_regressor(settings.units, stateful=settings.carry),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch"),
    ask=[explained],
)

if __name__ == "__main__":
    main(experiment)
