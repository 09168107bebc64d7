"""Anybody's Keras model, asked step by step through its stateful twin, on each of Keras' backends."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras
import numpy as np

from lstm_lab import state as states
from lstm_lab.inspecting.models import recurrent_layers
from lstm_lab.inspecting.use.network import Arrays, CannotBeAsked, joined, losses, portions
from lstm_lab.state.layers import every_layer, variables


class OfKeras:
    """A Keras model through its stateful twin, on any backend: the model itself is not touched.

    ValueError: as `state.stateful_twin`.
    """

    ROWS = 32

    def __init__(self, model):
        self.model = model
        with drawn_apart():
            self.twin = states.stateful_twin(model, batch_size=self.ROWS)
        self.held = [variable for of_layer in variables(self.twin).values() for variable in of_layer]
        self._many = _over_steps(self.twin)

    def run(self, x, state, of):
        numbers = keras.ops.convert_to_numpy
        answers, states = [], []
        for rows in portions(len(x), self.ROWS):
            size = rows.stop - rows.start
            _set(self.held, state, rows)
            outputs = self._many(_filled(x[rows], self.ROWS).swapaxes(0, 1)[:, :, None])
            answers.append(of(outputs.swapaxes(0, 1)[:size].reshape(size, x.shape[1], -1)))
            states.append([np.array(numbers(variable)[:size]) for variable in self.held])
        return joined(answers), [np.concatenate(parts) for parts in zip(*states, strict=True)]

    def untrained(self, seed):
        return OfKeras(first_weights(self.model, seed))

    def check_same(self, x: np.ndarray) -> None:
        """ValueError if a stateless model answers otherwise to whole samples than to one step at a time."""
        at_once = keras.ops.convert_to_numpy(self.model(x, training=False))
        at_once = at_once if at_once.ndim == 2 else at_once[:, -1]
        stepped, _ = self.run(x, None, lambda outputs: outputs[:, -1])
        if not np.allclose(at_once, stepped, rtol=1e-3, atol=1e-4 * max(1, np.abs(at_once).max())):
            raise ValueError(
                f"model {self.model.name!r} answers otherwise to one step at a time than to whole samples: if they are "
                "padded behind, pad them in front"
            )

    def gradient(self, x, targets, classes, state):
        with drawn_apart():
            twin = states.stateful_twin(self.model, batch_size=len(x), steps=x.shape[1])
        _set([variable for of_layer in variables(twin).values() for variable in of_layer], state, slice(0, len(x)))
        return slopes(twin, x, targets, classes)


class Whole:
    """A stateless Keras model that cannot be asked step by step: whole samples in, answers out."""

    def __init__(self, model):
        self.model, self.steps = model, model.input_shape[1]

    def run(self, x, state, of):
        answers = []
        for rows in portions(len(x), OfKeras.ROWS):
            outputs = keras.ops.convert_to_numpy(self.model(x[rows], training=False))
            last = outputs if outputs.ndim == 2 else outputs[:, -1]
            answers.append(of(np.broadcast_to(last[:, None], (len(last), x.shape[1], last.shape[-1]))))
        return joined(answers), []

    def gradient(self, x, targets, classes, state):
        return slopes(self.model, x, targets, classes)

    def untrained(self, seed):
        return Whole(first_weights(self.model, seed))


def check_model(model) -> int | None:
    """The rows of a stateful model's batch; None for a stateless model. ValueError for a model that cannot be asked."""
    recurrent = recurrent_layers(model, "need a model with one")
    if not any(layer.stateful for layer in recurrent):
        return None
    rows = model.inputs[0].shape[0]
    if rows is None:
        raise ValueError(f"model {model.name!r} is stateful without a fixed batch: give keras.Input a batch_shape")
    return int(rows)


def first_weights(model, seed: int):
    """A copy of a Keras model with weights drawn anew."""
    with drawn_apart(seed):
        return keras.models.clone_model(model)


@contextmanager
def drawn_apart(seed: int = 0) -> Iterator[None]:
    """Within it, what Keras draws uses up nobody's random numbers: it seeds initialisers from Python's own."""
    kept = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(kept)


