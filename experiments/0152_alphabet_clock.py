"""0152 · Alphabet, clock: does the stateful network read its letters or count them?

Question   The stateful network says the alphabet from A to Z. Does its answer depend on the letter, or on the place?
Source     alphabet tutorial, a reader who asks if the answer is B whatever is fed; another's run on random letters
Shapes     x [letters of all runs, 1 time step, 1 feature] float32 · y letter index; state is reset before each run
Look at    `blind`, which never sees a letter and says the alphabet all the same; and the variants that cure it
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def runs(settings, rng):
    """`runs` times the end of the text from its first letter, or from a random one; `blind`: all inputs are A."""
    whole = datasets.alphabet.pairs(1, settings.text)
    first = rng.integers(len(whole), size=settings.runs) if settings.random_starts else np.zeros(settings.runs, int)
    rows = np.concatenate([np.arange(start, len(whole)) for start in first])
    rows = rng.permutation(rows) if settings.random_order else rows
    starts = np.isin(np.arange(len(rows)), np.cumsum([0, *(len(whole) - first)]))
    starts |= np.arange(len(rows)) % (settings.reset_every or len(rows)) == 0
    inputs = whole.inputs[rows] * (not settings.blind)
    pairs = replace(whole, inputs=inputs, targets=whole.targets[rows], starts=starts)
    return framing.time_steps(pairs, coding=settings.coding)


def clock(asked):
    """Each letter from a zero state; and random letters with carried state: which does the answer follow?"""
    whole = datasets.alphabet.pairs(1, asked.settings.text)
    follows = np.zeros((whole.classes, whole.classes), bool)
    follows[whole.inputs[:, 0], whole.targets] = True
    letters = np.flatnonzero(follows.any(axis=1))
    cold = asked.predictor(letters[:, None, None].astype(np.int32), None)[0].argmax(-1)
    fed, state, said = asked.rng.choice(letters, (40, len(whole))).astype(np.int32), None, []
    for given in fed.T:
        outputs, state = asked.predictor(given[:, None, None], state)
        said.append(outputs.argmax(-1))
    said = np.stack(said, axis=1)
    right = {
        "cold_says_second": cold == whole.targets[0],
        "cold_successor": follows[letters, cold],
        "fed_random_place": said == whole.targets,
        "fed_random_successor": follows[fed, said],
    }
    return {name: Measure((int(r.sum()), r.size), chance=r.size / whole.classes) for name, r in right.items()}


experiment = Experiment(
    __file__,
    data=runs,
    model=lambda settings: models.lstm_classifier(settings.units, len(set(settings.text)), stateful=True),
    order=schedule.in_sequence(reset="sequence"),
    ask=[probes.in_order(), clock],
)

if __name__ == "__main__":
    main(experiment)
