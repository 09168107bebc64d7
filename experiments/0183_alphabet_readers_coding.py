"""0183 · Alphabet, a reader's coding: 50 % on aaaabbbccd and on ababab?

Question   Why does a reader's run of the network of variable-length input get no more than half of the answers right?
Source     alphabet tutorial, a reader's two repetitive texts; and the coding that he names as his mistake
Shapes     x [1000 samples, 5 time steps, 1 feature] float32, left zero-padded · y [1000] letter index
Look at    `best_possible`: what the framing allows; and `own_coding`, where each letter's code is its last place
"""

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def runs(settings, rng):
    """Random runs of the text; coded over its distinct letters, or by the last place of a letter in the text."""
    text = settings.text * settings.repeats
    drawn = datasets.alphabet.random_runs(settings.samples, rng, settings.longest, text)
    if settings.last_place:  # what a dictionary of letter → place holds if the text repeats letters
        places = np.array([text.rindex(symbol) for symbol in drawn.symbols] + [datasets.BLANK], np.int32)
        drawn = replace(drawn, inputs=places[drawn.inputs], targets=places[drawn.targets], symbols=tuple(text))
    return framing.padded(drawn, steps=settings.longest)


def best_possible(asked):
    """The most right answers on the training runs: each input gets its commonest target."""
    seen = defaultdict(Counter)
    values = asked.framed.x()
    for row, target in zip(values, asked.framed.targets.tolist(), strict=True):
        seen[bytes(row)][target] += 1
    best = sum(counter.most_common(1)[0][1] for counter in seen.values())
    return {"best_possible": probes.Measure((best, asked.framed.samples))}


experiment = Experiment(
    __file__,
    data=runs,
    model=lambda settings: models.lstm_classifier(
        settings.units, len(settings.text * settings.repeats) if settings.last_place else len(set(settings.text))
    ),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.fresh_sequences(), best_possible, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
