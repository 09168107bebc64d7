"""What is kept of a training run: loss and accuracy by epoch, and a stop where the loss is no number any more."""

from __future__ import annotations

import numpy as np

from lstm_lab.trainers.compiled.plan import Chunk, Plan
from lstm_lab.trainers.trained import TrainingDiverged


class History:
    """Sums over the updates of each epoch: losses weighted by the samples of their batch, as Keras weights them."""

    def __init__(self, plan: Plan):
        epoch = plan.schedule.epoch
        self._first = int(epoch[0])
        epochs = int(epoch[-1]) - self._first + 1
        self._loss, self._samples, self._hits, self._targets = (np.zeros(epochs) for _ in range(4))
        self._classes = plan.framed.target_codec is not None
        self._rate = plan.architecture.optimizer.learning_rate
        self._before = 0
        self.updates = 0  # made, by the optimizer's count

    def add(self, chunk: Chunk, losses: np.ndarray, hits: np.ndarray) -> None:
        """Take in a chunk's losses and right answers; TrainingDiverged at the first loss that is not finite."""
        losses, hits = losses[: chunk.size], hits[: chunk.size]
        wrong = ~np.isfinite(losses)
        if wrong.any():
            number = int(wrong.argmax())
            raise TrainingDiverged(
                f"the loss is {losses[number]} at update {self._before + number + 1}, in epoch "
                f"{int(chunk.epoch[number]) + 1}: try a smaller learning_rate (it is {self._rate})"
            )
        epoch, length = chunk.epoch - self._first, len(self._loss)
        for total, values in (
            (self._loss, losses.astype(float) * chunk.samples),
            (self._samples, chunk.samples),
            (self._hits, hits),
            (self._targets, chunk.targets),
        ):
            total += np.bincount(epoch, values, minlength=length)
        self._before += chunk.size
        self.updates += int(chunk.updates.sum())

    def by_epoch(self) -> dict[str, np.ndarray]:
        """ "loss" and, for classes, "accuracy" (right answers over the targets that count): float32 [epochs]."""
        means = {"loss": self._loss / np.maximum(self._samples, 1)}
        if self._classes:
            means["accuracy"] = self._hits / np.maximum(self._targets, 1)
        return {name: values.astype(np.float32) for name, values in means.items()}
