"""0238 · Echo without context: is the answer a function of the present value alone?

Question   Does what a network of 0230 answers to a value depend on the values before it, which its state has seen?
Source     echo tutorial, its explanation of the beginner's mistake
Shapes     x [24 samples a sequence, 1 time step, 100 features] one-hot · y the value before
Look at    `unchanged`: the same values are asked again from a zero state; and the network that has learnt the echo
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def rows(settings, rng):
    """The rows of 0230: values 1 … 24, one in each row."""
    return framing.time_steps(datasets.echo.fresh(settings.epochs, rng, lag=1), coding="one_hot")


def sequences(settings, rng):
    """The same values as whole sequences, one for each slot, so that the gradient goes through all of them."""
    pairs = datasets.echo.fresh(settings.epochs, rng, sequences=settings.batch_size, lag=1, first=1)
    return framing.sequences(pairs, coding="one_hot")


def unchanged(asked):
    """Answers that stay the same from a zero state; right answers; and those to the first value of a sequence."""
    new = asked.redraw(asked.settings.replace(epochs=100))
    alone, _ = asked.predictor(new.inputs.reshape(-1, 1, 1), None)
    same = probes.answer(asked, new) == alone.argmax(-1).reshape(new.targets.shape)
    right = probes.answer(asked, new) == new.targets
    first = right[:, 0] if right.ndim == 2 else right.reshape(-1, new.per_sequence)[:, 0]
    counts = {"unchanged": same, "many_sequences": right, "first_of_sequence": first}
    chances = {"unchanged": None, "many_sequences": right.size / 100, "first_of_sequence": first.size / 100}
    return {name: Measure((int(r.sum()), r.size), chances[name]) for name, r in counts.items()}


experiment = Experiment(
    __file__,
    data=rows,
    model=lambda settings: models.lstm_classifier(settings.units, classes=100, stateful=True),
    order=lambda settings: schedule.in_sequence(reset="epoch"),
    ask=[unchanged],
    variants={
        "gradient_through_time": {
            "data": sequences,
            "model": lambda settings: models.lstm_classifier(settings.units, classes=100, return_sequences=True),
            "order": schedule.in_batches(),
        }
    },
)

if __name__ == "__main__":
    main(experiment)
