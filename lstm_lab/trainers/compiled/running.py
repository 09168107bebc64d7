"""One training run on its way: where it starts, what its program carries, and what it leaves."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import jax
import numpy as np

from lstm_lab.layers import States
from lstm_lab.trainers.compiled.history import History, OptimizerState
from lstm_lab.trainers.compiled.plan import Chunk, Plan
from lstm_lab.trainers.trained import Trained


class Run:
    """One training run on its way: its plan, its history, and what the loop carries."""

    def __init__(self, plan: Plan, weights, state: Sequence | None, optimizer_state: OptimizerState | None):
        self.plan, self.history, self._began = plan, History(plan), time.perf_counter()
        wide = jax.config.jax_enable_x64  # type: ignore[attr-defined]
        start = [np.asarray(array, np.float64) for array in weights] if wide else plan.weights
        slots = range(len(plan.architecture.optimizer.arrays))
        new = OptimizerState(0, [tuple(np.zeros_like(array) for _ in slots) for array in start])
        self._began_with = new if optimizer_state is None else optimizer_state.like(new)
        self.chunks: Iterator[Chunk] = plan.chunks(self._began_with.iterations)
        self.carry = (start, self._began_with.kept, self._state(state, start[0].dtype))

    def _state(self, state: Sequence | None, dtype) -> States:
        if state and not self.plan.architecture.stateful:
            raise ValueError("a state is given, but the network is stateless: each update starts from zeros")
        if not self.plan.spec.carries:
            return []
        batch = self.plan.schedule.batch_size
        if state is None:
            needed = self.plan.architecture.state_shapes(batch)
            return [tuple(np.zeros(shape, dtype) for shape in layer) for layer in needed]
        state = self.plan.architecture.checked_state(state, batch)
        return [tuple(array.astype(dtype, copy=False) for array in layer) for layer in state]

    def trained(self, seeds: int = 1) -> Trained:
        """The result; the time since the beginning is shared by all the seeds trained side by side."""
        weights, kept, state = jax.tree.map(np.asarray, self.carry)
        iterations = self._began_with.iterations + self.history.updates
        return Trained(
            weights=list(weights),
            state=[tuple(layer) for layer in state] if self.plan.architecture.stateful else [],
            history=self.history.by_epoch(),
            optimizer_state=OptimizerState(iterations, [tuple(arrays) for arrays in kept]),
            seconds=(time.perf_counter() - self._began) / seeds,
        )
