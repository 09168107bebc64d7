"""0640 · What changes state: a sequence of calls.

Question   Which calls change the state of a stateful layer, and does prediction use another state than training?
Source     book, chapter 4, state management
Shapes     x [8 samples, 3 time steps, 1 feature] in batches of 2 · state (h, c), [2, units] each
Look at    predict after fit, and fit after predict: there is one state, both calls change it, and a reset clears it
"""

import numpy as np
from rich.table import Table

from lstm_lab import Lesson, main, models, state


def walk(settings, rng):
    """(call, did it change the state, is the state zero) for every call of Keras; and whether validation changed it."""
    network = models.lstm_regressor(settings.units, stateful=True, optimizer=models.SGD(settings.learning_rate))
    model = network.to_keras((settings.batch_size, settings.steps, 1))
    model.set_weights(network.initial_weights(settings.steps, 1, rng))
    x = rng.normal(size=(settings.samples, settings.steps, 1)).astype(np.float32)
    y, size = x.sum(axis=1), {"batch_size": settings.batch_size, "verbose": 0}
    one = x[: settings.batch_size], y[: settings.batch_size]
    calls = {
        "fit": lambda: model.fit(x, y, shuffle=False, **size),
        "predict": lambda: model.predict(x, **size),
        "evaluate": lambda: model.evaluate(x, y, **size),
        "train_on_batch": lambda: model.train_on_batch(*one),
        "call": lambda: model(one[0]),
        "get_weights": model.get_weights,
        "set_weights": lambda: model.set_weights(model.get_weights()),
        "reset": lambda: state.reset(model),
        "fit_from_zero": lambda: model.fit(x, y, shuffle=False, **size),
        "second_reset": lambda: state.reset(model),
        "fit_with_validation": lambda: model.fit(x, y, shuffle=False, validation_data=(x[:4], y[:4]), **size),
    }
    seen, rows = {}, []
    for name, call in calls.items():
        before, _ = state.get(model), call()
        seen[name] = after = state.get(model)
        rows.append((name, "kept" if after == before else "moved", not any(array.any() for array in after.arrays())))
    apart = seen["fit_from_zero"].distance(seen["fit_with_validation"])  # the weights hardly changed
    return rows, "moved" if apart > 1e-6 else "kept"


def show(settings):
    table = Table("call", "the state was", "and is", title="one model, one call after the other")
    for name, moved, zero in walk(settings, np.random.default_rng(0))[0]:
        table.add_row(name, moved, "zero" if zero else "not zero")
    return [table]


def measures(settings, rng):
    rows, validated = walk(settings, rng)
    return {f"after_{name}": "zero" if zero else moved for name, moved, zero in rows} | {"after_validation": validated}


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
