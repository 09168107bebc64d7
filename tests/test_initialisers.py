"""First weights are drawn by Keras' rules: each against its own formula, and as widely spread as Keras' own draws."""

import numpy as np
import pytest

from lstm_lab.layers import GRU, LSTM, Dense, Embedding, SimpleRNN
from lstm_lab.models import Architecture

KINDS = {SimpleRNN: 1, GRU: 3, LSTM: 4}  # how many blocks of columns their kernels have
FEATURES, UNITS = 24, 16


def drawn(layer, seed: int = 0) -> list[np.ndarray]:
    return layer.initial_weights((3, FEATURES), np.random.default_rng(seed))


@pytest.mark.parametrize("layer", [Dense(UNITS), *(kind(UNITS) for kind in KINDS)])
def test_kernels_are_uniform_up_to_glorots_limit(layer):
    kernels = np.stack([drawn(layer, seed)[0] for seed in range(20)])
    limit = np.sqrt(6 / sum(kernels.shape[1:]))
    assert kernels.shape[1:] == (FEATURES, UNITS * KINDS.get(type(layer), 1))
    assert 0.99 * limit < np.abs(kernels).max() <= limit
    assert kernels.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)
    assert abs(kernels.mean()) < 0.02 * limit


@pytest.mark.parametrize("kind", KINDS)
def test_recurrent_kernels_are_orthogonal_whichever_way_up(kind):
    kernels = [drawn(kind(UNITS), seed)[1] for seed in range(40)]
    for kernel in kernels:
        assert kernel.shape == (UNITS, UNITS * KINDS[kind])
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(UNITS), atol=1e-12)
    corners = [kernel[0, 0] for kernel in kernels]  # QR alone gives all of them one sign
    assert 8 < sum(corner > 0 for corner in corners) < 32


def test_biases_are_zero_but_for_the_forget_gates():
    assert drawn(LSTM(2))[2].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert drawn(LSTM(2, forget_bias=3.0))[2].tolist() == [0, 0, 3, 3, 0, 0, 0, 0]
    assert not drawn(GRU(2))[2].any()
    assert not drawn(SimpleRNN(2))[2].any()
    assert not drawn(Dense(2))[1].any()


def test_learnt_rows_are_uniform_within_a_twentieth():
    (rows,) = Embedding(200, 50).initial_weights((3, 1), np.random.default_rng(0))
    assert 0.0499 < np.abs(rows).max() <= 0.05
    assert rows.std() == pytest.approx(0.05 / np.sqrt(3), rel=0.02)


def test_keras_draws_its_first_weights_as_widely():
    import keras

    keras.utils.set_random_seed(0)
    architecture = Architecture((Embedding(30, 24), LSTM(64), Dense(30)), loss="mse")
    theirs = architecture.to_keras((None, 5)).get_weights()
    ours = architecture.initial_weights(5, 1, np.random.default_rng(0))
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.shape == other.shape
        assert mine.std() == pytest.approx(other.std(), rel=0.05)
        assert np.abs(mine).max() == pytest.approx(np.abs(other).max(), rel=0.3)
