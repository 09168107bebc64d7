"""The whole alphabet in one batch: does the order of its rows matter? Permute them, and see."""

import keras
import numpy as np

EPOCHS = 5000

windows = np.zeros((25, 3, 1), "float32")  # each letter, with zeros in front
windows[:, -1, 0] = np.arange(25) / 26
y = np.eye(26, dtype="float32")[1:]
orders = {"in order": np.arange(25), "permuted": np.random.default_rng(7).permutation(25)}

for name, order in orders.items():
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((3, 1)), keras.layers.LSTM(16), keras.layers.Dense(26, "softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(windows[order], y[order], batch_size=25, epochs=EPOCHS, shuffle=False, verbose=0)
    print(f"{name}: {model.evaluate(windows, y, verbose=0)[1]:.0%} right")
