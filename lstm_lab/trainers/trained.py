"""What training leaves behind, whichever trainer did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lab.layers import States


@dataclass(frozen=True, eq=False, repr=False)
class Trained:
    """A trained network; TrainingDiverged where its weights, state or optimizer state are no finite numbers.

    weights          float32 arrays in the order of Keras' `get_weights()`
    state            of each layer that has one its arrays, [batch, units] each, as training left them: after the last
                     update, or zeros where a reset followed it, as in the literal start; none if stateless
    history          "loss" and, for classes, "accuracy": float arrays [epochs], means over the epoch
    optimizer_state  the optimizer's own variables, as its trainer keeps them; training can go on from it
    seconds          wall time of the training itself
    """

    weights: list[np.ndarray]
    state: States
    history: dict[str, np.ndarray]
    optimizer_state: Any = None
    seconds: float = 0.0

    def __post_init__(self):
        kept = getattr(self.optimizer_state, "kept", [])  # in an optimizer of Keras' it stays as Keras left it
        arrays = (*self.weights, *(array for several in (*self.state, *kept) for array in several))
        if not all(np.isfinite(array).all() for array in arrays):  # the last loss was that before the last update
            raise TrainingDiverged(
                "the last update made weights or state NaN or infinite, or what the optimizer keeps: "
                "try a smaller learning_rate"
            )

    def __repr__(self) -> str:
        """In few words: nobody wants every weight at a prompt."""
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self.history.items() if len(values))
        epochs = len(next(iter(self.history.values()), ()))
        return f"Trained({len(self.weights)} weight arrays, {epochs} epochs, {last}, {self.seconds:.2f} s)"


class TrainingDiverged(ArithmeticError):
    """The loss became NaN or infinite: the message names the epoch, and the update where the trainer knows it. Or the
    last update left such weights or state."""
