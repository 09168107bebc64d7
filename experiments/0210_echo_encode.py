"""0210 · Echo, encode: random integers as one-hot rows and back.

Question   Is a sequence still the same after it is encoded for the network and decoded again?
Source     echo tutorial, section on generating and encoding random sequences
Shapes     25 integers in 0 … 99 → one-hot [25, 100] → 25 integers
Look at    the decoded sequence: it equals the drawn one, because argmax finds the single 1 of each row
"""

import numpy as np

from lstm_lab import Lesson, main
from lstm_lab.datasets import echo


def sequence(settings, rng):
    """One random sequence, int [length]."""
    return echo.draw(1, rng, settings.length, settings.classes)[0]


def show(settings):
    drawn = sequence(settings, np.random.default_rng(0))
    rows = echo.one_hot(drawn, settings.classes)
    shape = f"{rows.shape[0]} rows of {rows.shape[1]} numbers"
    return [
        f"drawn    {drawn.tolist()}",
        f"encoded  {shape}, a single 1 in each",
        f"decoded  {echo.decode(rows).tolist()}",
    ]


def measures(settings, rng):
    drawn = sequence(settings, rng)
    rows = echo.one_hot(drawn, settings.classes)
    decoded, rolled = echo.decode(rows), echo.decode(np.roll(rows, 1, axis=1))
    return {
        "decoded": (int((decoded == drawn).sum()), len(drawn)),
        "decoded_one_column_off": (int((rolled == drawn).sum()), len(drawn)),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
