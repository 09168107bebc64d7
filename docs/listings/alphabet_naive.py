"""One letter in, the next letter out: a one-hot row for each letter, and no state."""

import keras
import numpy as np

EPOCHS = 100
letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

rows = np.eye(26, dtype="float32")
x = rows[:25].reshape(25, 1, 26)  # [samples, time steps, features]: the letters A to Y
y = rows[1:]  # the letters B to Z

keras.utils.set_random_seed(7)
model = keras.Sequential([keras.Input((1, 26)), keras.layers.LSTM(32), keras.layers.Dense(26, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=1, epochs=EPOCHS, verbose=0)

answers = model.predict(x, verbose=0).argmax(axis=1)
for letter, answer in zip(letters, answers, strict=False):
    print(letter, "→", letters[answer])
