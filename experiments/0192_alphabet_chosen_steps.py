"""0192 · Alphabet, chosen steps: answers at some of the time steps only.

Question   How are a network's outputs taken at chosen time steps, and what is learnt at the others?
Source     alphabet tutorial, a reader's wish for the outputs at certain time steps, such as the last ones
Shapes     x [samples, 10 time steps, 26 features one-hot] · y [samples, 10] letter index, the loss on chosen steps only
Look at    not_asked: all steps share their weights, so does what the chosen ones taught hold before them?
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def letters_before(settings, rng):
    """Random letters, at each step the letter `lag` before; only the chosen last steps are asked."""
    first = settings.steps - settings.chosen
    letters = rng.integers(settings.classes, size=(settings.samples, settings.steps + abs(settings.lag)))
    inputs = letters[:, max(settings.lag, 0) :][:, : settings.steps]
    targets = letters[:, max(-settings.lag, 0) :][:, : settings.steps].copy()
    if settings.others == "random letters":
        targets[:, :first] = rng.integers(settings.classes, size=(settings.samples, first))
    asked = np.arange(settings.steps) >= (0 if settings.all_in_loss else first)
    known = np.tile(asked, (settings.samples, 1))
    symbols = datasets.alphabet.pairs().symbols[: settings.classes]
    flat = datasets.Pairs(inputs.reshape(-1, 1), targets.ravel(), symbols, known.ravel(), per_sequence=settings.steps)
    return framing.sequences(flat, coding="one_hot")


def asked_steps(settings, rng, others=False):
    """Fresh letters, asked at the chosen steps; or at the others (but where no letter stands `lag` before)."""
    framed = letters_before(settings.replace(samples=500, others="letters", all_in_loss=False), rng)
    step = np.arange(settings.steps)
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
)

if __name__ == "__main__":
    main(experiment)
