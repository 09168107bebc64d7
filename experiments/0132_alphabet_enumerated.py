"""0132 · Alphabet, enumerated: what can a network without carried state say after "any three letters"?

Question   Trained on three letters in, does the network answer any three letters, and can it say the whole alphabet?
Source     alphabet tutorial, remarks after the three-character time steps; and its section on state within a batch
Shapes     x [23 samples, 3 time steps, 1 feature] float32 · y [23] letter index; in `one_batch` x [25, 1, 1]
Look at    the walk from ABC, which feeds the answers back; and `any_letters`, read as the source's sentence says it
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def any_letters(settings, rng):
    """Random letters, as many as the network takes; the answer is the letter after the last one."""
    letters = rng.integers(25, size=(settings.asked, settings.length)).astype(np.int32)
    return framing.time_steps(datasets.Pairs(letters, letters[:, -1] + 1, datasets.alphabet.pairs().symbols))


def walks(asked):
    """Fed its own answers, from the first letters that it was trained on and from A alone: does it get to Z?"""
    length, symbols = asked.settings.length, datasets.alphabet.pairs().symbols
    said = probes.walk(symbols[:length], steps=26 - length, name="walk")(asked) | probes.walk("A")(asked)
    whole = {"enumerates": said["walk"], "enumerates_from_A": said["walk_A"]}
    ends = {
        name: int(measure.value.stored == "".join(symbols)[-len(measure.value.stored) :])
        for name, measure in whole.items()
    }
    return said | {name: probes.Measure((right, 1)) for name, right in ends.items()}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.alphabet.pairs(settings.length)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.on("any_letters", any_letters), walks],
    variants={"one_batch": {"order": schedule.in_batches()}},
)

if __name__ == "__main__":
    main(experiment)
