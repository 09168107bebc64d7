"""0544 · Cutting long sequences: at the start, at the end, or not at all.

Question   Can long sequences be cut without a loss, and on which side, if the answer depends on one end of them?
Source     book, chapter on preparing data, section on sequence truncation
Shapes     x [samples, 12 time steps, 4 symbols] one-hot, or cut to [samples, 4, 4] · y [samples] one symbol
Look at    the default, which removes the first steps, for an answer that depends on the start
"""

import numpy as np

from lstm_lab import Experiment, Framed, framing, main, models, preparing, probes, schedule


def sequences(settings, rng):
    """Random sequences; the answer is the second symbol, from the start or from the end."""
    codes = rng.integers(0, settings.symbols, size=(settings.samples, settings.length)).astype(np.int32)
    targets = codes[:, 1 if settings.about == "start" else -2]
    if settings.cut != "none":
        codes = preparing.pad(codes, settings.kept, cut=settings.cut)
    codec = framing.Codec(tuple("ABCDEFGH"[: settings.symbols]), "one_hot")
    return Framed(codes[:, :, None], targets, codec, codec)


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.symbols, learning_rate=settings.learning_rate
    ),
    order=schedule.shuffled(),
    ask=[
        probes.in_order(),
        probes.on("fresh", lambda settings, rng: sequences(settings.replace(samples=500), rng)),
        probes.epochs_to_learn(),
    ],
)

if __name__ == "__main__":
    main(experiment)
