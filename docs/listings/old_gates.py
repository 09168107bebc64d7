"""The LSTM as Keras 1 and 2 had it: gates of straight lines, and a smaller ε in Adam."""

import keras

EPOCHS = 1


@keras.saving.register_keras_serializable("listings")
def old_hard_sigmoid(x):
    """0.2 x + 0.5, cut off at 0 and 1. Keras 3's own hard_sigmoid is another: x / 6 + 0.5."""
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


lstm = keras.layers.LSTM(16, stateful=True, recurrent_activation=old_hard_sigmoid)
model = keras.Sequential([keras.Input(batch_shape=(1, 1, 1)), lstm, keras.layers.Dense(26, activation="softmax")])
model.compile(keras.optimizers.Adam(epsilon=1e-8), "categorical_crossentropy")
model.summary()
