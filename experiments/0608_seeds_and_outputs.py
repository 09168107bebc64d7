"""0608 · Does a seed repeat a run, and what do output layers answer?

Question   Which of the sources' remarks on NumPy's seed, on lists of layers and on output layers are true in Keras 3?
Source     alphabet tutorial, its seed and its output layer; book, chapter 4, define the model and make predictions
Shapes     x [8 samples, 2 time steps, 1 feature] · y [8, 1], all of them 1
Look at    NumPy's seed: two runs of the same code are no longer the same
"""

import numpy as np

from lstm_lab import Lesson, main

X, Y = np.linspace(0, 1, 16, dtype=np.float32).reshape(8, 2, 1), np.ones((8, 1), np.float32)


def answers(outputs=1, activation=None, loss="mse", epochs=0, adds=False):
    """What a new network answers to the samples: [8, outputs]. Its layers are one list, or added one by one."""
    from lstm_lab.trainers.backend import keras

    layers = [keras.Input((2, 1)), keras.layers.LSTM(4), keras.layers.Dense(outputs, activation)]
    model = keras.Sequential(None if adds else layers)
    for layer in layers if adds else ():
        model.add(layer)
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=loss)
    if epochs:
        model.fit(X, Y, batch_size=8, epochs=epochs, verbose=0)
    return model.predict(X, verbose=0)


def repeats(set_seed, **other):
    """How many answers of two trained networks are the same, if the seed is set before each of them is made."""
    given = []
    for options in ({}, other):
        set_seed(7)
        given.append(answers(epochs=2, **options))
    return int((given[0] == given[1]).sum()), len(X)


def measures(settings, rng):
    from lstm_lab.trainers.backend import keras

    one, many = (answers(outputs, "softmax") for outputs in (1, 26))
    sure = answers(1, "sigmoid", "binary_crossentropy", epochs=30).mean()
    return {
        "same_with_seed_of_numpy": repeats(np.random.seed),
        "same_with_seed_of_keras": repeats(keras.utils.set_random_seed),
        "same_if_added_one_by_one": repeats(keras.utils.set_random_seed, adds=True),
        "different_answers_of_1_softmax_neuron": (len(np.unique(one, axis=0)), len(X)),
        "different_answers_of_26_softmax_neurons": (len(np.unique(many, axis=0)), len(X)),
        "answers_that_sum_to_1": (int(np.isclose(many.sum(axis=1), 1, atol=1e-5).sum()), len(X)),
        "label_of_a_sigmoid_near_1": "1" if sure > 0.5 else "0",
    }


lesson = Lesson(__file__, show=lambda settings: [str(measures(settings, None))], measures=measures)

if __name__ == "__main__":
    main(lesson)
