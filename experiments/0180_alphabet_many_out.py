"""0180 · Alphabet, many out: several letters in, several letters out.

Question   How does a network answer with a sequence: abcd → ef, ABC → BCD, ABC → CBA?
Source     alphabet tutorial, readers' questions on more than one letter of output
Shapes     x [samples, letters in, 1 feature] float32 · y [samples, letters out] letter index
Look at    the variants: an answer at every step cannot reverse, for it speaks before it has heard the end
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

LETTERS_OUT = {
    "continue": lambda x, outputs: x[:, -1:] + 1 + np.arange(outputs),
    "shift": lambda x, outputs: x + 1,
    "reverse": lambda x, outputs: x[:, ::-1],
}


def samples(settings, rng):
    """Letters in a row, or any letters at random, and what the task makes of them (Z is followed by A)."""
    inputs = rng.integers(26, size=(settings.samples, settings.length))
    if settings.letters == "in a row":
        inputs = np.arange(26)[:, None] + np.arange(settings.length)
    targets = LETTERS_OUT[settings.task](inputs, settings.outputs) % 26
    symbols = datasets.alphabet.pairs().symbols
    pairs = datasets.Pairs((inputs % 26).astype(np.int32), targets.astype(np.int32), symbols)
    return framing.time_steps(pairs, coding="one_hot")


def network(settings):
    """Hear everything, then speak: encoder and decoder; or speak at every step, as many letters as there are steps."""
    if settings.network == "encoder-decoder":
        return models.lstm_decoder(settings.units, classes=26, outputs=settings.outputs)
    if settings.outputs != settings.length:
        raise ValueError(f"setting outputs is {settings.outputs}: at every step means {settings.length} of them")
    return models.lstm_classifier(settings.units, classes=26, return_sequences=True)


experiment = Experiment(
    __file__,
    data=samples,
    model=network,
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.fresh_sequences(1)],
)

if __name__ == "__main__":
    main(experiment)
