"""Training samples together with later samples of the same series, which were prepared with the same coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_lab.common.arrays import float32
from lstm_lab.common.checks import check_size
from lstm_lab.common.typed import Positive, typed
from lstm_lab.framing.framed import Framed


@dataclass(frozen=True, eq=False)
class WithLater(Framed):
    """Framed for training, with samples that are not learnt. A scaler is fitted once, so both come from one draw.

    later   float samples of the later part of the series, prepared like the training samples
    naive   the squared error that counts as 1: that of a forecast without a network, in the units of the targets

    Raises ValueError without later samples, for later samples of another shape, and for a naive error of 0 or less.
    Source: book, preparing data: coefficients are estimated from the training data, and scale new data later.
    """

    later: Framed | None = None
    naive: float = 1.0

    def __post_init__(self):
        super().__post_init__()
        if self.later is None:
            raise ValueError("later is missing: give the samples of the later part of the series")
        if self.later.inputs.shape[1:] != self.inputs.shape[1:]:
            raise ValueError(f"later has inputs {self.later.inputs.shape}, but training has {self.inputs.shape}")
        if not self.naive > 0:
            raise ValueError(f"naive is {self.naive}: need an error above 0")


@typed
def split_windows(x: np.ndarray, y: np.ndarray, training: Positive, naive: float | None = None) -> WithLater:
    """Windows of a series, in order, as training samples and later ones: x [samples, steps, features], y [samples, n].

    training  how many of the first windows are learnt. No window may hold a value from both parts that is a target of
              the later part, so the windows whose steps overlap the training targets are left out
    naive     the squared error that counts as 1; None: that of always saying the mean of the training targets

    >>> framed = split_windows(np.zeros((9, 2, 1)), np.arange(9.0)[:, None], training=4)
    >>> framed.samples, framed.later.samples, framed.later.targets[0], framed.naive
    (4, 3, array([6.], dtype=float32), 30.916666666666668)
    """
    if x.ndim != 3 or y.ndim != 2 or len(x) != len(y):
        raise ValueError(f"x of shape {x.shape}, y of shape {y.shape}: need [samples, steps, features], [samples, n]")
    start = training + x.shape[1]
    if start >= len(x):
        raise ValueError(f"training is {training}: {len(x)} windows of {x.shape[1]} steps leave nothing for later")
    check_size(4 * (x.size + y.size), f"{len(x)} windows of {x.shape[1]} steps", "use fewer of either")
    x, y = np.ascontiguousarray(float32("x", x)), np.ascontiguousarray(float32("y", y))
    later = Framed(x[start:], y[start:])
    if naive is None:
        naive = float(np.mean((later.targets.astype(float) - y[:training].astype(float).mean(axis=0)) ** 2))
    return WithLater(x[:training], y[:training], later=later, naive=naive)
