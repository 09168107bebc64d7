"""0360 · Memory: the long-lag task of 1997, experiment 2a.

Question   Does today's LSTM remember a symbol over 99 others, as that of 1997 did? Does a plain recurrent network?
Source     Hochreiter and Schmidhuber 1997, experiment 2a, which the memory tutorial simplifies; quoted from memory
Shapes     x [2 sequences, p time steps, p + 1 features] one-hot · y [2, p] symbol index
Look at    `within_a_quarter`: in 1997 a run was a success if no output was wrong by 0.25 or more
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, layers, main, models, probes, schedule
from lstm_lab.probes import Measure


def long_lag(settings, last_only):
    """(x, a1 … a(p−1), x) and (y, a1 … a(p−1), y) as whole samples; last_only: only the last symbol is a target."""
    return framing.sequences(datasets.memory.long_lag_pairs(settings.p, last_only), coding="one_hot")


def within_a_quarter(asked):
    """How many sequences have all outputs within 0.25 of the wanted ones, at the steps that count."""
    framed = asked.framed
    outputs, _ = asked.predictor(framed.inputs, None)
    off = np.abs(outputs - np.eye(framed.target_codec.classes)[framed.targets]).max(axis=-1)
    known = np.ones(off.shape, bool) if framed.loss_mask is None else framed.loss_mask
    return {"within_a_quarter": Measure((int((np.where(known, off, 0) < 0.25).all(axis=1).sum()), len(off)))}


class SmallStart(layers.SimpleRNN):
    """A SimpleRNN whose recurrent weights start small, and not orthogonal as in Keras."""

    def initial_weights(self, shape, rng):
        kernel, recurrent, bias = super().initial_weights(shape, rng)
        return [kernel, rng.uniform(-0.2, 0.2, recurrent.shape), bias]


def plain_rnn(settings, kind=layers.SimpleRNN):
    """A plain recurrent network, as RTRL and BPTT had it in 1997, trained as the LSTM is here."""
    stack = kind(settings.units, return_sequences=True), layers.Dense(settings.p + 1, "softmax", True)
    return models.Architecture(stack, optimizer=models.Adam(settings.learning_rate))


plain, small_start = {"model": plain_rnn}, {"model": lambda settings: plain_rnn(settings, SmallStart)}
experiment = Experiment(
    __file__,
    data=lambda settings, rng: long_lag(settings, settings.learn == "last"),
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=settings.p + 1,
        return_sequences=True,
        forget_bias=float(np.log(settings.p)) if settings.open_gates else 1.0,
        learning_rate=settings.learning_rate,
    ),
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[probes.on("last", lambda settings, rng: long_lag(settings, last_only=True)), within_a_quarter],
    variants={"plain_rnn": plain, "plain_rnn_short": plain, "plain_rnn_small_start": small_start},
)

if __name__ == "__main__":
    main(experiment)
