"""0348 · Memory: 0 → 1 and 0 → 2 in one stateless batch.

Question   A batch has two samples with the same input and different answers: why does training not converge?
Source     memory tutorial, a reader's smallest example
Shapes     x [2 samples, 1 time step, 3 features] one-hot · y [2] symbol index
Look at    the outputs for the two samples: they are equal to the last bit, so at most one of two answers can be right
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def same_outputs(asked):
    """How many outputs are equal to the last bit for the two samples of one stateless batch."""
    (first, second), _ = asked.predictor(asked.framed.inputs, None)
    return {"same_outputs": Measure((int(np.equal(first, second).sum()), len(first)))}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.memory.pairs([(0, 1), (0, 2)]), coding="one_hot"),
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=3, stateful=settings.carry, activation="sigmoid"
    ),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch"),
    ask=[probes.in_order(), same_outputs, probes.kernel_unmoved(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
