"""0630 · Shaping: from a list of numbers to samples, time steps, features.

Question   How do ten values, and two parallel series of ten, become one sample for an LSTM?
Source     book, chapter on developing LSTMs in Keras, section on preparing data
Shapes     [10] → [1, 10, 1]; two series of 10 → [1, 10, 2]
Look at    two series as rows: the same reshape accepts them without a warning and mixes their time steps
"""

import numpy as np

from lstm_lab import Lesson, main


def parallel(settings):
    """Two series: 0.1, 0.2, …, and the same in reverse order."""
    forwards = np.round(np.arange(1, settings.length + 1) * 0.1, 1)
    return forwards, forwards[::-1]


def shaped(settings):
    """Name → x [1, time steps, features]."""
    one, two = parallel(settings)
    return {
        "one_series": one.reshape(1, settings.length, 1),
        "columns": np.stack([one, two], axis=1).reshape(1, settings.length, 2),
        "rows_reshaped": np.stack([one, two]).reshape(1, settings.length, 2),
        "rows_transposed": np.stack([one, two]).T.reshape(1, settings.length, 2),
    }


def show(settings):
    for name, x in shaped(settings).items():
        yield f"{name} {x.shape}: its first time steps are {x[0, :3].tolist()}"


def measures(settings, rng):
    one, two = parallel(settings)
    ways = shaped(settings)
    values = {f"{name}_shape": str(x.shape) for name, x in ways.items()}
    together = {  # time steps that hold the values of that time in both series
        f"{name}_steps_right": int(((x[0, :, 0] == one) & (x[0, :, -1] == two)).sum())
        for name, x in ways.items()
        if x.shape[2] == 2
    }
    return values | {name: (right, settings.length) for name, right in together.items()}


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
