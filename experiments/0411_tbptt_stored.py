"""0411 · TBPTT(1, n) in two forms: steps that are run again, or stored activations.

Question   Williams and Peng go back through stored activations, this suite runs the steps again: how far apart?
Source     book, chapter 2, TBPTT(1, n) by Williams and Peng
Shapes     x [10 sequences, 12 time steps, 4 symbols] one-hot · y [10, 12] the symbol three steps earlier, as in 0410
Look at    `recalled` beside `recalled_stored`; `apart`, the largest difference of a weight after training
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def learn_from_stored(framed, weights, optimizer, k2, batch):
    """The weights after TBPTT(1, k2): each step is run once, and what it computed is stored for the later updates."""
    kept, done = [(np.zeros_like(w),) * 2 for w in weights], 0
    for row in np.arange(framed.samples).reshape(-1, batch):
        h, c, stored = np.zeros((batch, len(weights[1]))), 0.0, []
        for t, x in enumerate(np.swapaxes(framed.x(row), 0, 1)):
            z = np.split(x @ weights[0] + h @ weights[1] + weights[2], 4, axis=1)
            (i, f, o), g = (1 / (1 + np.exp(-z[n])) for n in (0, 1, 3)), np.tanh(z[2])
            step, c = (x, h, c, i, f, g, o), f * c + i * g
            h, stored = o * np.tanh(c), [*stored, (*step, np.tanh(c))][-k2:]
            if not framed.loss_mask[row, t].any():
                continue
            slope = np.exp(h @ weights[3] + weights[4])
            slope = (slope / slope.sum(axis=1, keepdims=True) - np.eye(4)[framed.targets[row, t]]) / batch
            dh, dc, sums = slope @ weights[3].T, 0.0, [0.0, 0.0, 0.0]
            for x_in, h_in, c_in, i, f, g, o, tanh in stored[::-1]:
                dc = dc + dh * o * (1 - tanh**2)
                dz = dc * g * i * (1 - i), dc * c_in * f * (1 - f), dc * i * (1 - g * g), dh * tanh * o * (1 - o)
                dh, dc, dz = np.hstack(dz) @ weights[1].T, dc * f, np.hstack(dz)  # through the present weights
                sums = [sums[0] + x_in.T @ dz, sums[1] + h_in.T @ dz, sums[2] + dz.sum(axis=0)]
            each = zip(weights, [*sums, h.T @ slope, slope.sum(axis=0)], kept, strict=True)
            rate, done = optimizer.rates(np.array([done]))[0], done + 1
            weights, kept = zip(*(optimizer.step(np, rate, w, d, d * d, k) for w, d, k in each), strict=True)
    return weights


def stored(asked):
    at, new = asked.settings, asked.redraw(asked.settings.replace(epochs=20))
    weights = learn_from_stored(asked.framed, asked.before, asked.architecture.optimizer, at.k2, at.batch_size)
    answers = type(asked.predictor)(asked.architecture, weights, new.codec)(new.inputs)[0]
    right = (answers.argmax(axis=-1) == new.targets)[new.loss_mask]
    apart = max(float(np.abs(a - b).max()) for a, b in zip(weights, asked.trained.weights, strict=True))
    return {"recalled_stored": probes.Measure((int(right.sum()), right.size)), "apart": probes.Measure(apart)}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.sequences(
        datasets.echo.fresh(settings.epochs, rng, lag=3, first=0, sequences=10, length=12, classes=4), coding="one_hot"
    ),
    model=lambda settings: models.lstm_classifier(20, 4, return_sequences=True, learning_rate=settings.learning_rate),
    order=lambda settings: schedule.truncated(1, settings.k2),
    ask=[probes.fresh_sequences(20, "recalled"), stored],
)

if __name__ == "__main__":
    main(experiment)
