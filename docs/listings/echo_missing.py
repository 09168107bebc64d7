"""Windows with missing values in front. Mark what is missing, and say so in a feature of its own."""

import keras
import numpy as np

EPOCHS = 2000
rng = np.random.default_rng(7)


def windows():
    """x [24, 5, 101], y [24, 100]: windows that end at the values 1 to 24; the last feature says "missing"."""
    values = rng.integers(100, size=25)
    padded = np.concatenate([np.full(4, 100), values])  # code 100: there is no value
    rows = np.stack([padded[end : end + 5] for end in range(1, 25)])
    return np.eye(101, dtype="float32")[rows], np.eye(100, dtype="float32")[values[:24]]


keras.utils.set_random_seed(7)
model = keras.Sequential([keras.Input((5, 101)), keras.layers.LSTM(50), keras.layers.Dense(100, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
for _ in range(EPOCHS):
    model.fit(*windows(), batch_size=6, epochs=1, verbose=0)
print(f"a new sequence: {model.evaluate(*windows(), verbose=0)[1]:.0%} right")
