"""What a probe may look at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Order
from lstm_lab.judging.measures import Value, read
from lstm_lab.layers import States
from lstm_lab.models import Architecture
from lstm_lab.trainers.trained import Trained

SHOWN = 26  # samples whose answers are kept for people: an alphabet of them
MOST = 10_000  # steps of a walk, or samples drawn at random


@dataclass(frozen=True, eq=False)
class Asked:
    """What a probe may look at.

    framed      the training samples        order       how they were learnt
    trained     weights, state, history     before      the weights training began from
    predictor   (inputs, state) → (probabilities, state)
    redraw      (settings) → samples drawn anew, as for training, from the probe's own randomness
    """

    framed: Framed
    order: Order
    architecture: Architecture
    settings: Any
    trained: Trained
    before: list[np.ndarray]
    predictor: Callable[[np.ndarray, States | None], tuple[np.ndarray, States]]
    rng: np.random.Generator
    redraw: Callable[[Any], Framed]


@dataclass(frozen=True)
class Measure:
    """One measure of one run, as a probe answers it.

    value                 a Count, Text or Number; a plain (right, asked), text or number becomes one
    chance, lookup_table  the baselines of a count, out of the same `asked`
    lines                 what was asked and answered, for people: "ABC → D"; not stored
    """

    value: Value
    chance: float | None = None
    lookup_table: int | None = None
    lines: list[str] = field(default_factory=list)

    def __post_init__(self):
        object.__setattr__(self, "value", read(self.value))


Probe = Callable[[Asked], dict[str, Measure]]
