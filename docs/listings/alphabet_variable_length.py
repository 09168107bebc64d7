"""Runs of one to five letters as one-hot rows, padded in front with rows of zeros."""

import keras
import numpy as np

EPOCHS = 500
rng = np.random.default_rng(7)

starts, lengths = rng.integers(25, size=1000), rng.integers(1, 6, size=1000)
runs = [np.arange(start, min(start + length, 25)) for start, length in zip(starts, lengths, strict=True)]
x = np.eye(27, dtype="float32")[keras.utils.pad_sequences([run + 1 for run in runs], maxlen=5)][..., 1:]  # 0: padding
y = np.eye(26, dtype="float32")[[run[-1] + 1 for run in runs]]

keras.utils.set_random_seed(7)
layers = [keras.layers.LSTM(32), keras.layers.Dense(26, activation="softmax")]
model = keras.Sequential([keras.Input((5, 26)), *layers])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=1, epochs=EPOCHS, verbose=0)
print(f"{model.evaluate(x, y, verbose=0)[1]:.1%} right")
