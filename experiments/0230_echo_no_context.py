"""0230 · Echo the value before, one value at a time.

Question   Can state carried from batch to batch replace the context that a sample lacks?
Source     echo tutorial, section on echoing a lag without context
Shapes     x [24 samples, 1 time step, 100 features] one-hot · y [24] the value before; batches of 6, in order
Look at    which values each slot of the batch is given: the value six rows earlier, but not the one before (see 0232)
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def network(kind):
    return lambda settings: models.lstm_classifier(settings.units, classes=100, kind=kind, stateful=True)


gru, simple_rnn = {"model": network("GRU")}, {"model": network("SimpleRNN")}

experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(
        datasets.echo.fresh(settings.epochs, rng, lag=settings.lag), coding="one_hot"
    ),
    model=network("LSTM"),
    order=schedule.in_sequence(reset="epoch"),
    ask=[probes.fresh_sequences(1, "one_sequence"), probes.fresh_sequences(100, "many_sequences"), probes.final_loss()],
    variants={
        "gru": gru,
        "gru_value_itself": gru,
        "simple_rnn": simple_rnn,
        "simple_rnn_value_itself": simple_rnn,
    },
)

if __name__ == "__main__":
    main(experiment)
