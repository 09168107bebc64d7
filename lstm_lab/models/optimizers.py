"""Optimizers as plain data: Keras' update rules for NumPy and JAX, one array at a time, with ε where Keras has it.

Adam's bias correction does not depend on the data. NumPy computes it before training (`rates`): the loop then raises no
power, and the number of updates is not part of the compiled program.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar

import numpy as np

from lstm_lab.common.typed import check_fields
from lstm_lab.layers.base import check_plain, shown

_LIMITS = ("clipnorm", "global_clipnorm", "clipvalue")


@dataclass(frozen=True)
class Optimizer:
    """The base of all; every kind is named as in Keras.

    clipnorm, global_clipnorm, clipvalue  as in Keras: what a gradient is limited to before the update. The norm of each
        weight array's gradient, the norm of all of them together, or each number. One of them, or None
    """

    learning_rate: float
    clipnorm: float | None = field(default=None, kw_only=True)
    global_clipnorm: float | None = field(default=None, kw_only=True)
    clipvalue: float | None = field(default=None, kw_only=True)

    fixed: ClassVar[dict[str, Any]] = {}  # options of Keras' optimizer that can only have these values
    shares: ClassVar[tuple[str, ...]] = ()  # fields that lie from 0 to 1, which Keras does not check
    arrays: ClassVar[tuple[str, ...]] = ()  # what it keeps for each weight array: the names of Keras' own lists

    def __post_init__(self):
        check_fields(self)
        name = type(self).__name__
        for each in ("learning_rate", "epsilon"):
            if getattr(self, each, 0) < 0:
                raise ValueError(f"{name}.{each} is {getattr(self, each)}: need 0 or more")
        for each in self.shares:
            if not 0 <= getattr(self, each) < 1:
                raise ValueError(f"{name}.{each} is {getattr(self, each)}: need 0 or more, and less than 1")
        limits = {name: getattr(self, name) for name in _LIMITS if getattr(self, name) is not None}
        if len(limits) > 1:
            raise ValueError(f"{' and '.join(limits)} are given: use one limit of the gradient")
        for name, limit in limits.items():
            if limit <= 0:
                raise ValueError(f"{name} is {limit}: use a number above 0, or None for no limit")

    @property
    def clips(self) -> bool:
        """Whether gradients are limited before an update."""
        return any(getattr(self, name) is not None for name in _LIMITS)

    def clipped(self, xp: Any, gradients: list) -> list:
        """The gradients of all weight arrays, limited as Keras limits them."""
        if self.clipvalue is not None:
            return [xp.clip(gradient, -self.clipvalue, self.clipvalue) for gradient in gradients]
        squares = [xp.sum(gradient * gradient) for gradient in gradients]
        if self.clipnorm is not None:
            scales = [self.clipnorm / xp.maximum(xp.sqrt(square), self.clipnorm) for square in squares]
        else:
            norm = xp.sqrt(sum(squares))
            scales = [self.global_clipnorm / xp.maximum(norm, self.global_clipnorm)] * len(squares)
        return [gradient * scale for gradient, scale in zip(gradients, scales, strict=True)]

    def rates(self, done: np.ndarray) -> np.ndarray:
        """The rate of each update, float32 [updates]; `done` counts the updates made before it [updates]."""
        return np.full(len(done), np.float32(self.learning_rate))

    def step(self, xp: Any, rate, weight, gradient, square, kept: tuple) -> tuple:
        """One update of one array, from its gradient and that squared: (weight, kept), all of the weight's shape."""
        raise NotImplementedError

    def in_keras1(self) -> Optimizer:
        """The same optimizer as Keras 1 had it; ValueError where its old form is not written here."""
        return self

    def to_keras(self):
        """The same optimizer in Keras."""
        import keras

        return getattr(keras.optimizers, type(self).__name__)(**vars(self))


