"""Three letters in, the next letter out: once as three features of one time step, once as three time steps."""

import keras
import numpy as np

EPOCHS = 500
codes = np.arange(26)

windows = np.stack([codes[first : first + 3] for first in range(23)]) / 26  # ABC, BCD, … scaled to 0–1
y = np.eye(26, dtype="float32")[3:]
shapes = {"three features": (23, 1, 3), "three time steps": (23, 3, 1)}

for name, shape in shapes.items():
    keras.utils.set_random_seed(7)
    x = windows.reshape(shape).astype("float32")
    model = keras.Sequential(
        [keras.Input(shape[1:]), keras.layers.LSTM(32), keras.layers.Dense(26, activation="softmax")]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=1, epochs=EPOCHS, verbose=0)
    print(f"{name}: {model.evaluate(x, y, batch_size=1, verbose=0)[1]:.0%} right")
