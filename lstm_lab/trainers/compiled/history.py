"""What is kept of a training run: loss and accuracy by epoch, and a stop where the loss is no number any more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_lab.common.arrays import float32
from lstm_lab.common.checks import check_whole, shown
from lstm_lab.trainers.compiled.plan import Chunk, Plan
from lstm_lab.trainers.trained import TrainingDiverged

MOST = 2**53  # updates; a float counts no further


@dataclass(frozen=True, eq=False)
class OptimizerState:
    """Updates made, and the optimizer's arrays for each weight array: Adam's (m, v), a momentum, or none."""

    iterations: int
    kept: list[tuple[np.ndarray, ...]]

    def like(self, new: OptimizerState) -> OptimizerState:
        """The same in the types of a new one; ValueError where it is none of that one's optimizer and weights."""
        check_whole(0, iterations=self.iterations)
        if self.iterations > MOST:
            raise ValueError(f"iterations is {shown(self.iterations)}: need {MOST} or fewer")
        try:
            kept = [tuple(float32(f"kept[{number}]", array) for array in each) for number, each in enumerate(self.kept)]
        except TypeError:
            raise ValueError(f"kept is {shown(self.kept)}: need for each weight array what is kept of it") from None
        shapes = [[[array.shape for array in arrays] for arrays in each] for each in (kept, new.kept)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"optimizer_state of shapes {shown(shapes[0])}: this optimizer keeps {shown(shapes[1])}")
        pairs = [zip(*each, strict=True) for each in zip(kept, new.kept, strict=True)]
        typed = [tuple(array.astype(like.dtype, copy=False) for array, like in each) for each in pairs]
        return OptimizerState(int(self.iterations), typed)


class History:
    """Sums over the updates of each epoch: losses weighted by the samples of their batch, as Keras weights them."""

    def __init__(self, plan: Plan):
        epoch = plan.schedule.epoch
        self._first = int(epoch[0])
        epochs = int(epoch[-1]) - self._first + 1
        self._loss, self._samples, self._hits, self._targets = (np.zeros(epochs) for _ in range(4))
        self._classes = plan.framed.target_codec is not None
        self._rate = plan.architecture.optimizer.learning_rate
        self._ends = np.cumsum(np.bincount(epoch - self._first)) * plan.per_row  # of the epochs, in updates
        self._before = 0
        self.updates = 0  # made, by the optimizer's count

    def add(self, chunk: Chunk, part: slice, losses: np.ndarray, hits: np.ndarray) -> None:
        """Take in losses and right answers of a part of a chunk; TrainingDiverged at the first loss that is not finite.

        losses, hits  [updates of the chunk]
        """
        losses, hits = losses[part], hits[part]
        wrong = ~np.isfinite(losses)
        if wrong.any():
            number = int(wrong.argmax())
            raise TrainingDiverged(
                f"the loss is {losses[number]} at update {self._before + number + 1}, in epoch "
                f"{int(chunk.epoch[part][number]) + 1}: try a smaller learning_rate (it is {self._rate})"
            )
        epoch = chunk.epoch[part] - self._first
        for total, values in (
            (self._loss, losses * chunk.samples[part]),
            (self._samples, chunk.samples[part]),
            (self._hits, hits),
            (self._targets, chunk.targets[part]),
        ):
            np.add.at(
                total, epoch, values.astype(float)
            )  # one after the other, so that the parts do not show in the sums
        self._before += len(losses)
        self.updates += int(chunk.updates[part].sum())

    def so_far(self) -> tuple[float, dict[str, float]]:
        """Epochs done, with the share of the one under way, and loss and accuracy of the last that is whole."""
        whole = int(np.searchsorted(self._ends, self._before, side="right"))
        if whole == len(self._ends):
            share = 0.0
        else:
            began = self._ends[whole - 1] if whole else 0
            share = (self._before - began) / (self._ends[whole] - began)
        return whole + share, {name: float(values[max(whole - 1, 0)]) for name, values in self.by_epoch().items()}

    def by_epoch(self) -> dict[str, np.ndarray]:
        """ "loss" and, for classes, "accuracy" (right answers over the targets that count): float32 [epochs]."""
        means = {"loss": self._loss / np.maximum(self._samples, 1)}
        if self._classes:
            means["accuracy"] = self._hits / np.maximum(self._targets, 1)
        return {name: values.astype(np.float32) for name, values in means.items()}
