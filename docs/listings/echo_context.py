"""Echo the value before, from five time steps of context. The window holds the value, so no state is carried."""

import keras
import numpy as np

EPOCHS = 2000
rng = np.random.default_rng(7)


def windows():
    """A new sequence of 25 integers → x [21, 5, 100], y [21, 100]: the last value but one of each window."""
    rows = np.eye(100, dtype="float32")[rng.integers(100, size=25)]
    return np.stack([rows[first : first + 5] for first in range(21)]), rows[3:24]


keras.utils.set_random_seed(7)
model = keras.Sequential([keras.Input((5, 100)), keras.layers.LSTM(50), keras.layers.Dense(100, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
for _ in range(EPOCHS):
    model.fit(*windows(), batch_size=5, epochs=1, verbose=0)
print(f"a new sequence: {model.evaluate(*windows(), verbose=0)[1]:.0%} right")
