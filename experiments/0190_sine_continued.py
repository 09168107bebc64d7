"""0190 · Sine wave: one step ahead, and continued from its own answers.

Question   A network predicts a wave one step ahead: does its error grow when its inputs are its own answers?
Source     alphabet tutorial, a reader's sine wave
Shapes     x [samples, time steps, 1 feature] float32 · y [samples, 1] float32: the value after the window
Look at    both errors beside the error of repeating the last value; a window of one value is not enough to continue
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def wave(settings, rng, values):
    """Windows of a sine wave and the value after each. Every wave starts at phase 0; only the noise is random."""
    noise = rng.normal(size=values + 1) * settings.noise
    series = datasets.series.sine(values + 1, settings.period) + noise
    x, y = datasets.series.to_supervised(series, num_in=settings.steps)
    return framing.Framed(x.astype(np.float32), y.astype(np.float32))


def errors(asked):
    """Root mean square errors on a clean wave: one step ahead, with its own answers as input, and of two baselines."""
    settings = asked.settings
    count = int(settings.periods_ahead * settings.period)
    clean = wave(settings.replace(noise=0.0), asked.rng, settings.steps - 1 + count)
    ahead, _ = asked.predictor(clean.inputs, None)
    context, said = clean.inputs[:1], []
    for _ in range(count):
        value, _ = asked.predictor(context, None)
        said.append(value[0])
        context = np.concatenate([context[:, 1:], value[:, None]], axis=1)
    guesses = {
        "one_step_ahead": ahead,
        "fed_back": np.array(said),
        "repeat_last_value": clean.inputs[:, -1],
        "say_nothing": 0.0,
    }
    return {
        f"error_{name}": probes.Measure(float(np.sqrt(np.mean((guess - clean.targets) ** 2))))
        for name, guess in guesses.items()
    }


experiment = Experiment(
    __file__,
    data=lambda settings, rng: wave(settings, rng, settings.values),
    model=lambda settings: models.lstm_regressor(settings.units),
    order=schedule.shuffled(),
    ask=[errors, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
