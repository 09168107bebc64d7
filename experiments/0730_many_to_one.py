"""0730 · Many-to-one: a sequence in, one answer.

Question   Does a network that answers once, after the last step, remember the first one?
Source     book, chapter 5, many-to-one model
Shapes     x [samples, 6 time steps, 4 symbols] one-hot · y [samples] the symbol of the first step
Look at    the control that is given the last step only: it cannot do better than guessing
"""

from lstm_lab import Experiment, Framed, datasets, framing, main, models, probes, schedule


def sequences(settings, rng):
    """Random sequences; the target is the symbol of the first step."""
    sizes = {"sequences": settings.samples, "length": settings.length, "classes": settings.symbols}
    pairs = datasets.echo.fresh(1, rng, lag=settings.length - 1, first=0, **sizes)
    if settings.seen > settings.length:
        raise ValueError(f"seen is {settings.seen}: the sequences have {settings.length} steps, use that or fewer")
    whole = framing.sequences(pairs, coding="one_hot")
    return Framed(whole.inputs[:, -settings.seen :], whole.targets[:, -1], whole.codec, whole.target_codec)


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.symbols, learning_rate=settings.learning_rate
    ),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.on("recalled", lambda settings, rng: sequences(settings.replace(samples=500), rng))],
)

if __name__ == "__main__":
    main(experiment)
