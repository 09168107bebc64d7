"""Many updates of a Keras model in one XLA program, on the TensorFlow backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf
from keras.src.backend.tensorflow import random as draws

from lstm_lab.trainers.traced.building import build


def program(model, step: str) -> Callable:
    """`run` of a `Program`: Keras' own train_step or test_step, once a batch, in a loop of XLA."""
    one = getattr(model, f"{step}_step")

    def taken(arrays, rows):
        return keras.tree.map_structure(lambda array: None if array is None else tf.gather(array, rows), arrays)

    @tf.function(jit_compile=True, autograph=False)
    def run(arrays, order, start, stop):
        with _draws_of_the_kernels():
            return loop(arrays, order, start, stop)

    def loop(arrays, order, start, stop):
        def advance(place, _, lost):
            logs = _as_tensors(one(taken(arrays, order[place])))
            missed = ~tf.math.is_finite(logs["loss"]) if "loss" in logs else tf.constant(False)
            return place + 1, logs, tf.where((lost < 0) & missed, place, lost)

        empty = {name: tf.zeros(log.shape, log.dtype) for name, log in logs_of(arrays, order).items()}
        given = (start, empty, tf.constant(-1))
        _, logs, lost = tf.while_loop(lambda place, *_: place < stop, advance, given)
        return logs, lost

    def logs_of(arrays, order) -> dict:
        """What a step gives, without making it."""
        if getattr(type(model), f"{step}_step") is getattr(keras.Model, f"{step}_step"):
            return _as_tensors(model.get_metrics_result())
        traced = tf.function(lambda: _as_tensors(one(taken(arrays, order[0]))), autograph=False)
        return traced.get_concrete_function().structured_outputs

    traced: dict = {}

    def whole(state, arrays, order, start, stop, any_size):
        build(model, lambda: taken(arrays, order[0]))
        given = arrays, tf.constant(order), tf.constant(start), tf.constant(stop)
        specs = _specs(given, any_size)
        key = str(specs)
        if key not in traced:
            traced[key] = run.get_concrete_function(*specs)
        logs, lost = traced[key](*given)
        return logs, lost, state

    return whole


def _specs(given, any_size: bool):
    """What a program is traced for. any_size: batches of any size, for a step may ask for its own (Keras does)."""
    arrays, order, *places = keras.tree.map_structure(
        lambda tensor: None if tensor is None else tf.TensorSpec(tensor.shape, tensor.dtype), given
    )
    if any_size and order.shape.rank == 2:
        order = tf.TensorSpec([None, None], order.dtype)
    elif any_size:  # every row of the arrays is a batch
        arrays = keras.tree.map_structure(
            lambda spec: None if spec is None else tf.TensorSpec([spec.shape[0], None, *spec.shape[2:]], spec.dtype),
            arrays,
        )
    return (arrays, order, *places)


def _as_tensors(logs) -> dict:
    return {name: tf.convert_to_tensor(value) for name, value in logs.items()}


@contextmanager
def _draws_of_the_kernels() -> Iterator[None]:
    """XLA makes other floats of random bits than TensorFlow's own kernels do; in this block Keras has those of the
    kernels, so that a dropout leaves out the same units."""
    before = draws.dropout, draws.uniform
    draws.dropout, draws.uniform = _dropout, _uniform
    try:
        yield
    finally:
        draws.dropout, draws.uniform = before


_FRACTION = {tf.float32: 23, tf.float16: 10, tf.bfloat16: 7}  # bits


def _zero_to_one(shape, seed, dtype=tf.float32):
    """Uniform in [0, 1): the lower bits of each draw become the fraction."""
    bits = tf.random.stateless_uniform(shape, seed, minval=None, maxval=None, dtype=tf.int32, alg="philox")
    parts = 2 ** _FRACTION[dtype]
    return tf.cast(bits & (parts - 1), dtype) / parts


def _dropout(inputs, rate, noise_shape=None, seed=None):
    """As keras.random.dropout."""
    if rate in (0.0, 1.0) or inputs.dtype not in _FRACTION:
        return _KERAS_DROPOUT(inputs, rate, noise_shape, seed)
    seed = draws._cast_seed(draws.draw_seed(seed))
    shape = tf.shape(inputs) if noise_shape is None else draws._get_concrete_noise_shape(inputs, noise_shape)
    return tf.where(_zero_to_one(shape, seed, inputs.dtype) >= rate, inputs * (1 / (1 - rate)), tf.zeros_like(inputs))


def _uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """As keras.random.uniform."""
    if (dtype or keras.config.floatx()) != "float32":
        return _KERAS_UNIFORM(shape, minval, maxval, dtype, seed)
    drawn = _zero_to_one(shape, draws._cast_seed(draws.draw_seed(seed)))
    return drawn * (tf.cast(maxval, tf.float32) - tf.cast(minval, tf.float32)) + tf.cast(minval, tf.float32)


_KERAS_DROPOUT, _KERAS_UNIFORM = draws.dropout, draws.uniform
