"""0542 · Padding before or behind: what a network makes of the empty steps.

Question   Does a network learn to ignore padding on either side of a sequence, and does a mask help?
Source     book, chapter on preparing data, section on sequences of varied length
Shapes     x [samples, 12 time steps, 4 symbols] one-hot, padded with zeros · y [samples] one symbol of the sequence
Look at    sequences that were not trained on; a question about the end, and one about the beginning
"""

import numpy as np

from lstm_lab import Experiment, framing, main, models, probes, schedule
from lstm_lab.datasets import BLANK, Pairs


def sequences(settings, rng):
    """Random sequences of 2 to `longest` symbols; the answer is the second symbol, from the end or from the start."""
    codes = rng.integers(0, settings.symbols, size=(settings.samples, settings.longest)).astype(np.int32)
    lengths = rng.integers(2, settings.longest, size=settings.samples, endpoint=True)
    place = np.arange(settings.longest)
    second = settings.longest - 2 if settings.about == "end" else settings.longest - lengths + 1
    targets = codes[np.arange(settings.samples), second]
    codes[place < settings.longest - lengths[:, None]] = BLANK
    pairs = Pairs(codes, targets, tuple("ABCDEFGH"[: settings.symbols]))
    return framing.padded(pairs, settings.longest, settings.side, coding="one_hot")


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.symbols, mask=0.0 if settings.masked else None, learning_rate=settings.learning_rate
    ),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.on("fresh", lambda settings, rng: sequences(settings.replace(samples=500), rng))],
)

if __name__ == "__main__":
    main(experiment)
