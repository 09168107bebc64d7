"""0555 · Years of hourly values: three ways to frame them for truncated BPTT.

Question   How much of the past can a network use with single weeks, with parallel streams, and with days as features?
Source     book, chapter on preparing data, extensions; chapter on truncated BPTT, on cutting a sequence by hand
Shapes     hours [26304] → [samples, time steps, features], three times
Look at    how far back the gradient goes, how far back the state goes, and whether the state of a slot comes from the
           hours just before it
"""

import numpy as np

from lstm_lab import Lesson, main
from lstm_lab.datasets import series

DAY, WEEK = 24, 168


def framed(settings):
    """Name → (x [samples, steps, features], what a sample is)."""
    hours = np.arange(float(settings.hours))
    days = series.folded(hours, DAY, rest="drop_first")
    return {
        "weeks": (series.pieces(hours, WEEK, rest="drop_first"), "each week a case of its own; state dropped"),
        "streams": (
            series.streams(hours, WEEK, settings.batch_size, rest="drop_first"),
            f"{settings.batch_size} stretches side by side; state carried from week to week",
        ),
        "days": (series.pieces(days, settings.days, rest="drop_first"), "a day is one time step with 24 features"),
    }


def continued(x, batch_size):
    """(How many samples start where the previous sample of their slot ended, how many could)."""
    whole = x[: len(x) // batch_size * batch_size].reshape(-1, batch_size, x.shape[1] * x.shape[2])
    follows = whole[1:, :, 0] == whole[:-1, :, -1] + 1
    return int(follows.sum()), follows.size


def show(settings):
    for name, (x, about) in framed(settings).items():
        samples, steps, features = x.shape
        hours = steps * features
        yield f"{name:8} {samples} samples × {steps} time steps × {features} features: {about}"
        yield f"{'':8} the gradient reaches back {hours} hours at most, over {steps} steps"


def measures(settings, rng):
    ways = {name: x for name, (x, _) in framed(settings).items()}
    values = {f"{name}_shape": str(x.shape) for name, x in ways.items()}
    values |= {f"{name}_hours_kept": (x.size, settings.hours) for name, x in ways.items()}
    carried = {f"{name}_state_is_its_own_past": continued(ways[name], settings.batch_size) for name in ways}
    return values | {name: carried[name] for name in carried if not name.startswith("days")}


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
