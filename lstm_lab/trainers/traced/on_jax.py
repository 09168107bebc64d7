"""Many updates of a Keras model in one XLA program, on the JAX backend."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax


def program(model, step: str) -> Callable:
    """`run` of a `Program`: Keras' own train_step or test_step, once a batch, in a loop of XLA."""
    one = getattr(model, f"{step}_step")

    @jax.jit
    def run(state, arrays, order, start, stop):
        def taken(place):
            return jax.tree.map(lambda array: array[order[place]], arrays)

        empty = jax.tree.map(
            lambda log: jnp.zeros(log.shape, log.dtype), jax.eval_shape(lambda: one(state, taken(start))[0])
        )

        def advance(place, carried):
            before, _, lost = carried
            logs, after = one(before, taken(place))
            after = jax.tree.map(lambda new, old: jnp.asarray(new, old.dtype), _like(before, after), before)
            logs = jax.tree.map(jnp.asarray, logs)
            missed = ~jnp.isfinite(logs["loss"]) if "loss" in logs else jnp.array(False)
            return after, logs, jnp.where((lost < 0) & missed, place, lost)

        state, logs, lost = lax.fori_loop(start, stop, advance, (state, empty, jnp.int32(-1)))
        return logs, lost, state

    return lambda state, arrays, order, start, stop, any_size: run(state, arrays, order, start, stop)


def _like(before, after):
    """A state with the lists and tuples of the one before: somebody's own step may give others."""
    return jax.tree.unflatten(jax.tree.structure(before), jax.tree.leaves(after))
