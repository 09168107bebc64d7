"""What training leaves behind, whichever trainer did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lab.forward import State


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network.

    weights          float32 arrays in the order of Keras' `get_weights()`
    state            per LSTM layer (h, c), [batch, units] each, as the last update left it
    history          "loss" and, for classes, "accuracy": float arrays [epochs], means over the epoch's updates
    optimizer_state  the optimizer's own variables, as its trainer keeps them; training can go on from it
    seconds          wall time of the training itself
    """

    weights: list[np.ndarray]
    state: State
    history: dict[str, np.ndarray]
    optimizer_state: Any = None
    seconds: float = 0.0


class TrainingDiverged(ArithmeticError):
    """The loss became NaN or infinite; the message names the update and the epoch."""
