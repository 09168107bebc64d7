"""Tests of training that run on JAX too, in a process of their own: XLA takes seconds for a network on TensorFlow."""

from __future__ import annotations

import importlib.util
import os

import keras
import outside
import pytest

BACKEND = keras.backend.backend()
INSIDE = "LSTM_LAB_TESTS_INSIDE"
long = pytest.mark.full if BACKEND == "tensorflow" else pytest.mark.slow  # `make test` makes all of these on JAX


def again(file: str, *more: str) -> None:
    """Run a file of tests again where Keras has JAX; skipped where it has it already."""
    if INSIDE in os.environ or BACKEND == "jax" or importlib.util.find_spec("jax") is None:
        pytest.skip("this very process")
    outside.run_on("jax", file, INSIDE, *more)
