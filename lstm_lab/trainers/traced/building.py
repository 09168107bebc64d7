"""Building a model as Keras' `fit` does: from its first batch."""

from __future__ import annotations

from collections.abc import Callable


def build(model, batch: Callable) -> None:
    """Make the variables of a model, its metrics and its optimizer that are not there yet; `batch` gives the first one.

    Raises what Keras raises.
    """
    parts = [*model._flatten_layers(), model._compile_metrics, model._compile_loss]
    if not all(part.built for part in parts if part is not None):
        model._symbolic_build(data_batch=batch())
    if model.optimizer is not None and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
