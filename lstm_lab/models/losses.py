"""Losses: their arithmetic as Keras has it, on TensorFlow and elsewhere; what they need, and Keras' names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from lstm_lab.layers.activations import sigmoid
from lstm_lab.layers.base import check_plain, shown
from lstm_lab.models.optimizers import refuse_options

Loss = Literal["categorical_crossentropy", "binary_crossentropy", "mse"]


@dataclass(frozen=True)
class Kind:
    """One loss.

    activation  of the last layer, which the arithmetic takes in itself; None: any
    terms       (xp, logits or outputs, wanted, clips) → (the loss of each target, its gradient by the logits or
                outputs). clips: as Keras has it on JAX and Torch, where a probability is kept 1e-7 away from 0 and 1,
                and has no gradient beyond
    names       what Keras calls it
    """

    activation: str | None
    terms: Callable[..., tuple[Any, Any]]
    names: tuple[str, ...]


CLIP = 1e-7  # Keras' epsilon


def _categorical(xp, logits, wanted, clips=False):
    highest = logits.max(axis=-1, keepdims=True)
    powers = xp.exp(logits - highest)
    total = powers.sum(axis=-1, keepdims=True)
    if clips:
        shares = powers / total
        free = wanted * _inside(shares)
        losses = -xp.sum(wanted * xp.log(xp.clip(shares, CLIP, 1 - CLIP)), axis=-1)
        return losses, shares * xp.sum(free, axis=-1, keepdims=True) - free
    mass = 1 if wanted.dtype == bool else wanted.sum(axis=-1, keepdims=True)
    asked = xp.where(wanted, logits, 0) if wanted.dtype == bool else wanted * logits
    losses = ((xp.log(total) + highest) * mass)[..., 0] - xp.sum(asked, axis=-1)
    # Not p · mass − wanted, which is the derivative: TensorFlow has p − wanted, also for a row whose sum is not one.
    return losses, powers / total - wanted


def _binary(xp, logits, wanted, clips=False):
    if clips:
        shares = sigmoid(xp, logits)
        inside = xp.clip(shares, CLIP, 1 - CLIP)
        losses = -(wanted * xp.log(inside) + (1 - wanted) * xp.log(1 - inside))
        return losses.mean(axis=-1), (shares - wanted) * _inside(shares) / logits.shape[-1]
    losses = xp.maximum(logits, 0) - logits * wanted + xp.log1p(xp.exp(-xp.abs(logits)))
    return losses.mean(axis=-1), (sigmoid(xp, logits) - wanted) / logits.shape[-1]


def _inside(shares):
    return (shares >= CLIP) & (shares <= 1 - CLIP)


def _squared(xp, outputs, wanted, clips=False):
    error = outputs - wanted
    return xp.mean(error * error, axis=-1), 2 * error / error.shape[-1]


KINDS: dict[str, Kind] = {
    "categorical_crossentropy": Kind(
        "softmax", _categorical, ("categorical_crossentropy", "sparse_categorical_crossentropy")
    ),
    "binary_crossentropy": Kind("sigmoid", _binary, ("binary_crossentropy",)),
    "mse": Kind(None, _squared, ("mean_squared_error", "mse")),
}
_ONLY = {
    "from_logits": False,
    "label_smoothing": 0,
    "axis": -1,
    "ignore_class": None,
    "reduction": "sum_over_batch_size",
    "dtype": "float32",
}


def name_in_keras(loss) -> str:
    """What Keras calls a loss that is given by its name, as a function or as an object."""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")
    return name.replace("cross_entropy", "crossentropy")


def from_keras(model) -> Any:
    """The loss of a compiled Keras model by our name; ValueError names what is not supported."""
    import keras

    loss, options, name = model.loss, {}, name_in_keras(model.loss)
    if isinstance(loss, list | dict):  # of a kind of Keras' own, whose name nobody gave
        loss = dict(loss) if isinstance(loss, dict) else list(loss)
    if isinstance(loss, keras.losses.Loss):
        check_plain(f"loss {loss.name}", loss)
        options, loss = keras.losses.serialize(loss)["config"], type(loss).__name__
    for ours, kind in KINDS.items():
        if name in kind.names:
            refuse_options("loss", loss, options, _ONLY)
            if getattr(model, "_compile_loss", None) is not None and model._compile_loss._user_loss_weights is not None:
                raise ValueError("loss_weights are not supported: one loss, of weight one")
            return ours
    names = ", ".join(name for kind in KINDS.values() for name in kind.names)
    raise ValueError(f"loss {shown(loss)} is not supported; use one of {names}")
