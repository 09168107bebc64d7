"""Where the time of an update goes: our compiled program whole, and with parts of its work left out.

    python benchmarks/parts.py [--quick] [0150 0170 0240]

The programs take turns, on one thread. The table is written to results/benchmarks/parts.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import bound
import jax
import jax.numpy as jnp
import numpy as np
import sections
import table
from jax import lax

from lstm_lab.models import SGD, Adam
from lstm_lab.models.optimizers import Optimizer
from lstm_lab.suite.experiment import Job
from lstm_lab.trainers.compiled import program
from lstm_lab.trainers.compiled.plan import Plan
from lstm_lab.trainers.compiled.running import Run

SECTIONS, SEEDS = ("0150", "0170", "0240"), 4
NOTE = f"""Microseconds per update: medians of interleaved rounds, one thread, the same updates in every column.

- **Whole**: the program of `compiled.train`, without what is done before and after it.
- **No roots**: Adam without its root and its division; whole − no roots is what these two cost.
- **SGD**: in Adam's place; whole − SGD is what Adam costs: root and division, two more arrays to read and write for
  each array of weights, and three steps of the program for each where SGD has one.
- **Gradient**: both passes; gradients are written to memory, weights stay as they are. **Forward**: forward pass, loss
  and right answers; gradient − forward is what the backward pass costs.
- **Adam alone**: its arithmetic on gradients that lie in memory. It can take longer than Adam adds to the whole.
- **Bound**: the least time of the whole update, as in [trainers.md](trainers.md). A root, a division and a curve
  (exponential, tangent, logistic) count as one operation each, though a curve takes ten to twenty.
- **{SEEDS} seeds**: side by side in one program (`jax.vmap`), time per seed; ÷ seeds: whole ÷ this, a loss below 1."""


def main() -> None:
    parser = table.options(__doc__, "100 updates, one round")
    parser.add_argument("sections", nargs="*", help=f"ids of published sections; {', '.join(SECTIONS)} by default")
    arguments = parser.parse_args()
    updates, *how = (100, 1, 0.0) if arguments.quick else (4000, 7, 0.3)  # rounds, and seconds of a turn at least
    rates, rows = bound.rates(), []
    for declared in sections.chosen(arguments.sections or list(SECTIONS)):
        job = sections.job(declared, sections.cut(declared, updates))
        with jax.default_device(jax.devices("cpu")[0]):
            whole, no_roots, sgd, gradient, forward, adam, seeds = _microseconds(job, *how)
        least = 1e6 * max(rates.seconds(bound.count(job)))
        figures = [whole, no_roots, sgd, gradient, forward, adam, whole - no_roots, whole - sgd, gradient - forward]
        rows.append([declared.id, *map(table.figure, [*figures, least, whole / least, seeds, whole / seeds])])
    header = ["section", "whole", "no roots", "SGD", "gradient", "forward", "Adam alone", "whole − no roots",
              "whole − SGD", "gradient − forward", "bound", "whole ÷ bound", f"{SEEDS} seeds", "÷ seeds"]  # fmt: skip
    table.write("parts", "Where the time of an update goes", header, rows, NOTE)


class NoRoots(Adam):
    """Adam's moments, without the root and the division."""

    def step(self, xp, rate, weight, gradient, square, kept):
        _, (m, v) = super().step(xp, rate, weight, gradient, square, kept)
        return weight - rate * (m + v), (m, v)


@dataclass(frozen=True)
class Stands(Optimizer):
    """Leaves the weights as they are. keeps: whether the gradient is written to memory, and not left out."""

    learning_rate: float = 1.0
    keeps: bool = False

    def step(self, xp, rate, weight, gradient, square, kept):
        return _changing(weight, rate), (gradient,) if self.keeps else ()


def _changing(array, rate):
    """The same array; XLA takes it for one that changes with the update, and moves no work on it out of the loop."""
    return lax.optimization_barrier((array, rate))[0]


def _adam_alone(optimizer: Optimizer, carry, arrays, first, last):
    """A loop like the compiled one, that steps by gradients which lie in the carry."""

    def body(number, carry):
        (*own, gradients), rate = carry, arrays["rate"][number]
        each = zip([_changing(gradient, rate) for gradient in gradients], *own, strict=True)
        stepped = [optimizer.step(jnp, rate, weight, g, g * g, kept) for g, weight, kept in each]
        return [weight for weight, _ in stepped], [kept for _, kept in stepped], gradients

    return lax.fori_loop(first, last, body, carry)


def _microseconds(job: Job, rounds: int, at_least: float) -> list[float]:
    """Microseconds per update of every program; each call begins with the same carry and makes the same updates."""
    plan = Plan(job.architecture, job.framed, job.schedule, job.weights)
    spec, run = plan.spec, Run(plan, job.weights, None, None)
    chunk, (weights, kept, state) = next(run.chunks), run.carry
    forms, nothing, gradients = [], [()] * len(weights), [(weight,) for weight in weights]
    optimizers = (spec.optimizer, kept), (NoRoots(), kept), (SGD(), nothing), (Stands(keeps=True), gradients)
    for optimizer, arrays in (*optimizers, (Stands(), nothing)):
        loop = program.compiled(replace(spec, optimizer=optimizer), "cpu")
        forms.append((loop, (weights, arrays, state), chunk.arrays))
    alone = jax.jit(partial(_adam_alone, spec.optimizer), compiler_options=program.CPU_OPTIONS)
    forms.append((alone, (weights, kept, weights), chunk.arrays))
    several = jax.tree.map(lambda array: np.stack([array] * SEEDS), (run.carry, chunk.arrays))
    forms.append((program.compiled(spec, "cpu", "vmap"), *several))
    calls = [partial(loop, *jax.device_put(given), np.int32(0), np.int32(chunk.size)) for loop, *given in forms]
    actions = {str(n): lambda call=call: jax.block_until_ready(call()) for n, call in enumerate(calls)}
    table.interleaved(actions, rounds=1)  # compiles
    *one, seeds = table.interleaved(actions, rounds, at_least).values()
    return [1e6 * seconds / chunk.size for seconds in (*one, seeds / SEEDS)]


if __name__ == "__main__":
    main()
