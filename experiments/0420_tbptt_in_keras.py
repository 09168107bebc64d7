"""0420 · Keras' own truncated BPTT: k1 = k2 = the time steps of a sample, and nothing else.

Question   Which of the forms can Keras do, and does carried state bring any gradient with it?
Source     book, chapter 2, Keras implementation of TBPTT
Shapes     x [1 sequence, 8 time steps, 8 symbols] one-hot, whole or as 2 pieces of 4 steps · y [1, 8] symbol index
Look at    symbols that occur in the first piece only: what the second piece's error does to their rows of the kernel
"""

import numpy as np

from lstm_lab import Lesson, framing, main, models, schedule
from lstm_lab.datasets import Pairs
from lstm_lab.framing.framings import split


def sequence(settings, rng, second_half_only=False):
    """One sequence, its first half of the first symbols and its second half of the others; random answers."""
    half, symbols = settings.steps // 2, settings.symbols // 2
    inputs = rng.integers(symbols, size=settings.steps) + symbols * (np.arange(settings.steps) >= half)
    targets = rng.integers(settings.symbols, size=settings.steps)
    known = np.arange(settings.steps) >= (half if second_half_only else 0)
    names = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: settings.symbols])
    pairs = Pairs(inputs[:, None].astype(np.int32), targets.astype(np.int32), names, known, per_sequence=settings.steps)
    return framing.sequences(pairs, coding="one_hot")


def moved(settings, framed, trainer, k1=None, k2=None, carry=False):
    """How far plain gradient descent with a rate of 1 moves each weight in one pass: the summed gradients."""
    network = models.lstm_classifier(
        settings.units, settings.symbols, stateful=carry, return_sequences=True, optimizer=models.SGD(1.0)
    )
    start = network.initial_weights(framed.steps, framed.features, np.random.default_rng(settings.weights))
    order = schedule.in_sequence(reset="epoch" if carry else "batch")
    after = trainer.train(network, framed, order.schedule(framed, epochs=1, k1=k1, k2=k2), start).weights
    return [a - b for a, b in zip(after, start, strict=True)]


def same(one, other):
    close = [np.isclose(a, b, rtol=1e-4, atol=1e-6) for a, b in zip(one, other, strict=True)]
    return int(sum(c.sum() for c in close)), sum(c.size for c in close)


def measures(settings, rng):
    from lstm_lab.trainers import compiled, keras

    n, half, early = settings.steps, settings.steps // 2, slice(settings.symbols // 2)
    whole, late = sequence(settings, rng), sequence(settings, rng, second_half_only=True)
    carried = moved(settings, split(whole, half), keras, carry=True)
    on_keras, spanning = moved(settings, split(late, half), keras, carry=True), moved(settings, late, compiled, half, n)
    return {
        "whole_is_tbptt_n_n": same(moved(settings, whole, keras), moved(settings, whole, compiled, n, n)),
        "pieces_are_tbptt_k_k": same(carried, moved(settings, whole, compiled, half, half)),
        "pieces_are_tbptt_k_n": same(carried, moved(settings, whole, compiled, half, n)),
        "pieces_are_without_state": same(carried, moved(settings, split(whole, half), keras)),
        "first_piece_unmoved_in_keras": (int((on_keras[0][early] == 0).sum()), on_keras[0][early].size),
        "first_piece_unmoved_by_tbptt_k_n": (int((spanning[0][early] == 0).sum()), spanning[0][early].size),
    }


FORMS = (
    "TBPTT(n, n): in Keras, whole sequences as samples",
    "TBPTT(k, k): in Keras, pieces of k steps in order, stateful=True",
    "any other k1, k2: not with Keras' fit, where a sample's time steps are both",
)
lesson = Lesson(__file__, show=lambda settings: FORMS, measures=measures)

if __name__ == "__main__":
    main(lesson)
