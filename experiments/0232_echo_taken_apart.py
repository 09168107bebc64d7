"""0232 · Echo without context, taken apart: what was missing, the value or the gradient?

Question   0230 fails. Which change to it helps: other slots, more time steps, or a gradient through time?
Source     echo tutorial, its explanation of the beginner's mistake; a reader's doubt about it
Shapes     x [24 samples a sequence, 1 or 2 time steps, 100 features] one-hot · y the value before the last;
           whole sequences for TBPTT(k1, k2): x [6 sequences, 24 time steps, 100 features] · y [6, 24]
Look at    `reachable`: how many answers a slot had been given at all; and right answers `after_one_row` of state and
           `after_more_rows`: without a gradient through time hardly any but the first are learnt
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def rows(settings, rng, values=None):
    """The rows of 0230 with `steps` time steps, `every` time step or every other; of given values, or of fresh ones."""
    sizes = {"lag": 1, "first": 1, "context": settings.steps, "every": settings.every}
    if values is not None:
        return framing.time_steps(datasets.echo.pairs(values, classes=values.size, **sizes))
    pairs = datasets.echo.fresh(settings.epochs, rng, sequences=settings.sequences, **sizes)
    return (framing.sequences if settings.whole else framing.time_steps)(pairs, coding="one_hot")


def order(settings):
    return schedule.in_sequence(reset="epoch" if settings.carry else "batch", slots=settings.slots)


def reachable(asked):
    """How many answers stood in what their slot had been fed since its last reset, itself included."""
    settings, given, right = asked.settings, [set() for _ in range(asked.settings.batch_size)], 0
    samples = rows(settings, None, np.arange(25 * settings.sequences).reshape(-1, 25))
    plan = order(settings.replace(carry=settings.carry or settings.whole)).schedule(samples, 1, settings.batch_size)
    for update, slot in np.ndindex(plan.batches.shape):
        sample = plan.batches[update, slot]
        given[slot] = set(samples.inputs[sample].ravel()) | (set() if plan.reset_before[update, slot] else given[slot])
        right += samples.targets[sample] in given[slot]
    return {"reachable": Measure((right, samples.samples))}


def by_age(asked):
    """Right answers where the state held one row before this one, and where it held more."""
    new = asked.redraw(asked.settings.replace(epochs=100))
    plan = schedule.evaluation(asked.order, new, asked.settings.batch_size)
    age = np.empty(new.samples, int)
    age[plan.batches] = plan.since_reset
    age = age[:, None] + np.arange(new.steps) if asked.settings.whole else age
    right = probes.answer(asked, new) == new.targets
    parts = {"after_one_row": right[age == 1], "after_more_rows": right[age > 1]}
    return {
        name: Measure((int(r.sum()), r.size), r.size / new.target_codec.classes) for name, r in parts.items() if r.size
    }


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=100, stateful=settings.carry, return_sequences=settings.whole
    ),
    order=order,
    ask=[probes.fresh_sequences(100, "many_sequences"), reachable, by_age, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
