"""The compiled loop: one XLA program that makes a chunk of updates, whatever the number of epochs or samples."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from lstm_lab.models.architecture import Embedding
from lstm_lab.trainers.compiled import network, optimizers
from lstm_lab.trainers.compiled.plan import Spec

# One program per seed and thread: XLA's own threads would only get in each other's way on networks this small.
CPU_OPTIONS = {"xla_cpu_multi_thread_eigen": False, "xla_cpu_prefer_vector_width": "512"}


def prepare_jax() -> None:
    """Keep compiled programs on disk, unless the user has said where or that they should not be kept."""
    kept = jax.config.jax_compilation_cache_dir  # type: ignore[attr-defined]
    if kept is None and "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        jax.config.update("jax_compilation_cache_dir", str(home / "lstm-lab" / "jax"))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


@lru_cache(maxsize=64)
def compiled(spec: Spec, platform: str, seeds: str = "one") -> Callable:
    """The jitted loop (carry, arrays, size) → (carry, losses, hits).

    carry   (weights, the optimizer's arrays for each, state per LSTM layer)
    arrays  a chunk's, [updates, …] each; size: how many of them are learnt
    losses, hits  [updates]
    seeds   "one", or "vmap" or "map" for a leading axis of seeds on all but `size`
    """
    loop: Callable = partial(_loop, spec)
    if seeds == "vmap":
        loop = jax.vmap(loop, in_axes=(0, 0, None))
    elif seeds == "map":
        single = loop

        def loop(carry, arrays, size):
            return lax.map(lambda one: single(*one, size), (carry, arrays))

    options = CPU_OPTIONS if platform == "cpu" else None
    return jax.jit(loop, compiler_options=options)


def _loop(spec: Spec, carry, arrays, size):
    length = arrays["rate"].shape[0]
    records = jnp.zeros(length, carry[0][0].dtype), jnp.zeros(length, jnp.int32)

    def body(number, carry_and_records):
        carry, (losses, hits) = carry_and_records
        one = {name: lax.dynamic_index_in_dim(array, number, keepdims=False) for name, array in arrays.items()}
        carry, loss, right = update(spec, carry, one)
        return carry, (losses.at[number].set(loss), hits.at[number].set(right))

    carry, (losses, hits) = lax.fori_loop(0, size, body, (carry, records))
    return carry, losses, hits


def update(spec: Spec, carry, one: dict[str, Any]):
    """One update: (carry, loss, right answers)."""
    weights, kept, state = carry
    if spec.carries:
        forget = one["reset"][:, None]
        state = [(jnp.where(forget, 0, h), jnp.where(forget, 0, c)) for h, c in state]
    loss, right, gradients, squares, reached = gradient(spec, weights, state, one)
    stepped = [
        optimizers.step(spec.architecture.optimizer, one["rate"], *each)
        for each in zip(weights, gradients, squares, kept, strict=True)
    ]
    new_weights, new_kept = [weight for weight, _ in stepped], [arrays for _, arrays in stepped]
    if spec.windowed:
        new_weights, new_kept = jax.tree.map(
            lambda new, old: jnp.where(one["learns"], new, old), (new_weights, new_kept), (weights, kept)
        )
    return (new_weights, new_kept, reached), loss, right


def gradient(spec: Spec, weights, state, one: dict[str, Any]):
    """(loss, right answers, gradients in the order of the weights, their squares, the state that is carried on)."""
    cut, first = spec.free_steps, state
    inputs, taken, before = one["inputs"], one.get("taken"), []
    table, codes = None, inputs
    if isinstance(spec.architecture.layers[0], Embedding):
        table, *weights = weights
        inputs = table.at[codes].get(mode="promise_in_bounds")
    run = partial(network.forward, spec.architecture, every_step=spec.windowed, lookup=_look_up(spec))
    if cut:  # the steps further back than the gradient reaches: run, but not learnt from
        _, before = run(weights, x=inputs[:cut], mask=one["taken"][:cut], state=state)
        state = [(hs[-1], cs[-1]) for hs, cs in before]
        codes, inputs, taken = codes[cut:], inputs[cut:], one["taken"][cut:]

    def answers(weights, embedded):
        return run(weights, x=inputs if table is None else embedded, mask=taken, state=state)

    logits, pull_back, after = jax.vjp(answers, weights, None if table is None else inputs, has_aux=True)
    loss, slope, right = network.loss_and_gradient(spec.architecture, logits, one["targets"], one["shares"])
    gradients, rows = pull_back(slope)
    squares = [gradient * gradient for gradient in gradients]
    if table is not None:
        # Keras on TensorFlow squares what each use of a row contributes and adds the squares up, not the other way
        # round, so that Adam's v and RMSprop's mean square grow more slowly for a symbol that comes twice in a batch.
        gradients = [jnp.zeros_like(table).at[codes].add(rows), *gradients]
        squares = [jnp.zeros_like(table).at[codes].add(rows * rows), *squares]
    if not spec.carries:
        return loss, right, gradients, squares, []
    if not spec.windowed:
        return loss, right, gradients, squares, [(hs[-1], cs[-1]) for hs, cs in after]
    whole = [
        tuple(jnp.concatenate(parts) for parts in zip(*layer, strict=True))
        for layer in zip([(h[None], c[None]) for h, c in first], *([before] if cut else []), after, strict=True)
    ]
    onward = partial(lax.dynamic_index_in_dim, index=one["onward"], keepdims=False)
    return loss, right, gradients, squares, [(onward(hs), onward(cs)) for hs, cs in whole]


def _look_up(spec: Spec):
    if spec.classes is None:
        return None
    return lambda kernel, codes: network.rows(kernel, codes, spec.classes, spec.blank)
