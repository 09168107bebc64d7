"""0240 · Echo the value before, with five time steps of context.

Question   Do five time steps of context let the network learn the echo?
Source     echo tutorial, section on echoing a lag
Shapes     x [20 samples, 5 time steps, 100 features] one-hot · y [20] the last value but one; batches of 5, in order
Look at    the right answers on many fresh sequences, beside those on one sequence, as in the source
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def rows(settings, rng):
    """Rows t−4 … t of a fresh sequence, from t = 5 as in the source, although the row of t = 4 is complete too."""
    pairs = datasets.echo.tutorial_rows(
        settings.epochs, rng, steps=settings.steps, lag=settings.lag, unreachable="allowed"
    )
    return framing.time_steps(pairs, coding="one_hot")


def network(kind):
    return lambda settings: models.lstm_classifier(settings.units, classes=100, kind=kind, stateful=True)


gru, simple_rnn = {"model": network("GRU")}, {"model": network("SimpleRNN")}
experiment = Experiment(
    __file__,
    data=rows,
    model=network("LSTM"),
    order=schedule.in_sequence(reset="epoch"),
    ask=[
        probes.fresh_sequences(1, "one_sequence"),
        probes.fresh_sequences(100, "many_sequences"),
        probes.final_loss(),
        probes.epochs_to_learn(),
    ],
    variants={"gru": gru, "gru_one_step": gru, "simple_rnn": simple_rnn, "simple_rnn_one_step": simple_rnn},
)

if __name__ == "__main__":
    main(experiment)
