"""0450 · What unrolling costs.

Question   How does the memory that one update needs grow with the number of time steps, and how much does k2 save?
Source     book, chapter 2, unfolding the backward pass; 200 to 400 time steps as the usual limit
Shapes     x [32 samples, n time steps, 8 features] · y [32, n] · LSTM(64) and a Dense layer at every step
Look at    the bytes that are stored for the backward pass: they grow linearly with the time steps, and a gradient over
           20 steps keeps them constant; for the time of an update see results/benchmarks/unrolling.md
"""

import jax
import jax.numpy as jnp
import numpy as np
from rich.table import Table

from lstm_lab import Lesson, main, models
from lstm_lab.layers import forward


def kept_bytes(settings, steps):
    """Bytes that a forward pass over so many steps stores for the backward pass, without the weights. The time depends
    on the machine, so benchmarks/unrolling.py measures it."""
    architecture = models.lstm_regressor(settings.units, return_sequences=True)
    weights = architecture.initial_weights(steps, settings.features, np.random.default_rng(0))
    x = jnp.zeros((steps, settings.batch_size, settings.features))
    state = [(jnp.zeros((settings.batch_size, settings.units)),) * 2]

    def outputs(weights):
        return forward(jnp, architecture.up_to_the_loss, weights, x, None, state)[0]

    _, pull_back = jax.eval_shape(lambda w: jax.vjp(outputs, w), weights)
    kept = sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(pull_back))
    return kept - sum(array.nbytes for array in weights)


def show(settings):
    table = Table("time steps n", "BPTT(n)", f"k2 = {settings.k2}", title="MiB kept for one update")
    for steps in settings.shown:
        table.add_row(str(steps), *(f"{kept_bytes(settings, n) / 2**20:.2f}" for n in (steps, min(steps, settings.k2))))
    return [table]


def measures(settings, rng):
    """The bytes that are stored, and ratios of them. They are the same on every machine."""
    kept = {n: kept_bytes(settings, n) for n in (settings.k2, *settings.shown)}
    low, high = settings.shown[0], settings.shown[-1]
    whole = {f"whole_n{n:04}": kept[n] / 2**20 for n in settings.shown}
    truncated = {f"truncated_n{n:04}": kept[min(n, settings.k2)] / 2**20 for n in settings.shown}
    return {
        **whole,
        **truncated,
        f"bytes_{high}_steps_over_{low}": kept[high] / kept[low],
        f"bytes_{high}_steps_over_k2": kept[high] / kept[settings.k2],
        "bytes_per_step_unit_and_sample": kept[high] / (high * settings.units * settings.batch_size),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
