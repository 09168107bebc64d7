"""0725 · The listing of the one-to-many model, as it is printed.

Question   Does an LSTM answer at several output steps if it is followed by TimeDistributed(Dense), and nothing else?
Source     book, chapter 5, listing 5.5
Shapes     x [1 sample, 1 time step, 64 features] · y [1, output steps, 1]
Look at    what has to stand between one input step and several output steps
"""

from lstm_lab import Lesson, main

STEPS = 8


def built(before, **options):
    """The output steps of a model: layers, LSTM(4), TimeDistributed(Dense(1)); or that it cannot be built."""
    from lstm_lab.trainers.backend import keras

    lstm, head = keras.layers.LSTM(4, **options), keras.layers.TimeDistributed(keras.layers.Dense(1))
    try:
        return str(keras.Sequential([keras.Input((1, 64)), *before, lstm, head]).output_shape[1])
    except ValueError:
        return "raises"


def measures(settings, rng):
    from lstm_lab.trainers.backend import keras

    return {
        "as_printed": built([]),
        "with_return_sequences": built([], return_sequences=True),
        "with_repeat_vector": built([keras.layers.Flatten(), keras.layers.RepeatVector(STEPS)], return_sequences=True),
    }


def show(settings):
    return [f"{name}: {said}" for name, said in measures(settings, None).items()]


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
