"""The network as arithmetic: a forward pass over time steps, its losses, and an LSTM with its backward pass by hand.

Arrays are time-major here, [steps, batch, …], so that one step is one contiguous row. The gradient of the recurrence is
written out because it then needs one matrix product for all time steps' share of the recurrent kernel, and not one
per step; everything around it is left to JAX.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from lstm_lab.models.architecture import LSTM, Architecture, Dense, Flatten, Masking, RepeatVector
from lstm_lab.models.predictor import gates, next_state

UNROLLED = 8  # so many time steps are written out; more of them become a loop

_ACTIVATIONS = {
    "linear": lambda z: z,
    "softmax": jax.nn.softmax,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
}


def forward(architecture: Architecture, weights, lookup, x, mask, state, every_step: bool = False):
    """Logits of the last layer and the states after every step.

    weights     those of the layers behind an Embedding; what it looked up is x
    lookup      how symbols' codes become rows of the first kernel; None where x holds floats
    x           codes [steps, batch, codes per step], or floats [steps, batch, features]
    mask        bool [steps, batch]: steps that are taken; False skips one. None: all
    state       per LSTM layer (h, c), [batch, units] each
    every_step  whether the last LSTM layer, too, answers at every step (truncated BPTT needs it)

    Returns (logits [batch, outputs] or [steps, batch, outputs], [(h, c)] per LSTM layer, [steps, batch, units] each).
    """
    left, states, todo = list(weights), [], list(state)
    for number, layer in enumerate(architecture.layers):
        match layer:
            case Masking() if lookup is None:
                x = jnp.where(mask[..., None], x, 0)
            case LSTM(_, return_sequences):
                kernel, recurrent, bias = left.pop(0), left.pop(0), left.pop(0)
                driven = (lookup(kernel, x) if lookup else x @ kernel) + bias
                lookup = None
                if state:
                    h, c = todo.pop(0)
                else:
                    h = c = jnp.zeros((driven.shape[1], recurrent.shape[0]), driven.dtype)
                x, hs, cs = recurrence(recurrent, driven, mask, h, c)
                states.append((hs, cs))
                if not (return_sequences or every_step):
                    x, mask = x[-1], None
            case RepeatVector(times):
                x = jnp.broadcast_to(x, (times, *x.shape))
            case Flatten():
                x = jnp.swapaxes(x, 0, 1).reshape(x.shape[1], -1)
            case Dense(_, activation):
                kernel, bias = left.pop(0), left.pop(0)
                x = (lookup(kernel, x) if lookup else x @ kernel) + bias
                lookup = None
                last = number == len(architecture.layers) - 1
                if not last or architecture.loss == "mse":
                    x = _ACTIVATIONS[activation](x)
    return x, states


def rows(kernel, codes, classes: int, blank: float):
    """One-hot rows times a kernel, without the rows: codes […, n] and kernel [n · classes, width] → […, width].

    Code −1 stands for features that are all `blank`, −2 for features that are all zero.
    """
    n = codes.shape[-1]
    index = codes + jnp.arange(n, dtype=codes.dtype) * classes
    looked_up = _look_up(kernel, jnp.where(codes < 0, -1, index))
    if blank:
        sums = kernel.reshape(n, classes, -1).sum(axis=1)
        looked_up += blank * ((codes == -1).astype(kernel.dtype) @ sums)
    return looked_up


@jax.custom_vjp
def _look_up(kernel, index):
    found = kernel.at[jnp.maximum(index, 0)].get(mode="promise_in_bounds")
    return jnp.where(index[..., None] < 0, 0, found).sum(axis=-2)


def _look_up_forward(kernel, index):
    return _look_up(kernel, index), (index, kernel.shape[0])


def _look_up_backward(kept, gradient):
    index, size = kept
    spread = jnp.where(index[..., None] < 0, 0, gradient[..., None, :]).reshape(-1, gradient.shape[-1])
    zeros = jnp.zeros((size, gradient.shape[-1]), gradient.dtype)
    return zeros.at[jnp.maximum(index, 0).reshape(-1)].add(spread, mode="promise_in_bounds"), None


_look_up.defvjp(_look_up_forward, _look_up_backward)


@jax.custom_vjp
def recurrence(recurrent, driven, mask, h, c):
    """An LSTM over time, its inputs already multiplied by the kernel.

    recurrent [units, 4 · units] · driven [steps, batch, 4 · units] · mask bool [steps, batch] or None · h, c [batch,
    units]. Returns outputs, h and c after every step, [steps, batch, units] each. A step that is skipped leaves h and c
    and repeats the output before it; as in Keras, the output before the first is zero, whatever the state.
    No gradient goes back into the first state: what was carried is given.
    """
    return _recurrence_forward(recurrent, driven, mask, h, c)[0]


def _recurrence_forward(recurrent, driven, mask, h, c):
    def advance(carry, step):
        y, h, c = carry
        z, taken = step
        opened = gates(jnp, z + h @ recurrent)
        new_h, new_c, squashed = next_state(jnp, opened, c)
        new_y = new_h
        if taken is not None:
            taken = taken[:, None]
            new_y, new_h, new_c = (
                jnp.where(taken, new_h, y),
                jnp.where(taken, new_h, h),
                jnp.where(taken, new_c, c),
            )
        return (new_y, new_h, new_c), (new_y, new_h, new_c, opened, squashed)

    _, (ys, hs, cs, opened, squashed) = _over_time(advance, (jnp.zeros_like(h), h, c), (driven, mask))
    return (ys, hs, cs), (recurrent, mask, h, c, hs, cs, opened, squashed)


def _recurrence_backward(kept, gradients):
    recurrent, mask, h, c, hs, cs, opened, squashed = kept
    before_h = jnp.concatenate([h[None], hs[:-1]])
    before_c = jnp.concatenate([c[None], cs[:-1]])
    # What does not depend on later steps is worked out for all of them at once.
    i, f, g, o = jnp.split(opened, 4, axis=-1)
    into_c = o * (1 - squashed * squashed)
    slopes = jnp.concatenate([g * i * (1 - i), before_c * f * (1 - f), i * (1 - g * g), squashed * o * (1 - o)], -1)
    transposed, nothing = recurrent.T, jnp.zeros_like(h)

    def retreat(carry, step):
        dy_later, dh, dc = carry
        dy, slope, through, forget, taken = step
        dy = dy + dy_later
        dy_pass, dh_pass, dc_pass = nothing, nothing, nothing
        if taken is not None:
            taken = taken[:, None]
            dy_pass, dh_pass, dc_pass = (jnp.where(taken, 0, d) for d in (dy, dh, dc))
            dy, dh, dc = (jnp.where(taken, d, 0) for d in (dy, dh, dc))
        dh = dh + dy
        dc = dc + dh * through
        dz = jnp.concatenate([dc, dc, dc, dh], axis=-1) * slope
        return (dy_pass, dz @ transposed + dh_pass, dc * forget + dc_pass), dz

    steps = (gradients[0], slopes, into_c, f, mask)
    _, driven = _over_time(retreat, (nothing, nothing, nothing), steps, reverse=True)
    driven = lax.optimization_barrier(driven)  # else XLA takes it to pieces again for the bias' sum
    return jnp.einsum("sbh,sbz->hz", before_h, driven), driven, None, None, None


recurrence.defvjp(_recurrence_forward, _recurrence_backward)


def _over_time(step, carry, inputs, reverse: bool = False):
    length = inputs[0].shape[0]
    return lax.scan(step, carry, inputs, reverse=reverse, unroll=length if length <= UNROLLED else 4)


def loss_and_gradient(architecture: Architecture, logits, targets, shares):
    """(loss, its gradient by the logits, right answers): TensorFlow's losses, from the logits and not clipped.

    logits [batch, outputs] or [steps, batch, outputs] · targets int classes without, or floats with, the outputs' axis
    shares float [batch] or [steps, batch]: each target's share of the mean; 0 for one that does not count
    """
    if jnp.issubdtype(targets.dtype, jnp.integer):
        place = jnp.arange(logits.shape[-1], dtype=targets.dtype)
        wanted = place == targets[..., None]
        highest = logits.max(axis=-1, keepdims=True)
        first = jnp.where(logits == highest, place, logits.shape[-1]).min(axis=-1)  # argmax, in cheaper steps
        right = jnp.sum((first == targets) & (shares > 0)).astype(jnp.int32)
    else:
        wanted, right = targets, jnp.zeros((), jnp.int32)
    losses, gradient = _LOSSES[architecture.loss](logits, wanted)
    return jnp.sum(losses * shares), gradient * shares[..., None], right


def _categorical(logits, wanted):
    highest = logits.max(axis=-1, keepdims=True)
    powers = jnp.exp(logits - highest)
    total = powers.sum(axis=-1, keepdims=True)
    mass = 1 if wanted.dtype == bool else wanted.sum(axis=-1, keepdims=True)
    asked = jnp.where(wanted, logits, 0) if wanted.dtype == bool else wanted * logits
    losses = ((jnp.log(total) + highest) * mass)[..., 0] - jnp.sum(asked, axis=-1)
    return losses, powers / total * mass - wanted


def _binary(logits, wanted):
    losses = jnp.maximum(logits, 0) - logits * wanted + jnp.log1p(jnp.exp(-jnp.abs(logits)))
    return losses.mean(axis=-1), (jax.nn.sigmoid(logits) - wanted) / logits.shape[-1]


def _squared(outputs, wanted):
    error = outputs - wanted
    return jnp.mean(error * error, axis=-1), 2 * error / error.shape[-1]


_LOSSES = {"categorical_crossentropy": _categorical, "binary_crossentropy": _binary, "mse": _squared}
