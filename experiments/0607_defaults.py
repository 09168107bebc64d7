"""0607 · What Keras does unless it is told otherwise.

Question   What does a fit print and record, does a layer keep its state, and which activation does it have?
Source     book, chapter 4, define and fit the model; memory tutorial, LSTM configuration
Shapes     x [8 samples, 2 time steps, 1 feature] · y [8, 1]
Look at    what is printed in two epochs: a bar by default, a line for each epoch with verbose=2, nothing with 0
"""

import contextlib
import io

import numpy as np

from lstm_lab import Lesson, main

X, Y = np.linspace(0, 1, 16, dtype=np.float32).reshape(8, 2, 1), np.ones((8, 1), np.float32)


def network(**options):
    from lstm_lab.trainers.backend import keras

    recurrent = keras.layers.LSTM(4, **options)
    model = keras.Sequential([keras.Input(batch_shape=(4, 2, 1)), recurrent, keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=["mae"])
    return model


def keeps_state(model):
    """Whether the same question, asked a second time, gets another answer."""
    first, second = (model.predict(X, batch_size=4, verbose=0) for _ in range(2))
    return "no" if np.array_equal(first, second) else "yes"


def measures(settings, rng):
    from lstm_lab.trainers.backend import keras

    values = {}
    for name, options in (("0", {"verbose": 0}), ("2", {"verbose": 2}), ("default", {})):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            history = network().fit(X, Y, epochs=2, batch_size=4, **options).history
        values[f"bar_with_verbose_{name}"] = "yes" if "━" in out.getvalue() else "no"
        values[f"lines_with_verbose_{name}"] = str(sum("loss" in line for line in out.getvalue().splitlines()))
    return values | {
        "history_holds": "+".join(history),
        "default_keeps_state": keeps_state(network()),
        "stateful_keeps_state": keeps_state(network(stateful=True)),
        "activation_of_dense": keras.layers.Dense(1).activation.__name__,
        "activation_of_lstm": keras.layers.LSTM(1).activation.__name__,
    }


lesson = Lesson(__file__, show=lambda settings: map(": ".join, measures(settings, None).items()), measures=measures)

if __name__ == "__main__":
    main(lesson)
