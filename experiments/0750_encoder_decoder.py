"""0750 · Many-to-many of unequal length: encoder and decoder.

Question   Can one vector between an encoder and a decoder hold a sequence, and can the output have another length?
Source     book, chapter 5, many-to-many model with an encoder and a decoder
Shapes     x [samples, 5 time steps, 4 symbols] one-hot · y [samples, 3 output steps] the last three in reverse order
Look at    sequences that were not trained on; and the control whose encoder is given the last step only, which is
           one of the three symbols
"""

import numpy as np

from lstm_lab import Experiment, Framed, framing, main, models, probes, schedule


def sequences(settings, rng):
    """Random sequences and their last symbols in reverse order."""
    for name, most in (("seen", settings.length), ("outputs", settings.length), ("symbols", 8)):
        if getattr(settings, name) > most:
            raise ValueError(f"{name} is {getattr(settings, name)}: use {most} or fewer")
    codes = rng.integers(0, settings.symbols, size=(settings.samples, settings.length)).astype(np.int32)
    targets = np.ascontiguousarray(codes[:, : -settings.outputs - 1 : -1])
    codec = framing.Codec(tuple("ABCDEFGH"[: settings.symbols]), coding="one_hot")
    return Framed(codes[:, -settings.seen :, None], targets, codec, codec)


def others(settings, rng):
    """Newly drawn sequences. About two in five of them were trained on; `unseen` leaves these out."""
    return sequences(settings.replace(samples=500), rng)


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_decoder(
        settings.units, settings.symbols, settings.outputs, learning_rate=settings.learning_rate
    ),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.on("fresh", others), probes.unseen(others)],
)

if __name__ == "__main__":
    main(experiment)
