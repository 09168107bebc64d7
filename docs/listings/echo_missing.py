"""Windows with missing values in front. Mark what is missing with −1, and let the network read the mark: no mask."""

import keras
import numpy as np

EPOCHS = 2000
rng = np.random.default_rng(7)


def windows():
    """x [24, 5, 100], y [24, 100]: windows that end at the values 1 to 24; a missing value is a row of −1."""
    values = rng.integers(100, size=25)
    one_hot = np.eye(100, dtype="float32")[values]
    padded = np.concatenate([np.full((4, 100), -1, "float32"), one_hot])
    return np.stack([padded[end : end + 5] for end in range(1, 25)]), one_hot[:24]


keras.utils.set_random_seed(7)
model = keras.Sequential([keras.Input((5, 100)), keras.layers.LSTM(50), keras.layers.Dense(100, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
for _ in range(EPOCHS):
    model.fit(*windows(), batch_size=6, epochs=1, verbose=0)
print(f"a new sequence: {model.evaluate(*windows(), verbose=0)[1]:.0%} right")
