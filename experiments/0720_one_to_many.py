"""0720 · One-to-many: one letter in, the next three out.

Question   Can a network answer one time step with a sequence, and does the LSTM make the output steps different?
Source     book, chapter 5, one-to-many model
Shapes     x [23 samples, 1 time step, 26 letters] one-hot · y [23, 3 output steps] letter index
Look at    the same output layer without an LSTM: all three steps get the same input, so at most one of three is right
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.models import LSTM, Dense, Flatten, RepeatVector


def model(settings):
    """An LSTM that is given the letter at every output step; or the control without an LSTM."""
    recurrence = (LSTM(settings.units, return_sequences=True),) if settings.recurrent else ()
    return models.Architecture(
        (Flatten(), RepeatVector(settings.outputs), *recurrence, Dense(26, "softmax", time_distributed=True)),
        optimizer=models.Adam(settings.learning_rate),
    )


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(
        datasets.alphabet.pairs(length=1, outputs=settings.outputs), coding="one_hot"
    ),
    model=model,
    order=schedule.shuffled(),
    ask=[probes.in_order()],
)

if __name__ == "__main__":
    main(experiment)
