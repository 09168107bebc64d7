"""How far back an answer depends on the inputs, and the gradient with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_lab.inspecting.use.asking import Asking, Curve, Places
from lstm_lab.inspecting.use.network import CannotBeAsked, Network

SLOPES = 32  # places at which the gradient is taken


@dataclass(frozen=True)
class Reach:
    """How often another input so many steps back changes the answer, of the network trained and untrained.

    Between two numbers of steps that are asked about, all inputs farther back than the first are other ones together.
    """

    changed: Curve
    untrained: Curve

    @property
    def used(self) -> list[int]:
        """The steps back whose input is used: another one there changes, beyond doubt, one answer in twenty or more."""
        return [at for at, value in zip(self.changed.at, self.changed.values, strict=True) if value.low > 0.05]


@dataclass(frozen=True)
class Gradient:
    """‖d loss / d input so many steps back‖, of the network trained and untrained."""

    trained: Curve
    untrained: Curve


def reach(asking: Asking, untrained: Network) -> Reach:
    """One input is replaced by another of the data, so many steps before an answer."""
    places = asking.places()
    symbols = asking.sequences.inputs()
    if len(np.unique(symbols)) < 2:
        raise CannotBeAsked("all inputs are the same, so there is no other one to put in their place")
    windows = places.windows(asking.sequences.x, asking.farthest)
    backs = asking.back()
    drawn = {back: _others(places, back, symbols, asking.rng) for back in range(asking.farthest + 1)}
    curves = []
    for network in (asking.network, untrained):
        before = asking.states_before(places.steps - asking.farthest, places.rows, network)
        usual, values = asking.last(windows, before, network), []
        for nearer, back in zip([-1, *backs], backs, strict=False):
            changed = windows.copy()
            for each in range(nearer + 1, back + 1):
                changed[:, asking.farthest - each] = asking.sequences.pool[drawn[each]]
            moved = 1 - asking.sequences.answers.same(asking.last(changed, before, network), usual)
            values.append(asking.estimate(moved, places.rows))
        curves.append(Curve(backs, values))
    return Reach(*curves)


def gradient(asking: Asking, untrained: Network) -> Gradient:
    """The gradient of the loss of single answers for the inputs before them, in one sample that holds them all."""
    places = asking.places()
    some = np.linspace(0, len(places.rows) - 1, min(SLOPES, len(places.rows))).astype(int)
    places = Places(places.rows[some], places.steps[some])
    windows, targets = places.windows(asking.sequences.x, asking.farthest), places.of(asking.sequences.targets)
    found = []
    for network in (asking.network, untrained):
        before = asking.states_before(places.steps - asking.farthest, places.rows, network)
        slopes = network.gradient(windows, targets, asking.sequences.answers.classes, before)
        values = [asking.estimate(slopes[:, asking.farthest - back], places.rows) for back in asking.back()]
        found.append(Curve(asking.back(), values))
    return Gradient(*found)


def _others(places: Places, back: int, symbols: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each place the number of an input that is another one than that so many steps back."""
    own, pool = symbols[places.rows, places.steps - back], symbols.ravel()
    chosen = rng.integers(len(pool), size=len(own))
    for place in np.flatnonzero(pool[chosen] == own):
        chosen[place] = rng.choice(np.flatnonzero(pool != own[place]))
    return chosen
