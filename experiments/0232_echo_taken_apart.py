"""0232 · Echo without context, taken apart: what was missing, the value or the gradient?

Question   0230 fails. Which change to it helps: other slots, more time steps, or a gradient through time?
Source     echo tutorial, its explanation of the beginner's mistake; a reader's doubt about it
Shapes     x [24 samples a sequence, 1 or 2 time steps, 100 features] one-hot · y the value before the last
           whole sequences for TBPTT(k1, k2): x [6 sequences, 24 time steps, 100 features] · y [6, 24]
Look at    `reachable`: how many of the answers a slot had been given at all; then how many of those were learnt
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, models, probes, schedule
from lstm_lab.probes import Measure


def framed(pairs, settings):
    """As samples of one or two time steps, or whole sequences cut up by the trainer as k1 and k2 say."""
    frame = framing.sequences if settings.whole else framing.time_steps
    return frame(pairs, coding="one_hot")


def rows(settings, rng):
    """The rows of 0230 with `steps` time steps, `every` time step or every other."""
    sizes = {"lag": 1, "first": 1, "context": settings.steps, "every": settings.every}
    return framed(datasets.echo.fresh(settings.epochs, rng, sequences=settings.sequences, **sizes), settings)


def order(settings):
    return schedule.in_sequence(reset="epoch" if settings.carry else "batch", slots=settings.slots)


def reachable(asked):
    """How many answers stood in what their slot had been fed since its last reset, itself included."""
    settings, given = asked.settings, [set() for _ in range(asked.settings.batch_size)]
    distinct = np.arange(25 * settings.sequences).reshape(-1, 25)
    sizes = {"lag": 1, "first": 1, "context": settings.steps, "every": settings.every, "classes": distinct.size}
    samples = framed(datasets.echo.pairs(distinct, **sizes), settings)
    plan = schedule.evaluation(asked.order, samples, settings.batch_size)
    fed, answers, right = samples.inputs[plan.batches, ..., 0], samples.targets[plan.batches], 0
    for update, slot in np.ndindex(plan.batches.shape):
        given[slot] = set() if plan.reset_before[update, slot] else given[slot]
        for step, answer in enumerate(np.atleast_1d(answers[update, slot])):
            given[slot] |= set(fed[update, slot, : step + 1] if settings.whole else fed[update, slot])
            right += int(answer) in given[slot]
    return {"reachable": Measure((right, answers.size))}


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=100, stateful=settings.carry, return_sequences=settings.whole
    ),
    order=order,
    ask=[probes.fresh_sequences(100, "many_sequences"), reachable, probes.final_loss()],
)

if __name__ == "__main__":
    experiment.main()
