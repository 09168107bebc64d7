"""0150 · Alphabet, stateful: one letter in, the next letter out.

Question   Can state that is carried from sample to sample replace a longer window?
Source     alphabet tutorial, section on the stateful network
Shapes     x [25 samples, 1 time step, 1 feature] float32 · y [25] letter index
Look at    the walk from A; the answers to K from a zero state; and the answer to K after A to J
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def network(kind):
    return lambda settings: models.lstm_classifier(settings.units, classes=26, kind=kind, stateful=settings.carry)


gru, simple_rnn = {"model": network("GRU")}, {"model": network("SimpleRNN")}

experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.alphabet.pairs(length=1)),
    model=network("LSTM"),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch"),
    ask=[probes.in_order(), probes.walk("A"), probes.cold_start("K", steps=5), probes.warmed_up("A…J", "K")],
    variants={
        "gru": gru,
        "gru_no_carried_state": gru,
        "simple_rnn": simple_rnn,
        "simple_rnn_no_carried_state": simple_rnn,
    },
)

if __name__ == "__main__":
    main(experiment)
