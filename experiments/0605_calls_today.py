"""0605 · The source's calls, tried in Keras 3.

Question   Which rules for defining, compiling and predicting are true, and which of the calls still work?
Source     book, chapter 4, define, compile, fit and predict, state management, tips for LSTM input
Shapes     x [8 samples, 2 time steps, 1 feature] · y [8, 1]
Look at    what raises today: `lr`, `batch_input_shape`, `predict_classes`, and a reset of the whole model
"""

import warnings

from lstm_lab import Lesson, main


def calls():
    """Name → a call of the source. It works if it raises nothing."""
    from lstm_lab.trainers.backend import keras

    def uncompiled(first=(), **options):
        return keras.Sequential([*first, keras.layers.LSTM(2, **options), keras.layers.Dense(1)])

    def model(**options):
        (built := uncompiled(**options)).compile(loss="mse")
        return built

    x, y = keras.ops.ones((8, 2, 1)), keras.ops.ones((8, 1))
    inside, batches_of_4 = {"input_shape": (2, 1)}, {"stateful": True, "first": [keras.Input(batch_shape=(4, 2, 1))]}
    return {
        "predict_uncompiled": lambda: uncompiled().predict(x, verbose=0),
        "fit_uncompiled": lambda: uncompiled().fit(x, y, verbose=0),
        "fit_without_input_shape": lambda: model().fit(x, y, verbose=0),
        "input_shape_in_the_layer": lambda: model(**inside).fit(x, y, verbose=0),
        "input_of_two_dimensions": lambda: model().fit(x[:, :, 0], y, verbose=0),
        "sgd_with_lr": lambda: keras.optimizers.SGD(lr=0.1, momentum=0.3),
        "predict_classes": lambda: model().predict_classes(x),
        "batch_input_shape_in_the_layer": lambda: model(batch_input_shape=(4, 2, 1)),
        "batch_input_shape_in_fit": lambda: model(**inside).fit(x, y, batch_input_shape=(4, 2, 1)),
        "reset_states_of_the_model": lambda: model(**batches_of_4).reset_states(),
        "predict_with_the_same_batch_size": lambda: model(**batches_of_4).predict(x, batch_size=4, verbose=0),
        "predict_with_another_batch_size": lambda: model(**batches_of_4).predict(x, batch_size=8, verbose=0),
    }


def outcome(call):
    try:
        with warnings.catch_warnings(action="ignore"):  # Keras warns of `input_shape` in a layer
            call()
    except (AttributeError, TypeError, ValueError):
        return "raises"
    return "works"


def measures(settings, rng):
    return {name: outcome(call) for name, call in calls().items()}


lesson = Lesson(__file__, show=lambda settings: map(": ".join, measures(settings, None).items()), measures=measures)

if __name__ == "__main__":
    main(lesson)
