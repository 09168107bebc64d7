"""The compiled loop: one XLA program that makes a chunk of updates, whatever the number of epochs or samples."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from lstm_lab.layers import OneHot, forward
from lstm_lab.models import losses
from lstm_lab.trainers.compiled.plan import Spec

# One program per seed and thread: XLA's own threads would only get in each other's way on networks this small.
CPU_OPTIONS = {"xla_cpu_multi_thread_eigen": False, "xla_cpu_prefer_vector_width": "512"}


@lru_cache(maxsize=64)
def compiled(spec: Spec, platform: str, seeds: str = "one") -> Callable:
    """The jitted loop (carry, arrays, first, last) → (carry, losses, hits).

    carry   (weights, the optimizer's arrays for each, the state's arrays of each layer that has one)
    arrays  a chunk's, [updates, …] each; those from `first` up to `last`, and without it, are learnt
    losses, hits  [updates], with zeros for those that are not learnt
    seeds   "one", or "vmap" for a leading axis of seeds on all but `first` and `last`
    """
    loop: Callable = partial(_loop, spec)
    if seeds == "vmap":
        loop = jax.vmap(loop, in_axes=(0, 0, None, None))
    options = CPU_OPTIONS if platform == "cpu" else None
    return jax.jit(loop, compiler_options=options)


def _loop(spec: Spec, carry, arrays, first, last):
    length = arrays["rate"].shape[0]
    records = jnp.zeros(length, carry[0][0].dtype), jnp.zeros(length, jnp.int32)

    def body(number, carry_and_records):
        carry, (losses, hits) = carry_and_records
        one = {name: lax.dynamic_index_in_dim(array, number, keepdims=False) for name, array in arrays.items()}
        carry, loss, right = update(spec, carry, one)
        return carry, (losses.at[number].set(loss), hits.at[number].set(right))

    carry, (losses, hits) = lax.fori_loop(first, last, body, (carry, records))
    return carry, losses, hits


def update(spec: Spec, carry, one: dict[str, Any]):
    """One update: (carry, loss, right answers)."""
    weights, kept, state = carry
    if spec.carries:
        forget = one["reset"][:, None]
        state = [tuple(jnp.where(forget, 0, array) for array in layer) for layer in state]
    loss, right, gradients, squares, reached = gradient(spec, weights, state, one)
    if spec.optimizer.clips:
        gradients = spec.optimizer.clipped(jnp, gradients)
        squares = [gradient * gradient for gradient in gradients]
    stepped = [
        spec.optimizer.step(jnp, one["rate"], *each) for each in zip(weights, gradients, squares, kept, strict=True)
    ]
    new_weights, new_kept = [weight for weight, _ in stepped], [arrays for _, arrays in stepped]
    if spec.windowed:
        new_weights, new_kept = jax.tree.map(
            lambda new, old: jnp.where(one["learns"], new, old), (new_weights, new_kept), (weights, kept)
        )
    return (new_weights, new_kept, reached), loss, right


def gradient(spec: Spec, weights, state, one: dict[str, Any]):
    """(loss, right answers, gradients in the order of the weights, their squares, the state that is carried on)."""
    cut, first, layers = spec.free_steps, state, spec.layers
    inputs, before, as_tensorflow = one["inputs"], [], spec.backend == "tensorflow"
    mask: Any = one.get("mask")
    table, codes = None, inputs
    if layers[0].takes_codes:
        layers, (table, *weights) = layers[1:], weights
        inputs = table.at[codes].get(mode="promise_in_bounds")

    def run(weights, x, mask, state):
        looked_up = x if spec.classes is None else OneHot(jnp, x, spec.classes, spec.blank)
        return forward(jnp, layers, weights, looked_up, mask, state)

    if cut:  # the steps further back than the gradient reaches: run, but not learnt from
        _, before = run(weights, inputs[:cut], mask[:cut], state)
        state = _at(before, -1)
        codes, inputs, mask = codes[cut:], inputs[cut:], mask[cut:]

    def answers(weights, embedded):
        return run(weights, inputs if table is None else embedded, mask, state)

    logits, pull_back, after = jax.vjp(answers, weights, None if table is None else inputs, has_aux=True)
    loss, slope, right = _loss(spec, logits, one["targets"], one["loss_weights"])
    gradients, rows = pull_back(slope)
    squares = [gradient * gradient for gradient in gradients]
    if table is not None:
        # Keras on TensorFlow squares what each use of a row contributes and adds the squares up, not the other way
        # round, so that Adam's v and RMSprop's mean square grow more slowly for a symbol that comes twice in a batch.
        of_table = jnp.zeros_like(table).at[codes].add(rows)
        squared = jnp.zeros_like(table).at[codes].add(rows * rows) if as_tensorflow else of_table * of_table
        gradients, squares = [of_table, *gradients], [squared, *squares]
    if not spec.carries:
        return loss, right, gradients, squares, []
    if not spec.windowed:
        return loss, right, gradients, squares, _at(after, -1)
    start = [tuple(array[None] for array in layer) for layer in first]
    whole = jax.tree.map(lambda *parts: jnp.concatenate(parts), start, *([before] if cut else []), after)
    return loss, right, gradients, squares, _at(whole, one["onward"])


def _at(states, step):
    """The state's arrays after one of the steps."""
    if isinstance(step, int):
        return jax.tree.map(lambda array: array[step], states)
    return jax.tree.map(lambda array: lax.dynamic_index_in_dim(array, step, keepdims=False), states)


def _loss(spec: Spec, logits, targets, loss_weights):
    """(loss, its gradient by the logits, right answers).

    logits [batch, outputs] or [steps, batch, outputs] · targets int classes without, or floats with, the outputs' axis
    loss_weights float [batch] or [steps, batch]: each target's share of the mean; 0 for one that does not count
    """
    if jnp.issubdtype(targets.dtype, jnp.integer):
        place = jnp.arange(logits.shape[-1], dtype=targets.dtype)
        wanted = place == targets[..., None]
        highest = logits.max(axis=-1, keepdims=True)
        first = jnp.where(logits == highest, place, logits.shape[-1]).min(axis=-1)  # argmax, in cheaper steps
        right = jnp.sum((first == targets) & (loss_weights > 0)).astype(jnp.int32)
    else:
        wanted, right = targets, jnp.zeros((), jnp.int32)
    terms, gradient = losses.KINDS[spec.loss].terms(jnp, logits, wanted, clips=spec.backend != "tensorflow")
    return jnp.sum(terms * loss_weights), gradient * loss_weights[..., None], right
