"""0260 · Echo in use: trained with time steps, given one number at a time.

Question   Can a trained network echo a long stream, one number at a time, if its state is never reset?
Source     echo tutorial, a reader's "crucial question" about an echo in production
Shapes     trained on x [20, 5 time steps, 100] or [5, 25 time steps, 100] one-hot; used on one number at a time
Look at    the first numbers of the stream beside the last: does the network still echo after thousands of numbers?
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.models.server import serve
from lstm_lab.probes import Measure


def rows(settings, rng):
    """Rows of five steps as in 0240, or whole sequences with an answer at every step."""
    if settings.whole:
        pairs = datasets.echo.fresh(settings.epochs, rng, sequences=settings.batch_size, first=0)
        return framing.sequences(pairs, coding="one_hot")
    return framing.time_steps(datasets.echo.tutorial_rows(settings.epochs, rng), coding="one_hot")


def served(asked):
    """Right answers on one long stream: at its start, in all of it, at its end; and with a reset before each number."""
    stream = datasets.echo.draw(1, asked.rng, asked.settings.stream)[0]
    server = serve(asked.architecture, asked.trained.weights, asked.framed.codec)
    answers = np.array(list(server.each(stream)))
    right = answers[1:] == stream[:-1]
    forgetful = [answer for number in stream for answer in [server.reset(), server(number)][1:]]
    parts = {"first_24": right[:24], "whole_stream": right, "last_1000": right[-1000:]}
    parts["state_dropped"] = np.array(forgetful)[1:] == stream[:-1]
    classes, shown = (
        asked.framed.target_codec.classes,
        [f"{n} → {a}" for n, a in zip(stream[:24], answers, strict=False)],
    )
    return {
        f"served_{name}": Measure((int(r.sum()), r.size), r.size / classes, lines=shown if name == "first_24" else [])
        for name, r in parts.items()
    }


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=100, stateful=settings.reset != "batch", return_sequences=settings.whole
    ),
    order=lambda settings: schedule.in_sequence(reset=settings.reset),
    ask=[probes.fresh_sequences(40, "many_sequences"), served],
)

if __name__ == "__main__":
    main(experiment)
