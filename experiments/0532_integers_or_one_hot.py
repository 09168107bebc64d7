"""0532 · Integers or one-hot: labels with and without an order.

Question   Is one integer enough for a label that has a natural order, and too little for one that has none?
Source     book, chapter on preparing data, section on categorical data
Shapes     x [samples, 4 time steps, 1 or 7 features] labels · y the answer, as one of 7 classes or as one number
Look at    sequences that were not trained on; and answers halfway between two labels
"""

import numpy as np

from lstm_lab import Experiment, Framed, framing, main, models, probes, schedule
from lstm_lab.layers import Dense
from lstm_lab.probes import Measure

LABELS = tuple("ABCDEFG")


def answers(settings, codes):
    """With an order: the largest label of the sequence. Without: what the last-but-one label stands for."""
    if settings.order:
        return codes.max(axis=1)
    stands_for = np.array([4, 1, 6, 2, 5, 0, 3])  # any assignment without an order
    return stands_for[codes[:, -2]]


def sequences(settings, rng):
    codes = rng.integers(0, len(LABELS), size=(settings.samples, settings.steps)).astype(np.int32)
    codec = framing.Codec(LABELS, settings.inputs, scale=len(LABELS) - 1)
    y, classes = answers(settings, codes), framing.Codec(LABELS)
    if settings.outputs == "number":
        return Framed(codes[:, :, None], (y[:, None] / (len(LABELS) - 1)).astype(np.float32), codec)
    return Framed(codes[:, :, None], y.astype(np.int32), codec, classes)


def model(settings):
    head = Dense(1) if settings.outputs == "number" else Dense(len(LABELS), "softmax")
    loss = "mse" if settings.outputs == "number" else "categorical_crossentropy"
    return models.Architecture((models.LSTM(settings.units), head), False, loss, models.Adam(settings.learning_rate))


def held_out(asked):
    """Right answers on new sequences. A number is rounded to the nearest label; how many are far from every label?"""
    framed = sequences(asked.settings.replace(samples=asked.settings.held_out), asked.rng)
    said = probes.answer(asked, framed)
    if asked.settings.outputs == "classes":
        return {"held_out": probes.count(asked, framed)}
    said, wanted = said * (len(LABELS) - 1), np.rint(framed.targets * (len(LABELS) - 1))
    halfway = np.abs(said - np.rint(said)) > 0.25
    right = Measure((int((np.rint(said) == wanted).sum()), len(said)), chance=len(said) / len(LABELS))
    return {"held_out": right, "halfway": Measure((int(halfway.sum()), len(said)), chance=len(said) / 2)}


experiment = Experiment(__file__, data=sequences, model=model, order=schedule.shuffled(), ask=[held_out])

if __name__ == "__main__":
    main(experiment)
