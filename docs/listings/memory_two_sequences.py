"""Which of two sequences is it? The state must keep the first symbol. Try more than one seed."""

import keras
import numpy as np

EPOCHS = 250
SEEDS = (1, 2, 3)
sequences = np.array([[3, 0, 1, 2, 3], [4, 0, 1, 2, 4]])
rows = np.eye(5, dtype="float32")[sequences]

for seed in SEEDS:
    keras.utils.set_random_seed(seed)
    lstm = keras.layers.LSTM(20, stateful=True)
    model = keras.Sequential([keras.Input(batch_shape=(1, 1, 5)), lstm, keras.layers.Dense(5, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    for _ in range(EPOCHS):
        for sequence in rows:
            model.fit(sequence[:-1, None], sequence[1:], batch_size=1, epochs=1, shuffle=False, verbose=0)
            lstm.reset_states()
    right = 0
    for sequence, codes in zip(rows, sequences, strict=True):
        answers = model.predict(sequence[:-1, None], batch_size=1, verbose=0).argmax(axis=1)
        right += int((answers == codes[1:]).sum())
        lstm.reset_states()
    print(f"seed {seed}: {right} of 8 right")