@dataclass(frozen=True)
class Adam(Optimizer):
    """Keras' Adam: w −= lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)."""

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    fixed: ClassVar = {"amsgrad": False}
    shares: ClassVar = ("beta_1", "beta_2")
    arrays: ClassVar = ("_momentums", "_velocities")

    def rates(self, done):
        rate, one, step = np.float32(self.learning_rate), np.float32(1.0), (done + 1).astype(np.float32)
        past_1, past_2 = np.float32(self.beta_1) ** step, np.float32(self.beta_2) ** step
        return rate * np.sqrt(one - past_2) / (one - past_1)

    def step(self, xp, rate, weight, gradient, square, kept):
        m, v = kept
        m = m + (gradient - m) * (1 - self.beta_1)
        v = v + (square - v) * (1 - self.beta_2)
        return weight - rate * m / (xp.sqrt(v) + self.epsilon), (m, v)

    def in_keras1(self):
        return replace(self, epsilon=1e-8) if self.epsilon == Adam.epsilon else self  # somebody's own ε stays


@dataclass(frozen=True)
class SGD(Optimizer):
    """Keras' SGD, with momentum (and Nesterov's form of it)."""

    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False

    shares: ClassVar = ("momentum",)

    @property
    def arrays(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("momentums",) if self.momentum else ()

    def step(self, xp, rate, weight, gradient, square, kept):
        if not self.momentum:
            return weight - rate * gradient, ()
        velocity = self.momentum * kept[0] - rate * gradient
        move = self.momentum * velocity - rate * gradient if self.nesterov else velocity
        return weight + move, (velocity,)


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """Keras' RMSprop (neither centred nor with momentum)."""

    learning_rate: float = 0.001
    rho: float = 0.9
    epsilon: float = 1e-7

    fixed: ClassVar = {"momentum": 0.0, "centered": False}
    shares: ClassVar = ("rho",)
    arrays: ClassVar = ("_velocities",)

    def step(self, xp, rate, weight, gradient, square, kept):
        mean = self.rho * kept[0] + (1 - self.rho) * square
        return weight - rate * gradient / xp.sqrt(mean + self.epsilon), (mean,)

    def in_keras1(self):
        raise ValueError("RMSprop has no form of Keras 1 here: its ε stood outside the root; use Adam or SGD")


KINDS: tuple[type[Optimizer], ...] = (Adam, SGD, RMSprop)
_NO_OPTION = {
    "weight_decay": None,
    "use_ema": False,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


def from_keras(optimizer) -> Optimizer:
    """A Keras optimizer as plain data; ValueError names the option that is not supported."""
    import keras

    theirs = type(optimizer).__name__
    kind = next((kind for kind in KINDS if type(optimizer) is getattr(keras.optimizers, kind.__name__)), None)
    if kind is None:
        what = theirs if isinstance(optimizer, keras.optimizers.Optimizer) else shown(optimizer)
        raise ValueError(f"optimizer {what} is not supported; use Adam, SGD or RMSprop")
    check_plain(f"optimizer {theirs}", optimizer)
    options = optimizer.get_config()
    if not isinstance(options["learning_rate"], float):
        raise ValueError(f"optimizer {theirs}: a learning_rate schedule is not supported, use a number")
    refuse_options("optimizer", theirs, options, {**_NO_OPTION, **kind.fixed})
    # A float32 as the shortest decimal that stands for it: 0.001 rather than 0.0010000000475.
    rate = float(str(np.float32(keras.ops.convert_to_numpy(optimizer.learning_rate))))
    others = {name: options[name] for name in (field.name for field in fields(kind)) if name != "learning_rate"}
    return kind(rate, **others)


def refuse_options(what: str, name, options: dict, allowed: dict) -> None:
    """ValueError for the first of Keras' options that has another value than the allowed one."""
    for option, value in allowed.items():
        if option in options and options[option] != value:
            raise ValueError(f"{what} {name}: {option}={shown(options[option])} is not supported, only {value!r}")
