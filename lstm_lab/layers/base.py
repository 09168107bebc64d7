"""What every kind of layer answers, and what the kinds share.

A kind of layer is one file with one frozen dataclass: its arguments, the shape of its output and of its weights, its
initial weights, its arithmetic for NumPy and JAX alike, its state, and its Keras counterpart in both directions.
Architecture, predictor, server and both trainers walk over layers and know no kind by name.

Inside, arrays are time-major: [steps, batch, features], or [batch, features] behind a layer with one output a sample.
The shapes in the docstrings of the kinds are those a Keras user sees: [batch, steps, features].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from lstm_lab.common import checks
from lstm_lab.common.typed import Positive, check_fields

Shape = tuple[int | None, int]  # time steps (None: no axis of time) and features
States = list[tuple[np.ndarray, ...]]  # of each layer that has a state its arrays, [batch, units] each


@dataclass(frozen=True)
class Layer:
    """The base of all kinds; what a kind does not define, it does not have."""

    first_only: ClassVar[bool] = False  # can only be the first layer
    keeps_steps: ClassVar[bool] = True  # what it gives at a step belongs to that step of its input
    takes_steps: ClassVar[bool | None] = None  # whether its input has an axis of time; None: with it or without
    takes_codes: ClassVar[bool] = False  # its input is whole codes [steps, batch], not features

    def __post_init__(self):
        check_fields(self, Positive)

    def output_shape(self, shape: Shape) -> Shape:
        """(steps, features) of the output for those of the input."""
        return shape

    def weight_shapes(self, shape: Shape) -> list[tuple[int, ...]]:
        """Shapes of the weights in Keras' order."""
        return []

    def initial_weights(self, shape: Shape, rng: np.random.Generator) -> list[np.ndarray]:
        """Fresh weights as Keras' initialisers draw them."""
        return []

    def state_shapes(self, batch: int) -> tuple[tuple[int, ...], ...]:
        """Shapes of the state's arrays; none for a layer without a state."""
        return ()

    @property
    def state_names(self) -> tuple[str, ...]:
        """What the state's arrays are called."""
        return tuple(f"state {number}" for number in range(1, len(self.state_shapes(1)) + 1))

    @property
    def has_state(self) -> bool:
        return bool(self.state_shapes(1))

    def used_by_state(self, weights: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The parts of the weights whose gradient is zero as long as the state before a step is zero."""
        return []

    def mask(self, x) -> Any:
        """Which steps are not skipped, bool [steps, batch]; None where the layer skips none."""
        return None

    def at_every_step(self) -> Layer:
        """The same layer with an output at every time step, as truncated BPTT needs it."""
        return self

    def in_keras1(self) -> Layer:
        """The same layer as Keras 1 had it; ValueError where its old form is not written here."""
        return self

    def apply(self, xp: Any, weights: Sequence, x, mask, state: tuple) -> tuple:
        """(output, mask of the output, the state's arrays after every step, [steps, batch, units] each).

        xp: numpy or jax.numpy · mask: bool [steps, batch], None: no step is skipped · state: the arrays before the
        first step, [batch, units] each
        """
        raise NotImplementedError

    def to_keras(self, stateful: bool):
        """The layer a Keras user would write."""
        raise NotImplementedError

    @classmethod
    def reads(cls, layer) -> bool:
        """Whether a Keras layer is of this kind; a subclass is not, for its arithmetic may be its own."""
        import keras

        return type(layer) is getattr(keras.layers, cls.__name__, None)

    @classmethod
    def from_keras(cls, layer) -> Layer:
        """A Keras layer as plain data; ValueError names the layer and the argument that is not supported."""
        raise NotImplementedError


def forward(xp: Any, layers: Sequence[Layer], weights: Sequence, x, mask, states: States) -> tuple[Any, States]:
    """The output of the last layer, and of each layer that has a state its arrays after every step.

    states: before the first step, in the order of those layers; empty: zeros
    """
    left, given, after = iter(weights), iter(states), []
    for layer in layers:
        own = [next(left) for _ in layer.weight_shapes((1, 1))]
        state = next(given, ()) if layer.has_state else ()
        x, mask, reached = layer.apply(xp, own, x, mask, state)
        if layer.has_state:
            after.append(reached)
    return x, after


def over_time(xp: Any, step, carry, inputs: tuple, reverse: bool = False) -> tuple:
    """`step(carry, inputs at one step)` → (carry, outputs) over all steps: the last carry, and the outputs stacked.

    A NumPy loop or a JAX scan. inputs: arrays [steps, …]; None stays None.
    """
    length = len(inputs[0])
    if xp is not np:
        from jax import lax

        return lax.scan(step, carry, inputs, reverse=reverse, unroll=length if length <= UNROLLED else 4)
    outputs = []
    for place in range(length):
        carry, output = step(carry, tuple(None if array is None else array[place] for array in inputs))
        outputs.append(output)
    return carry, tuple(np.stack(part) for part in zip(*outputs, strict=True))


UNROLLED = 8  # so many time steps are written out; more of them become a loop


def glorot_uniform(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Uniform within ±√(6 / (fan in + fan out)): [fan in, fan out]."""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def orthogonal(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Orthonormal rows (or columns, where there are fewer of them), by QR of a normal draw: [rows, columns]."""
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diag(r))  # makes the draw uniform over orthogonal matrices
    return q.T if rows < columns else q


def only(layer, **values) -> None:
    """Refuse a Keras layer whose arguments differ from these."""
    configuration = layer.get_config()
    for name, value in values.items():
        if configuration.get(name) != value:
            raise ValueError(
                f"layer {layer.name}: {name}={shown(configuration.get(name))} is not supported, only {value!r}"
            )


def check_plain(what: str, made) -> None:
    """ValueError for an object of Keras whose class, or a function that is set on it, is somebody's own.

    Where its weights begin may be drawn by a function of one's own: they are drawn already.
    """
    own = {name: value for name, value in vars(made).items() if callable(value) and not name.endswith("initializer")}
    for name, value in {"its class": type(made), **own}.items():
        module = getattr(value, "__module__", None) or ""
        if not module.startswith(("keras.", "lstm_lab.")):
            called = getattr(value, "__name__", type(value).__name__)
            raise ValueError(f"{what}: {name} is {called}, of your own, which is not supported")


def shown(value) -> str:
    """A value of a Keras configuration in few words."""
    return str(value["class_name"]) if isinstance(value, dict) and "class_name" in value else checks.shown(value)
