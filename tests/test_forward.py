"""The forward pass, in NumPy and in JAX, against arrays made once by torch.nn.LSTM, and its behaviour with state."""

from __future__ import annotations

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lstm_lab import compiled, models
from lstm_lab.framing.codec import Codec
from lstm_lab.layers import forward
from lstm_lab.models import LSTM, Architecture, Dense

GOLDEN = dict(np.load(Path(__file__).parent / "golden" / "torch_lstm.npz"))
STACK = Architecture((LSTM(5, True), LSTM(4, True), Dense(4)), stateful=True, loss="mse")
STATE = [(GOLDEN[f"h{layer}"], GOLDEN[f"c{layer}"]) for layer in range(2)]


def keras_weights(prefix: str = "") -> list[np.ndarray]:
    """Torch's arrays in Keras' layout: transposed, its two biases added up (each has the gradient of the sum)."""
    weights = []
    for layer in range(2):
        kernel, recurrent, bias, other = (
            GOLDEN[f"{prefix}{name}_{which}{layer}"] for name in ("weight", "bias") for which in ("ih", "hh")
        )
        weights += [kernel.T, recurrent.T, bias if prefix else bias + other]
    return [*weights, np.eye(4, dtype=np.float32), np.zeros(4, np.float32)]


def test_numpy_agrees_with_torch():
    answers, state = compiled.Predictor(STACK, keras_weights())(GOLDEN["x"].swapaxes(0, 1), STATE)
    np.testing.assert_allclose(answers.swapaxes(0, 1), GOLDEN["y"], atol=1e-6)
    for layer, (h, c) in enumerate(state):
        np.testing.assert_allclose(h, GOLDEN[f"reached_h{layer}"], atol=1e-6)
        np.testing.assert_allclose(c, GOLDEN[f"reached_c{layer}"], atol=1e-6)


def test_jax_agrees_with_torch_forward_and_backward():
    def answers(weights):
        return forward(jnp, STACK.up_to_the_loss, weights, jnp.asarray(GOLDEN["x"]), None, STATE)

    weights = [jnp.asarray(array) for array in keras_weights()]
    y, pull_back, states = jax.vjp(answers, weights, has_aux=True)
    np.testing.assert_allclose(y, GOLDEN["y"], atol=1e-6)
    for layer, (h, c) in enumerate(states):
        np.testing.assert_allclose(h[-1], GOLDEN[f"reached_h{layer}"], atol=1e-6)
        np.testing.assert_allclose(c[-1], GOLDEN[f"reached_c{layer}"], atol=1e-6)
    (gradients,) = pull_back(jnp.asarray(GOLDEN["pull"]))
    for ours, theirs in zip(gradients[:6], keras_weights("d_")[:6], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


def network_with(mask: float | None = None):
    architecture = models.lstm_classifier(6, 5, mask=mask, return_sequences=True, layers=2)
    weights = architecture.initial_weights(4, 5, np.random.default_rng(0))
    return compiled.Predictor(architecture, weights, Codec(tuple("ABCDE"), "one_hot"))


def test_two_half_calls_with_carried_state_equal_one_whole_call():
    ask = network_with()
    inputs = np.array([[[0], [3], [1], [4]], [[2], [2], [0], [1]]])
    whole, reached = ask(inputs)
    first, state = ask(inputs[:, :2])
    second, again = ask(inputs[:, 2:], state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-6)
    np.testing.assert_allclose(reached, again, atol=1e-6)
    assert np.abs(ask(inputs[:, 2:])[0] - second).max() > 1e-3


def test_a_masked_step_leaves_state_and_answer_as_they_were():
    ask = network_with(mask=0.0)
    with_gap, state = ask(np.array([[[0], [-1], [3]]]))
    without, expected = ask(np.array([[[0], [3]]]))
    np.testing.assert_array_equal(with_gap[:, 1], with_gap[:, 0])
    np.testing.assert_allclose(with_gap[:, 2], without[:, 1], atol=1e-6)
    np.testing.assert_allclose(state, expected, atol=1e-6)


def test_the_predictor_takes_far_too_large_numbers_calmly():
    architecture = models.lstm_regressor(3)
    weights = architecture.initial_weights(1, 1, np.random.default_rng(0))
    with np.errstate(all="raise"):
        answers, _ = compiled.Predictor(architecture, weights)(np.full((1, 2, 1), 1e6, np.float32))
    assert np.isfinite(answers).all()


def test_what_does_not_fit_is_refused():
    ask = network_with()
    with pytest.raises(ValueError, match=r"state of shapes .* a batch of 2 need"):
        ask(np.zeros((2, 1, 1), int), ask(np.zeros((1, 1, 1), int))[1])
    with pytest.raises(
        ValueError, match=r"weights of shapes \[\(5, .*: this network on 10 feature\(s\) needs \[\(10, "
    ):
        ask(np.zeros((1, 1, 2), int))
