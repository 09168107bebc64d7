"""0232 · Echo without context, in detail: which slots are given the value before?

Question   0230 fails. Which change helps: other slots, or a second time step? (0234: a gradient through time)
Source     echo tutorial, its explanation of the beginner's mistake; a reader's doubt about it
Shapes     x [24 samples a sequence, 1 or 2 time steps, 100 features] one-hot · y the value before the row's last
Look at    `reachable`: how many answers are among the inputs of their slot; and the right answers where the state holds
           one row (`after_one_row`) or more (`after_more_rows`): without a gradient through time few of the latter
           are learnt
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, inspecting, main, models, probes, schedule
from lstm_lab.probes import Measure


def rows(settings, rng, values=None):
    """The rows of 0230, with `steps` values each and one row every `every` steps; of given values, or of fresh ones."""
    sizes = {"lag": 1, "first": 1, "context": settings.steps, "every": settings.every}
    if values is not None:
        return framing.time_steps(datasets.echo.pairs(values, classes=values.size, **sizes))
    sizes |= {"sequences": settings.sequences, "length": settings.length}
    return framing.time_steps(datasets.echo.fresh(settings.epochs, rng, **sizes), coding="one_hot")


def reachable(asked):
    """How many answers are among the inputs of their slot since its last reset, including the row itself."""
    settings = asked.settings
    numbered = np.arange(settings.sequences * settings.length).reshape(settings.sequences, settings.length)
    samples = rows(settings, None, numbered)
    plan = asked.order.schedule(samples, 1, settings.batch_size)
    found = inspecting.judged(samples.inputs[:, :, 0], samples.targets, plan)
    return {"reachable": Measure((found.targets - found.counts["never"], samples.samples))}


def by_age(asked):
    """Right answers where the state holds one row before the current one, and where it holds more."""
    new = asked.redraw(asked.settings.replace(epochs=100))
    plan = schedule.evaluation(asked.order, new, asked.settings.batch_size)
    right = (probes.answer(asked, new) == new.targets)[plan.batches]
    age = {"after_one_row": plan.since_reset == 1, "after_more_rows": plan.since_reset > 1}
    parts = {name: right[places] for name, places in age.items() if places.any()}
    return {name: Measure((int(r.sum()), r.size), r.size / new.target_codec.classes) for name, r in parts.items()}


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, stateful=settings.carry),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch", slots=settings.slots),
    ask=[probes.fresh_sequences(100, "many_sequences"), reachable, by_age, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
