"""0405 · An unfolded network: one copy for each time step, all with the same weights.

Question   Is an LSTM over n steps the same as a deep feed-forward network of n copies that share their weights?
Source     book, chapter 2, unfolding the forward and the backward pass
Shapes     x [4 samples, 6 time steps, 3 features] · one copy: (h, c) [4, 5] and x at its step → the next (h, c)
Look at    the norm of each copy's gradient: the gradient of the shared weights is their sum, and no copy's own
"""

from functools import reduce

import jax
import jax.numpy as jnp
import numpy as np

from lstm_lab import Lesson, main, models
from lstm_lab.layers import forward


def one_copy(state, x, weights):
    """One layer of the unfolded network: the state of the layer below and the input of its step → its state."""
    i, f, g, o = jnp.split(x @ weights[0] + state[0] @ weights[1] + weights[2], 4, axis=1)
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def both(settings, rng):
    """Outputs of the LSTM and of the copies, the gradient of Σ h² / 2 for its weights, and for those of each copy."""
    network = models.lstm_regressor(settings.units)
    weights = network.initial_weights(settings.steps, settings.features, rng)[:3]
    x = jnp.asarray(rng.normal(size=(settings.steps, settings.samples, settings.features)), jnp.float32)
    zeros = (jnp.zeros((settings.samples, settings.units)),) * 2

    def layer(weights):
        return forward(jnp, network.layers[:1], weights, x, None, [zeros])[0]

    def copies(weights_of_each):
        return reduce(lambda state, copy: one_copy(state, *copy), zip(x, weights_of_each, strict=True), zeros)[0]

    of_layer = jax.grad(lambda weights: jnp.sum(layer(weights) ** 2) / 2)(weights)
    of_copies = jax.grad(lambda each: jnp.sum(copies(each) ** 2) / 2)([weights] * settings.steps)
    whole, *each = (np.concatenate([np.ravel(array) for array in one]) for one in (of_layer, *of_copies))
    return layer(weights), copies([weights] * settings.steps), whole, np.array(each)


def show(settings):
    norms = np.linalg.norm(both(settings, np.random.default_rng(0))[-1], axis=1)
    return [f"norm of the gradient of each copy, first to last: {norms.round(5).tolist()}"]


def measures(settings, rng):
    layer, copies, whole, each = both(settings, rng)
    pairs = {"outputs": (layer, copies), "gradients": (whole, each.sum(axis=0)), "last_copy": (whole, each[-1])}
    close = {f"{name}_agreeing": np.isclose(a, b, rtol=1e-4, atol=1e-6) for name, (a, b) in pairs.items()}
    return {name: (int(same.sum()), same.size) for name, same in close.items()}


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