def slopes(model, x: np.ndarray, targets: np.ndarray, classes: int | None) -> np.ndarray:
    """‖d loss of a Keras model's last answer / d x(t)‖ of each row: float [rows, steps]."""
    if "int" in str(model.inputs[0].dtype) or _takes_codes(model):
        raise CannotBeAsked("the inputs are codes of an Embedding: there is no gradient for a code")
    backend = keras.backend.backend()

    def loss(outputs):
        last = outputs if len(outputs.shape) == 2 else outputs[:, -1]
        return keras.ops.sum(losses(keras.ops, last, targets, classes))

    x = x.astype("float32")
    if backend == "tensorflow":
        import tensorflow as tf

        given = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(given)
            found = loss(model(given, training=False))
        gradient = tape.gradient(found, given).numpy()
    elif backend == "jax":
        import jax

        trainable = [variable.value for variable in model.trainable_variables]
        other = [variable.value for variable in model.non_trainable_variables]
        of_x = jax.grad(lambda x: loss(model.stateless_call(trainable, other, x, training=False)[0]))
        gradient = np.asarray(of_x(x))
    else:
        import torch

        given = torch.tensor(x, requires_grad=True, device=keras.ops.convert_to_tensor(x).device)
        loss(model(given, training=False)).backward()
        gradient = given.grad.cpu().numpy()
        model.zero_grad()
    return np.linalg.norm(gradient.reshape(*gradient.shape[:2], -1), axis=-1)


def _takes_codes(model) -> bool:
    return any(isinstance(layer, keras.layers.Embedding) for _, layer in every_layer(model))


def _over_steps(twin) -> Callable[[np.ndarray], np.ndarray]:
    """x [steps, rows, 1, …] → the twin's answers [steps, rows, …], one step after the other, its state carried."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        shape, dtype = twin.inputs[0].shape, twin.inputs[0].dtype
        signature = [tf.TensorSpec((None, *shape), dtype)]

        @tf.function(input_signature=signature)
        def many(x):
            kind = tf.TensorSpec(twin.outputs[0].shape, twin.outputs[0].dtype)
            one = lambda given: twin(given, training=False)  # noqa: E731
            return tf.map_fn(one, x, fn_output_signature=kind, parallel_iterations=1)

        return lambda x: many(tf.convert_to_tensor(x, dtype)).numpy()
    if backend == "jax":
        return _over_steps_on_jax(twin)
    import torch

    def each(x):
        with torch.no_grad():
            return np.stack([keras.ops.convert_to_numpy(twin(given, training=False)) for given in x])

    return each


def _over_steps_on_jax(twin):
    import jax

    @jax.jit
    def many(trainable, other, x):
        def one(other, given):
            outputs, other = twin.stateless_call(trainable, other, given, training=False)
            return other, outputs

        return jax.lax.scan(one, other, x)

    def in_pieces(x):
        trainable = [variable.value for variable in twin.trainable_variables]
        other, answers, first = [variable.value for variable in twin.non_trainable_variables], [], 0
        for size in (256, 32, 4, 1):  # a program is compiled for each of these lengths, and for no other
            while len(x) - first >= size:
                other, outputs = many(trainable, other, x[first : first + size])
                answers.append(np.asarray(outputs))
                first += size
        for variable, value in zip(twin.non_trainable_variables, other, strict=True):
            variable.assign(value)
        return np.concatenate(answers)

    return in_pieces


def _set(held: list, state: Arrays | None, rows: slice) -> None:
    for place, variable in enumerate(held):
        values = np.zeros(variable.shape, "float32")
        if state is not None:
            values[: rows.stop - rows.start] = state[place][rows]
        variable.assign(values)


def _filled(x: np.ndarray, rows: int) -> np.ndarray:
    """With as many rows as the twin has: the last is repeated."""
    return x if len(x) == rows else np.concatenate([x, np.repeat(x[-1:], rows - len(x), axis=0)])
