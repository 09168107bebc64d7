"""LSTM: a cell state c behind three gates.

    i, f, o = sigmoid(…)    g = tanh(x · kernel + h · recurrent + bias)
    c ← f ∘ c + i ∘ g       h ← o ∘ tanh(c)

Kernel, recurrent kernel and bias have four parts of `units` columns each, in Keras' order i, f, g, o.

`recurrent.py` computes x · kernel + bias for all steps. `gates_of` and `next_state` are one step, `_over_steps` is the
walk over time, `_backward` its gradient, written by hand: the gradient of the recurrent kernel is then one matrix
product for all steps, instead of one for each step. JAX derives the gradients of kernel and bias from it.

With `recurrent_activation="keras1_hard_sigmoid"` the gates are those of Keras before 2.3, three straight lines each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from lstm_lab.layers.activations import HARD_SLOPE, Gates, keras1_hard_sigmoid, keras1_hard_sigmoid_in_keras
from lstm_lab.layers.base import only, over_time
from lstm_lab.layers.recurrent import Recurrent


@dataclass(frozen=True)
class LSTM(Recurrent):
    """Keras' LSTM with tanh; the last output, or all with `return_sequences`. Its state is (h, c).

    forget_bias: the bias of the forget gate before training. With Keras' 1, an untrained cell keeps 73 % of its value
    at each step, and 2e-14 of it after 100 steps. With ln(n) it keeps about a third after n steps.
    recurrent_activation: of the gates, "sigmoid" or "keras1_hard_sigmoid".
    """

    forget_bias: float = 1.0
    recurrent_activation: Gates = "sigmoid"

    def in_keras1(self):
        return replace(self, recurrent_activation="keras1_hard_sigmoid")

    @property
    def forget_gate(self) -> slice:
        return slice(self.units, 2 * self.units)

    def weight_shapes(self, shape):
        width = 4 * self.units
        return [(shape[1], width), (self.units, width), (width,)]

    def initial_weights(self, shape, rng):
        kernel, recurrent, bias = super().initial_weights(shape, rng)
        bias[self.forget_gate] = self.forget_bias
        return [kernel, recurrent, bias]

    def state_shapes(self, batch):
        return (batch, self.units), (batch, self.units)

    def used_by_state(self, weights):
        kernel, recurrent, bias = weights
        return [recurrent, kernel[:, self.forget_gate], bias[self.forget_gate]]

    def run(self, xp, weights, pre_activation, mask, state):
        arguments, gates = (weights[0], pre_activation, mask, *state), self.recurrent_activation
        outputs, *states = _over_steps(np, gates, *arguments)[0] if xp is np else _differentiable(gates)(*arguments)
        return outputs, tuple(states)

    def to_keras(self, stateful):
        import keras

        lstm = super().to_keras(stateful)
        if self.forget_bias != 1:  # Keras has a switch for a bias of one, and no number
            parts = np.repeat([0, self.forget_bias, 0, 0], self.units)
            lstm.cell.unit_forget_bias, lstm.cell.bias_initializer = False, keras.initializers.Constant(parts)
        if self.recurrent_activation != "sigmoid":
            lstm.cell.recurrent_activation = keras1_hard_sigmoid_in_keras()
        return lstm

    @classmethod
    def from_keras(cls, layer):
        import keras

        if layer.cell.recurrent_activation is keras1_hard_sigmoid_in_keras():
            lstm = super().from_keras(layer).in_keras1()
        else:
            only(layer, recurrent_activation="sigmoid")
            lstm = super().from_keras(layer)
        start = layer.cell.bias_initializer
        if layer.cell.unit_forget_bias or not isinstance(start, keras.initializers.Constant | keras.initializers.Zeros):
            return lstm
        bias = keras.ops.convert_to_numpy(start((4 * layer.units,), dtype="float32"))
        return replace(lstm, forget_bias=float(bias[layer.units]))


def gates_of(xp: Any, pre_activation, gates: Gates = "sigmoid"):
    """Gates and candidate, i, f, g, o: [batch, 4 · units] → the same.

    A sigmoid is a tanh at half the slope, so all four are one call, and no large number overflows.
    """
    scale, shift = _slopes(pre_activation.shape[-1] // 4, np.dtype(pre_activation.dtype))
    if gates == "keras1_hard_sigmoid":
        return xp.where(shift == 0, xp.tanh(pre_activation), keras1_hard_sigmoid(xp, pre_activation))
    return xp.tanh(pre_activation * scale) * scale + shift


@cache
def _slopes(units: int, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    scale, shift = np.array([0.5, 0.5, 1.0, 0.5], dtype), np.array([0.5, 0.5, 0.0, 0.5], dtype)
    return np.repeat(scale, units), np.repeat(shift, units)


def next_state(xp: Any, gates, c) -> tuple:
    """(h, c, tanh c) after a step, from its gates [batch, 4 · units] and the cell state before it [batch, units]."""
    units = c.shape[-1]
    i, f, g, o = (gates[..., n * units : (n + 1) * units] for n in range(4))
    c = f * c + i * g
    tanh_c = xp.tanh(c)
    return o * tanh_c, c, tanh_c


def _over_steps(xp: Any, activation: Gates, recurrent, pre_activation, mask, h, c):
    """(outputs, h and c after every step, [steps, batch, units] each), and what the backward pass needs."""

    def advance(carry, step):
        y, h, c = carry
        z, kept = step
        gates = gates_of(xp, z + h @ recurrent, activation)
        new_h, new_c, tanh_c = next_state(xp, gates, c)
        new_y = new_h
        if kept is not None:
            kept = kept[:, None]
            new_y, new_h, new_c = xp.where(kept, new_h, y), xp.where(kept, new_h, h), xp.where(kept, new_c, c)
        return (new_y, new_h, new_c), (new_y, new_h, new_c, gates, tanh_c)

    _, (ys, hs, cs, gates, tanh_cs) = over_time(xp, advance, (xp.zeros_like(h), h, c), (pre_activation, mask))
    return (ys, hs, cs), (recurrent, mask, h, c, hs, cs, gates, tanh_cs)


@cache
def _differentiable(activation: Gates):
    """`_over_steps` for JAX, with its gradient by the outputs.

    There is no gradient for the first state, nor by the states that are returned: a loss must read the outputs.
    """
    import jax
    import jax.numpy as jnp

    @jax.custom_vjp
    def run(recurrent, pre_activation, mask, h, c):
        return _over_steps(jnp, activation, recurrent, pre_activation, mask, h, c)[0]

    run.defvjp(partial(_over_steps, jnp, activation), partial(_backward, activation))
    return run


def _through(activation: Gates, gate, gradient):
    """A gradient by the gate's value → by its pre-activation."""
    if activation == "keras1_hard_sigmoid":
        return gradient * HARD_SLOPE * ((gate > 0) & (gate < 1))
    return gradient * gate * (1 - gate)


