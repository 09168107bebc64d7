"""A compiled Keras model as the compiled trainer takes it, and what training leaves, written back to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_lab.models.architecture import Architecture
from lstm_lab.models.losses import name_in_keras
from lstm_lab.trainers.compiled.history import OptimizerState
from lstm_lab.trainers.trained import Trained


class KerasModel:
    """ValueError names what of the model the compiled trainer does not take.

    architecture  the same network as plain data
    backend       whose Keras it is
    batch_size    that of a stateful model's Input; None: any
    """

    def __init__(self, model):
        from keras import backend  # only for who has a Keras model, and so has imported Keras already

        self._model, self.architecture, self.backend = model, Architecture.from_keras(model), backend.backend()
        optimizer = model.optimizer
        if not optimizer.built:
            optimizer.build(model.trainable_variables)
        if list(map(id, optimizer._trainable_variables)) != list(map(id, model.trainable_variables)):
            raise ValueError(
                f"optimizer {type(optimizer).__name__} was made for other weights, those of another model or of this "
                "one before its layers changed: compile the model again, with an optimizer of its own"
            )
        self._kept = [getattr(optimizer, name) for name in self.architecture.optimizer.arrays]
        if any(len(arrays) != len(model.trainable_variables) for arrays in self._kept):
            raise ValueError(
                f"optimizer {type(optimizer).__name__} keeps no {self.architecture.optimizer.arrays[0].strip('_')}: it "
                "was given another setting after its first update, which Keras does not notice; compile the model again"
            )
        self._stateful = [layer for layer in model.layers if getattr(layer, "stateful", False)]
        self.batch_size = model.input_shape[0] if self._stateful else None

    def check_batches(self, samples: int, batch_size: int | None) -> None:
        """ValueError where a stateful model would be given another batch than its Input says."""
        fixed = self.batch_size
        if fixed and batch_size not in (None, fixed):
            raise ValueError(
                f"batch_size is {batch_size}: this stateful model's Input has a batch of {fixed}, use that"
            )
        if fixed and samples % fixed:
            raise ValueError(
                f"x has {samples} samples: this stateful model's Input has a batch of {fixed}, and every batch must be "
                "full; leave some samples out, or build the model for another batch"
            )

    def start(self) -> dict[str, Any]:
        """`weights`, `state` and `optimizer_state` that training goes on from."""
        from keras.ops import convert_to_numpy

        optimizer, arrays = self._model.optimizer, range(len(self._model.trainable_variables))
        kept = [tuple(convert_to_numpy(each[number]) for each in self._kept) for number in arrays]
        return {
            "weights": self._model.get_weights(),
            "state": [tuple(map(convert_to_numpy, layer.states)) for layer in self._stateful] or None,
            "optimizer_state": OptimizerState(int(convert_to_numpy(optimizer.iterations)), kept),
        }

    def write(self, trained: Trained) -> None:
        """Leave the model as Keras' `fit` would have."""
        self._model.set_weights(trained.weights)
        self._model.optimizer.iterations.assign(trained.optimizer_state.iterations)
        for number, values in enumerate(trained.optimizer_state.kept):
            for arrays, value in zip(self._kept, values, strict=True):
                arrays[number].assign(value)
        for layer, reached in zip(self._stateful, trained.state, strict=True):
            for variable, value in zip(layer.states, reached, strict=True):
                variable.assign(value)

    def targets(self, y: np.ndarray) -> np.ndarray:
        """Targets as an `Architecture` takes them; ValueError where this model's loss takes others."""
        loss, axes, outputs = (
            name_in_keras(self._model.loss),
            len(self._model.output_shape) - 1,
            self.architecture.outputs,
        )
        if self.architecture.loss != "categorical_crossentropy":
            return y
        if loss.startswith("sparse"):
            if y.ndim > axes and y.shape[-1] > 1:
                raise ValueError(
                    f"y of shape {y.shape}: {loss} takes classes; for one-hot rows, categorical_crossentropy"
                )
            return y[..., 0] if y.ndim == axes + 1 and y.shape[-1] == 1 else y
        if y.ndim == axes and outputs == 1:
            y = y[..., None]
        if y.ndim <= axes or y.shape[-1] == 1 < outputs:
            raise ValueError(
                f"y of shape {y.shape}: {loss} takes rows of {outputs} numbers, one for each class; for classes, "
                "sparse_categorical_crossentropy"
            )
        return y
