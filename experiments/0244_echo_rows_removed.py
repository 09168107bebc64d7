"""0244 · Echo with context: which rows does the source remove?

Question   Do all the rows that the source removes lack a value?
Source     echo tutorial, its table of incomplete rows, and its code that drops the first five
Shapes     25 integers → 26 rows of 5 values and a target, as a table with gaps
Look at    row 4 (counted from 0), which is removed although it is complete
"""

import numpy as np

from lstm_lab import Lesson, datasets, main
from lstm_lab.datasets import BLANK


def table(settings, rng):
    """All rows of a sequence, t = 0 … its length: inputs [rows, steps] and whether the target is known [rows]."""
    drawn = datasets.echo.draw(1, rng, settings.length)[0]
    rows = datasets.echo.pairs(drawn, lag=settings.lag, context=settings.steps, first=0, last=settings.length)
    known = np.ones(len(rows), bool) if rows.loss_mask is None else rows.loss_mask
    return rows.inputs, rows.targets, known


def removed(settings):
    """The numbers of the rows that the source removes: the first five, and the one after the last value."""
    return [*range(settings.steps), settings.length]


def show(settings):
    inputs, targets, known = table(settings, np.random.default_rng(0))
    for t in (*range(settings.steps + 1), settings.length):
        row = " ".join(f"{'·' if value == BLANK else value:>3}" for value in inputs[t])
        gone = "   removed" if t in removed(settings) else ""
        yield f"t = {t:<3} {row}  → {targets[t] if known[t] else '·':>3}{gone}"


def measures(settings, rng):
    inputs, _targets, known = table(settings, rng)
    lacking = (inputs == BLANK).any(axis=1) | ~known
    gone = removed(settings)
    kept = [t for t in range(len(inputs)) if t not in gone]
    return {
        "removed_that_lack_a_value": (int(lacking[gone].sum()), len(gone)),
        "kept_complete": (int((~lacking[kept]).sum()), len(kept)),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
