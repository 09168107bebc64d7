"""0192 · Alphabet, chosen steps: answers at some of the time steps only.

Question   How are a network's answers taken at chosen time steps only, and what is learnt for the other steps?
Source     alphabet tutorial, a reader's request for the outputs at certain time steps, such as the last ones
Shapes     x [samples, 10 time steps, 8 features] one-hot · y [samples, 10] letter index, the loss on the last 3 only
Look at    `not_asked`: all steps share their weights; are the answers before the chosen steps right too?
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def letters_before(settings, rng):
    """Random letters; the answer is the letter `lag` steps earlier. The loss is on the chosen last steps only."""
    letters = rng.integers(settings.classes, size=(settings.samples, settings.steps + abs(settings.lag)))
    inputs = letters[:, max(settings.lag, 0) :][:, : settings.steps].reshape(-1, 1)
    targets = letters[:, max(-settings.lag, 0) :][:, : settings.steps].ravel()
    chosen = np.tile(np.arange(settings.steps) >= settings.steps - settings.chosen, settings.samples)
    symbols = datasets.alphabet.pairs().symbols[: settings.classes]
    pairs = datasets.Pairs(inputs, targets, symbols, chosen, per_sequence=settings.steps)
    return framing.sequences(pairs, coding="one_hot")


def nonsense_before(settings, rng):
    """The same with random letters as the targets of the steps that are not chosen."""
    framed, first = letters_before(settings, rng), settings.steps - settings.chosen
    drawn = rng.integers(settings.classes, size=(settings.samples, first))
    return replace(framed, targets=np.concatenate([drawn, framed.targets[:, first:]], axis=1))


def asked_steps(settings, rng, others=False):
    """Fresh letters, tested at the chosen steps; or at the other steps that have a letter `lag` steps before them."""
    framed, step = letters_before(settings.replace(samples=settings.fresh), rng), np.arange(settings.steps)
    mask = (step >= settings.lag) & ((step < settings.steps - settings.chosen) == others)
    return replace(framed, loss_mask=np.tile(mask, (framed.samples, 1)))


experiment = Experiment(
    __file__,
    data=letters_before,
    model=lambda settings: models.lstm_classifier(settings.units, settings.classes, return_sequences=True),
    order=schedule.shuffled(),
    ask=[
        probes.on("asked", asked_steps),
        probes.on("not_asked", lambda settings, rng: asked_steps(settings, rng, others=True)),
    ],
    variants={
        "others_random": {"data": nonsense_before},
        "others_random_in_loss": {
            "data": lambda settings, rng: replace(nonsense_before(settings, rng), loss_mask=None)
        },
        "all_chosen": {"data": lambda settings, rng: replace(letters_before(settings, rng), loss_mask=None)},
    },
)

if __name__ == "__main__":
    main(experiment)
