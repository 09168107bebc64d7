"""Keras' update rules, one array at a time, with ε where Keras has it.

What changes from update to update without depending on the data, the bias correction of Adam, is worked out ahead in
NumPy (`rates`), so that no power is raised inside the loop and the number of updates stays out of the trace.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from lstm_lab.models.architecture import SGD, Adam, Optimizer


def slots(optimizer: Optimizer) -> int:
    """Arrays the optimizer keeps for each weight array: Adam's m and v, SGD's momentum, RMSprop's mean square."""
    if isinstance(optimizer, Adam):
        return 2
    if isinstance(optimizer, SGD):
        return 1 if optimizer.momentum else 0
    return 1


def rates(optimizer: Optimizer, done: np.ndarray) -> np.ndarray:
    """The rate of each update, float32 [updates]; `done` counts the updates made before it [updates]."""
    rate = np.float32(optimizer.learning_rate)
    if not isinstance(optimizer, Adam):
        return np.full(len(done), rate)
    one, step = np.float32(1.0), (done + 1).astype(np.float32)
    past_1, past_2 = np.float32(optimizer.beta_1) ** step, np.float32(optimizer.beta_2) ** step
    return rate * np.sqrt(one - past_2) / (one - past_1)


def step(optimizer: Optimizer, rate, weight, gradient, square, kept: tuple):
    """One update of one array, from its gradient and that squared: (weight, kept), all of the weight's shape."""
    if isinstance(optimizer, Adam):
        m, v = kept
        m = m + (gradient - m) * (1 - optimizer.beta_1)
        v = v + (square - v) * (1 - optimizer.beta_2)
        return weight - rate * m / (jnp.sqrt(v) + optimizer.epsilon), (m, v)
    if isinstance(optimizer, SGD):
        if not optimizer.momentum:
            return weight - rate * gradient, ()
        velocity = optimizer.momentum * kept[0] - rate * gradient
        move = optimizer.momentum * velocity - rate * gradient if optimizer.nesterov else velocity
        return weight + move, (velocity,)
    mean = optimizer.rho * kept[0] + (1 - optimizer.rho) * square
    return weight - rate * gradient / jnp.sqrt(mean + optimizer.epsilon), (mean,)
