"""The alphabet with carried state. Ask it from a cold start: the answer is B, whatever the letter."""

import keras
import numpy as np

EPOCHS = 300
letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

x = (np.arange(25, dtype="float32") / 26).reshape(25, 1, 1)
y = np.eye(26, dtype="float32")[1:]

keras.utils.set_random_seed(7)
lstm = keras.layers.LSTM(16, stateful=True)
model = keras.Sequential([keras.Input(batch_shape=(1, 1, 1)), lstm, keras.layers.Dense(26, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
for _ in range(EPOCHS):
    model.fit(x, y, batch_size=1, epochs=1, shuffle=False, verbose=0)
    lstm.reset_states()  # a new pass through the alphabet begins from a zero state

for letter in "AKX":
    lstm.reset_states()
    answer = model.predict(x[letters.index(letter)][None], batch_size=1, verbose=0).argmax()
    print("cold start:", letter, "→", letters[answer])
