"""0212 · Echo, encode: the hand-written coding beside Keras' own function.

Question   Does Keras' `to_categorical` give the same one-hot rows as code written by hand?
Source     echo tutorial, a reader's question on the coding
Shapes     25 integers in 0 … 99 → one-hot [25, 100], twice
Look at    the last line: without `num_classes` the function makes as many columns as the largest value needs
"""

import numpy as np

from lstm_lab import Lesson, main
from lstm_lab.datasets import echo


def rows(settings, rng):
    """Integers, their rows by hand, by Keras, and by Keras without the number of classes."""
    from lstm_lab.trainers.backend import keras

    to_categorical = keras.utils.to_categorical
    drawn = echo.draw(1, rng, settings.length, settings.classes)[0]
    return drawn, echo.one_hot(drawn, settings.classes), to_categorical(drawn, settings.classes), to_categorical(drawn)


def show(settings):
    drawn, ours, theirs, without = rows(settings, np.random.default_rng(0))
    return [
        f"drawn              {drawn.tolist()}",
        f"by hand            {ours.shape[0]} rows of {ours.shape[1]} numbers",
        f"to_categorical     {theirs.shape[0]} rows of {theirs.shape[1]} numbers",
        f"without a number   {without.shape[0]} rows of {without.shape[1]} numbers: the largest value is {drawn.max()}",
    ]


def measures(settings, rng):
    _drawn, ours, theirs, without = rows(settings, rng)
    return {
        "same_entries": (int((ours == theirs).sum()), ours.size),
        "columns_without_a_number": (without.shape[1], settings.classes),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