def _backward(activation: Gates, kept, gradients):
    import jax.numpy as jnp
    from jax import lax

    recurrent, mask, h, c, hs, cs, gates, tanh_cs = kept
    before_h = jnp.concatenate([h[None], hs[:-1]])
    before_c = jnp.concatenate([c[None], cs[:-1]])
    # What does not depend on later steps is worked out for all of them at once.
    i, f, g, o = jnp.split(gates, 4, axis=-1)
    into_c = o * (1 - tanh_cs * tanh_cs)
    by_i, by_f, by_o = (_through(activation, *each) for each in ((i, g), (f, before_c), (o, tanh_cs)))
    slopes = jnp.concatenate([by_i, by_f, i * (1 - g * g), by_o], -1)
    transposed, nothing = recurrent.T, jnp.zeros_like(h)

    def retreat(carry, step):
        dy_later, dh, dc = carry
        dy, slope, through, forget, kept = step
        dy = dy + dy_later
        dy_pass, dh_pass, dc_pass = nothing, nothing, nothing
        if kept is not None:
            kept = kept[:, None]
            dy_pass, dh_pass, dc_pass = (jnp.where(kept, 0, d) for d in (dy, dh, dc))
            dy, dh, dc = (jnp.where(kept, d, 0) for d in (dy, dh, dc))
        dh = dh + dy
        dc = dc + dh * through
        dz = jnp.concatenate([dc, dc, dc, dh], axis=-1) * slope
        return (dy_pass, dz @ transposed + dh_pass, dc * forget + dc_pass), dz

    steps = (gradients[0], slopes, into_c, f, mask)
    _, dz = over_time(jnp, retreat, (nothing, nothing, nothing), steps, reverse=True)
    dz = lax.optimization_barrier(dz)  # else XLA takes it to pieces again for the bias' sum
    return jnp.einsum("sbh,sbz->hz", before_h, dz), dz, None, None, None
