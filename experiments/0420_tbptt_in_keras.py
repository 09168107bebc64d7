"""0420 · Keras' own truncated BPTT: k1 = k2 = time steps.

Question   Which forms of truncated BPTT can Keras do, and does any gradient go back through carried state?
Source     book, chapter 2, Keras implementation of TBPTT
Shapes     x [1 sequence, 8 time steps, 8 symbols] one-hot, as a whole or as 2 pieces of 4 steps · y [1, 8] symbol index
Look at    symbols that occur in the first piece only: an error in the second piece does not change their kernel rows
"""

import numpy as np

from lstm_lab import Framed, Lesson, framing, main, models, schedule

FORMS = """TBPTT(n, n): in Keras, whole sequences as samples
TBPTT(k, k): in Keras, pieces of k steps in order, stateful=True
any other k1, k2: not with Keras' fit, where a sample's time steps are both"""


def sequence(settings, rng, asked_from=0):
    """One sequence whose halves have no symbol in common, and random targets that count from step `asked_from` on."""
    step, half = np.arange(settings.steps)[None], settings.symbols // 2
    inputs = rng.integers(half, size=step.shape) + half * (step >= settings.steps // 2)
    targets = rng.integers(settings.symbols, size=step.shape).astype(np.int32)
    codec = framing.Codec(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: settings.symbols]), "one_hot")
    return Framed(inputs[:, :, None].astype(np.int32), targets, codec, codec, loss_mask=step >= asked_from)


def moved(settings, framed, trainer, order):
    """The change of each weight in one pass of SGD with learning rate 1 (the sum of its gradients), kernel first."""
    network = models.lstm_classifier(
        settings.units, settings.symbols, stateful=order.carries, return_sequences=True, optimizer=models.SGD(1.0)
    )
    start = network.initial_weights(framed.steps, framed.features, np.random.default_rng(settings.weights))
    after = trainer.train(network, framed, order.schedule(framed, epochs=1), start).weights
    return np.concatenate([(a - b).ravel() for a, b in zip(after, start, strict=True)])


def measures(settings, rng):
    from lstm_lab.trainers import compiled, keras

    n, half, near = settings.steps, settings.steps // 2, {"rtol": 1e-4, "atol": 1e-6}
    whole, late = sequence(settings, rng), sequence(settings, rng, asked_from=half)
    drop, carry, k_n = schedule.in_batches(), schedule.in_sequence(reset="epoch"), schedule.truncated(half, n)
    pieces, dropped = (moved(settings, framing.split(whole, half), keras, order) for order in (carry, drop))
    forms = {"n_n": schedule.truncated(n, n), "k_k": schedule.truncated(half, half), "k_n": k_n}
    by_form = {name: moved(settings, whole, compiled, form) for name, form in forms.items()}
    flags = {f"pieces_are_tbptt_{name}": np.isclose(pieces, by_form[name], **near) for name in ("k_k", "k_n")}
    flags["whole_is_tbptt_n_n"] = np.isclose(moved(settings, whole, keras, drop), by_form["n_n"], **near)
    flags["pieces_are_without_state"] = np.isclose(pieces, dropped, **near)
    early = slice(settings.symbols // 2 * 4 * settings.units)  # the kernel's rows of the first piece's symbols
    flags["first_piece_unmoved_in_keras"] = moved(settings, framing.split(late, half), keras, carry)[early] == 0
    flags["first_piece_unmoved_by_tbptt_k_n"] = moved(settings, late, compiled, k_n)[early] == 0
    return {name: (int(each.sum()), each.size) for name, each in flags.items()}


lesson = Lesson(__file__, show=lambda settings: FORMS.splitlines(), measures=measures)

if __name__ == "__main__":
    main(lesson)
