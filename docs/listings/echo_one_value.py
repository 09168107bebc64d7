"""Echo the value before, one value at a time. A batch has six values of one sequence: none is given the one before."""

import keras
import numpy as np

EPOCHS = 2000
rng = np.random.default_rng(7)

keras.utils.set_random_seed(7)
lstm = keras.layers.LSTM(15, stateful=True)
model = keras.Sequential([keras.Input(batch_shape=(6, 1, 100)), lstm, keras.layers.Dense(100, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
for _ in range(EPOCHS):
    values = rng.integers(100, size=25)
    rows = np.eye(100, dtype="float32")[values]
    x, y = rows[1:, None, :], rows[:-1]  # 24 samples of one time step: four batches of six rows, six states
    loss = model.fit(x, y, batch_size=6, epochs=1, shuffle=False, verbose=0).history["loss"][0]
    lstm.reset_states()
print(f"loss {loss:.3f}; guessing has {np.log(100):.3f}")
