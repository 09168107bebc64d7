"""0425 · Truncated BPTT in the libraries that are installed here.

Question   How far back does the gradient go in Keras, TensorFlow and JAX, and who decides it?
Source     book, chapter 2, extension: catalogue the BPTT of the libraries; its section on Keras
Shapes     x [1 sample, 12 time steps, 2 features] · three recurrent units · loss: the sum of the last outputs
Look at    the steps from which a gradient comes: all of them, unless the user cuts the state every k steps
"""

import jax
import numpy as np

from lstm_lab import Lesson, main
from lstm_lab.trainers.backend import keras
from lstm_lab.trainers.backend import tensorflow as tf


def keras_stateful(x, k):
    """Keras, stateful=True: pieces of k steps in order; a call begins from the stored state, which is a constant."""
    layer, x = keras.layers.LSTM(3, stateful=True), tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        for start in range(0, x.shape[1], k):
            last = layer(x[:, start : start + k])
    return tape.gradient(last, x)[0]


def tensorflow_stop_gradient(x, k):
    """TensorFlow: one tape over all steps, and tf.stop_gradient on the state before every k-th of them."""
    cell, state, x = keras.layers.LSTMCell(3), [tf.zeros((1, 3))] * 2, tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        for t in range(x.shape[1]):
            last, state = cell(x[:, t], [tf.stop_gradient(array) if t % k == 0 else array for array in state])
    return tape.gradient(last, x)[0]


def jax_stop_gradient(x, k):
    """JAX: lax.scan over all steps of a simple network, with lax.stop_gradient on the state before every k-th."""

    def step(h, at):
        h = jax.numpy.where(at[0] % k == 0, jax.lax.stop_gradient(h), h)
        return jax.numpy.tanh(at[1] @ np.full((2, 3), 0.5, "f") + h @ np.full((3, 3), 0.3, "f")), None

    return jax.grad(lambda x: jax.lax.scan(step, np.zeros(3, "f"), (np.arange(len(x)), x))[0].sum())(x[0])


def measures(settings, rng):
    x, n, right = rng.normal(size=(1, settings.steps, 2)).astype("f"), settings.steps, {}
    for form in FORMS:
        for k, cut in ((settings.k, ""), (n, "_without_cut")):
            reached = (np.asarray(form(x, k)) != 0).any(axis=1)
            right[form.__name__ + cut] = (int((reached == (np.arange(n) >= n - k)).sum()), n)
    return right


FORMS = (keras_stateful, tensorflow_stop_gradient, jax_stop_gradient)
lesson = Lesson(__file__, show=lambda settings: [form.__doc__ for form in FORMS], measures=measures)

if __name__ == "__main__":
    main(lesson)
