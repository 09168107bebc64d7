"""0640 · What moves state: a sequence of calls, and the state after each.

Question   Which calls advance a stateful layer's state, and are there two states, one for training and one for asking?
Source     book, chapter 4, state management
Shapes     x [8 samples, 3 time steps, 1 feature] in batches of 2 · state (h, c), [2, units] each
Look at    predict after fit and fit after predict: one state, moved by all of them; only a reset forgets
"""

import numpy as np
from rich.table import Table

from lstm_lab import Lesson


def walk(settings, rng):
    """(call, did it move the state, is the state zero) for every call; on Keras with TensorFlow."""
    from lstm_lab import models, state
    from lstm_lab.trainers.backend import keras

    network = models.lstm_regressor(settings.units, stateful=True)
    model = network.to_keras((settings.batch_size, settings.steps, 1))
    model.set_weights(network.initial_weights(settings.steps, 1, rng))
    x = rng.normal(size=(settings.samples, settings.steps, 1)).astype(np.float32)
    y, size = x.sum(axis=1), {"batch_size": settings.batch_size, "verbose": 0}
    one = x[: settings.batch_size], y[: settings.batch_size]
    calls = {
        "build": lambda: None,
        "fit": lambda: model.fit(x, y, shuffle=False, **size),
        "predict": lambda: model.predict(x, **size),
        "evaluate": lambda: model.evaluate(x, y, **size),
        "train_on_batch": lambda: model.train_on_batch(*one),
        "predict_on_batch": lambda: model.predict_on_batch(one[0]),
        "call": lambda: model(keras.ops.convert_to_tensor(one[0])),
        "get_weights": model.get_weights,
        "set_weights": lambda: model.set_weights(model.get_weights()),
        "compile": lambda: model.compile(loss="mse", optimizer="adam"),
        "reset": lambda: state.reset(model),
    }
    rows, before = [], state.get(model)
    for name, call in calls.items():
        call()
        after = state.get(model)
        rows.append((name, "moved" if after != before else "kept", not any(array.any() for array in after.arrays())))
        before = after
    return rows, (model, x, y, size)


def validation_moves(settings, rng):
    """Whether the same fit leaves another state if it validates: "moved", or "kept"."""
    from lstm_lab import state

    left = []
    for validate in (False, True):
        _, (model, x, y, size) = walk(settings, np.random.default_rng(0))
        state.reset(model)
        model.fit(x, y * 0, shuffle=False, validation_data=(x[::-1].copy(), y) if validate else None, **size)
        left.append(state.get(model))
    return "kept" if left[0].distance(left[1]) < 1e-6 else "moved"


def show(settings):
    table = Table("call", "the state was", "and is", title="one model, one call after the other")
    for name, moved, zero in walk(settings, np.random.default_rng(0))[0]:
        table.add_row(name, moved, "zero" if zero else "not zero")
    return [table]


def measures(settings, rng):
    rows, _ = walk(settings, rng)
    zero_after = {name: zero for name, _, zero in rows}
    return (
        {f"after_{name}": moved for name, moved, _ in rows[1:]}
        | {"after_validation": validation_moves(settings, rng)}
        | {"zero_after_reset": "yes" if zero_after["reset"] and not zero_after["fit"] else "no"}
    )


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    lesson.main()
