"""Masking: steps that the layers behind it skip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

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
        for value in _values_in_graphs(layer):
            if not is_number(value) or value != layer.mask_value:
                raise ValueError(
                    f"layer {layer.name}: mask_value was {shown(value)} when the model was built, and is "
                    f"{shown(layer.mask_value)} now; Keras then uses both, so give it where the layer is made"
                )
        return cls(float(layer.mask_value))


def _values_in_graphs(layer) -> Iterator[Any]:
    """The values by which Keras finds the steps to skip: those that the layer had when each of its models was built."""
    for node in layer._inbound_nodes:
        tensor = getattr(node.outputs[0], "_keras_mask", None)
        while tensor is not None:
            operation, number, _ = tensor._keras_history
            given = operation._inbound_nodes[number].arguments.args
            if type(operation).__name__ == "NotEqual":
                yield given[1]
            tensor = given[0] if given else None
