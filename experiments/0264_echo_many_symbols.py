"""0264 · Echo with very many symbols: an embedding instead of one-hot rows.

Question   Does the echo still work with one thousand or three thousand different integers?
Source     echo tutorial, a reader's question on an extremely large number of unique values
Shapes     x [samples, 5 time steps] codes → Embedding → [samples, 5, width] · y [samples] the last value but one
Look at    how often each symbol occurs in training: the network must learn the echo of each symbol separately
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng):
    """Rows of five values. Every epoch has `sequences` fresh sequences of 25 values, and each of them 21 rows."""
    sizes = {"sequences": settings.sequences, "classes": settings.classes, "context": 5, "unreachable": "refused"}
    pairs = datasets.echo.fresh(settings.epochs, rng, **sizes)
    return framing.time_steps(pairs, coding="embedding" if settings.width else "one_hot")


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.classes, embedding=settings.width or None, learning_rate=settings.learning_rate
    ),
    order=schedule.in_batches(),
    ask=[
        probes.on("many_sequences", lambda settings, rng: rows(settings.replace(epochs=1, sequences=40), rng)),
        probes.final_loss(),
    ],
)

if __name__ == "__main__":
    main(experiment)
