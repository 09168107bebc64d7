"""A stateful network has one state for each row of its batch: give it whole batches, and reset it when you mean to."""

import keras
import numpy as np

EPOCHS = 1
BATCH = 4

keras.utils.set_random_seed(7)
lstm = keras.layers.LSTM(8, stateful=True)
model = keras.Sequential([keras.Input(batch_shape=(BATCH, 3, 1)), lstm, keras.layers.Dense(1)])
model.compile("adam", "mse")
x = np.random.default_rng(7).random((8, 3, 1), "float32")
model.fit(x, x[:, -1], batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)

lstm.reset_states()
first = model.predict(x[:BATCH], batch_size=BATCH, verbose=0)
again = model.predict(x[:BATCH], batch_size=BATCH, verbose=0)  # the state went on
lstm.reset_states()
after_reset = model.predict(x[:BATCH], batch_size=BATCH, verbose=0)
print("same without a reset:", np.allclose(first, again), "· same after a reset:", np.allclose(first, after_reset))
