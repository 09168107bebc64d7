"""Masking: steps that the layers behind it skip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lstm_lab.common.checks import is_number, shown
from lstm_lab.layers.base import Layer, only
from lstm_lab.layers.one_hot import OneHot


@dataclass(frozen=True)
class Masking(Layer):
    """Skip the time steps whose features all equal `value`."""

    value: float = 0.0

    first_only: ClassVar[bool] = True

    def mask(self, x):
        return (x != x.dtype.type(self.value)).any(axis=-1)

    def apply(self, xp, weights, x, mask, state):
        if isinstance(x, OneHot):  # codes know which of their steps are skipped
            return x, mask, ()
        if mask is None:
            mask = self.mask(x)
        return xp.where(mask[..., None], x, x.dtype.type(0)), mask, ()

    def to_keras(self, stateful):
        import keras

        return keras.layers.Masking(mask_value=self.value)

    @classmethod
    def from_keras(cls, layer):
        only(layer)
        if not is_number(layer.mask_value):
            raise ValueError(f"mask_value of a Masking layer is {shown(layer.mask_value)}: need a number")
        return cls(float(layer.mask_value))
