"""0172 · Alphabet, padding: is a zero an empty place, or the letter A?

Question   With codes from 0, padding and the letter A are equal. Do codes 1 to 26, or a mask, separate them?
Source     alphabet tutorial, readers' objection to padding with 0
Shapes     x [1000 samples, 5 time steps, 1 feature] float32, left-padded · y [1000] letter index
Look at    `told_apart`: how many runs have an input that no other run has; 0173, where the answer is the letter that
           the padding can hide; and 0176, where nearly all runs are learnt
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def padded(runs, settings):
    """Runs of letters, padded on the left; the letter A has the code `offset`."""
    return framing.padded(runs, steps=settings.longest, offset=settings.offset)


def drawn(settings, rng):
    return padded(datasets.alphabet.random_runs(settings.samples, rng, settings.longest), settings)


def newly_drawn(settings, rng):
    return drawn(settings.replace(samples=settings.fresh), rng)


def from_a_or_b(settings, rng):
    return padded(datasets.alphabet.short_runs("AB", settings.longest), settings)


def told_apart(asked):
    """How many runs have an input that no other run has. Training does not change it, nor a mask."""
    values = asked.framed.codec.encode(datasets.alphabet.every_run(asked.settings.longest).inputs)
    seen = [tuple(row) for row in values.tolist()]
    return {"told_apart": probes.Measure((sum(seen.count(row) == 1 for row in seen), len(seen)))}


experiment = Experiment(
    __file__,
    data=drawn,
    model=lambda settings: models.lstm_classifier(
        settings.units, 26, mask=0.0 if settings.mask else None, learning_rate=settings.learning_rate
    ),
    order=schedule.shuffled(),
    ask=[
        probes.in_order(),
        probes.on("fresh", newly_drawn),
        probes.on("from_A_or_B", from_a_or_b),
        told_apart,
    ],
)

if __name__ == "__main__":
    main(experiment)
