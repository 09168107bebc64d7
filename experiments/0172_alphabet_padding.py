"""0172 · Alphabet, padding: is a zero an empty place, or the letter A?

Question   With codes from 0, padding and the letter A are equal. Do codes 1 to 26, or a mask, separate them?
Source     alphabet tutorial, readers' objection to padding with 0
Shapes     x [1000 samples, 5 time steps, 1 feature] float32, left-padded · y [1000] letter index
Look at    `told_apart`: how many runs have an input that no other run has; and 0173, where the answer is the letter
           that the padding can hide
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def padded(runs, settings, rng):
    """Runs of letters, padded on the left; the letter A has the code `offset`."""
    return framing.padded(runs, steps=settings.longest, offset=settings.offset)


def behind_random_letters(runs, settings, rng):
    return padded(datasets.alphabet.random_padding(runs, rng), settings, rng)


def told_apart(asked):
    """How many runs have an input that no other run has. Training does not change it, nor a mask, nor other padding."""
    values = asked.framed.codec.encode(datasets.alphabet.every_run(asked.settings.longest).inputs)
    seen = [tuple(row) for row in values.tolist()]
    return {"told_apart": probes.Measure((sum(seen.count(row) == 1 for row in seen), len(seen)))}


def with_runs(framed):
    """The data and the probes for runs that are framed by this function."""

    def drawn(settings, rng):
        return framed(datasets.alphabet.random_runs(settings.samples, rng, settings.longest), settings, rng)

    def from_a_or_b(settings, rng):
        return framed(datasets.alphabet.short_runs("AB", settings.longest), settings, rng)

    fresh = probes.on("fresh", lambda settings, rng: drawn(settings.replace(samples=settings.fresh), rng))
    return {"data": drawn, "ask": [probes.in_order(), fresh, probes.on("from_A_or_B", from_a_or_b), told_apart]}


experiment = Experiment(
    __file__,
    **with_runs(padded),
    model=lambda settings: models.lstm_classifier(
        settings.units, 26, mask=0.0 if settings.mask else None, learning_rate=settings.learning_rate
    ),
    order=schedule.shuffled(),
    variants={"random_letters": with_runs(behind_random_letters)},
)

if __name__ == "__main__":
    main(experiment)
