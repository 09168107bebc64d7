"""0352 · Memory: the state, seen remembering and forgetting.

Question   How much of the first symbol is in the state after every step: untrained, trained, and reset on the way?
Source     memory tutorial, what its results show; readers' question when state is reset and what that does
Shapes     x [2 sequences, p time steps, p + 1 features] one-hot · y [2, p] symbol index
Look at    curves.svg: how far apart the two sequences' states are, as a share of the distance after their first symbol
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, models, probes, schedule
from lstm_lab.forward import Predictor
from lstm_lab.probes import Measure


def walked(asked, weights, reset_at=None):
    """Through both sequences side by side: the states' distance after every step, [p], and the last answers, [2].

    They differ in their first symbol alone, so whatever keeps their states apart is memory of it."""
    codes, state, apart = asked.framed.inputs, None, []
    run = Predictor(asked.architecture, weights, asked.framed.codec)
    for step in range(asked.framed.steps):
        probabilities, state = run(codes[:, step : step + 1], None if step == reset_at else state)
        apart.append(np.linalg.norm(np.diff(np.concatenate(state[0], axis=1), axis=0)))
    return np.array(apart) / apart[0], probabilities[:, -1].argmax(axis=-1)


def memory_of_the_first_symbol(asked):
    """The three curves, and what is answered to the last symbol with and without a reset half way."""
    measures, kept, targets = {}, {}, asked.framed.targets[:, -1]
    ways = {
        "untrained": (asked.before, None),
        "trained": (asked.trained.weights, None),
        "reset": (asked.trained.weights, asked.framed.steps // 2),
    }
    for name, way in ways.items():
        apart, answers = walked(asked, *way)
        measures[f"last_{name}"] = Measure((int((answers == targets).sum()), 2), memoryless=1)
        measures |= {f"{name}_t{step + 1:02}": Measure(float(apart[step])) for step in range(asked.framed.steps)}
        kept[name] = apart[-1]
    return measures | {"kept_over_untrained": Measure(float(kept["trained"] / kept["untrained"]))}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.sequences(
        datasets.memory.pairs(datasets.memory.long_lag(settings.steps)), coding="one_hot"
    ),
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=settings.steps + 1, return_sequences=True, activation=settings.activation
    ),
    order=lambda settings: schedule.truncated(settings.form, settings.steps),
    ask=[probes.in_order(), memory_of_the_first_symbol],
)

if __name__ == "__main__":
    experiment.main()
