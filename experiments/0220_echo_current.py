"""0220 · Echo the current value: no memory needed.

Question   Can a stateless LSTM that is given one integer answer with the same integer?
Source     echo tutorial, section on echoing the current observation
Shapes     x [25 samples, 1 time step, 100 features] one-hot · y [25] the same integer; fresh in every epoch
Look at    the variant in which the target is the value before: its accuracy stays at chance
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def values(settings, rng, unreachable="refused"):
    """Rows of one value; the answer is the value `lag` rows earlier."""
    pairs = datasets.echo.fresh(settings.epochs, rng, lag=settings.lag, unreachable=unreachable)
    return framing.time_steps(pairs, coding="one_hot")


experiment = Experiment(
    __file__,
    data=values,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100),
    order=schedule.shuffled(),
    ask=[
        probes.fresh_sequences(1, "one_sequence"),
        probes.fresh_sequences(100, "many_sequences"),
        probes.final_loss(),
        probes.epochs_to_learn(),
    ],
    # A row does not hold the value before, and each batch starts from a zero state: the variant shows the effect.
    variants={"value_before": {"data": lambda settings, rng: values(settings, rng, unreachable="allowed")}},
)

if __name__ == "__main__":
    main(experiment)
