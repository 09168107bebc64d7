"""0266 · Echo your own numbers: integers from a CSV file.

Question   How do your own numbers replace the random ones, and what does the network then learn?
Source     echo tutorial, a reader whose numbers are in a CSV file
Shapes     a file of n integers → x [rows, 5 time steps, classes] one-hot · y [rows] the value `lag` steps earlier
Look at    the last fifth of the file, which is not trained on; a value that occurs only there cannot be learnt

Your own file: --data numbers.csv, with one integer on each line; --set column=NAME chooses one of several columns.
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def parts(settings):
    """The rows for training, from the first four fifths of the file, and the rows for the test."""
    file = settings.content_of("data")
    values = datasets.echo.read_integers(file, settings.most or None, settings.column or None)
    least = 5 * max(settings.steps, settings.lag + 1) - 4  # so many that the last fifth still has one row
    if len(values) < least:
        raise ValueError(
            f"{file.path.name} has {len(values)} numbers: "
            f"lag {settings.lag} and {settings.steps} steps need {least} or more"
        )
    sizes = {"lag": settings.lag, "context": settings.steps, "classes": max(int(values.max()) + 1, 2)}
    cut = len(values) * 4 // 5
    rows = [datasets.echo.pairs(part, unreachable="refused", **sizes) for part in (values[:cut], values[cut:])]
    return [framing.time_steps(pairs, coding="one_hot") for pairs in rows]


def classes(settings):
    return parts(settings)[0].target_codec.classes


experiment = Experiment(
    __file__,
    data=lambda settings, rng: parts(settings)[0],
    model=lambda settings: models.lstm_classifier(settings.units, classes(settings)),
    order=schedule.shuffled(),
    ask=[probes.on("held_out", lambda settings, rng: parts(settings)[1]), probes.in_order("trained_on")],
)

if __name__ == "__main__":
    main(experiment)
