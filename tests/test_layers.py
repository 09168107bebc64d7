"""A kind of layer is one file: each trains alike on both trainers, one from outside the package too."""

from dataclasses import dataclass, replace

import keras
import numpy as np
import pytest

from lstm_lab import compiled, schedule
from lstm_lab.framing import Codec, Framed
from lstm_lab.layers import KINDS, Recurrent
from lstm_lab.models import GRU, LSTM, Architecture, Dense, Masking, SimpleRNN, lstm_classifier
from lstm_lab.trainers import keras as reference

SYMBOLS = tuple("ABCDE")


class LeakyCell(keras.layers.Layer):
    """The Keras cell of the kind below."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units, self.state_size, self.output_size = units, units, units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), name="recurrent")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states, training=False):
        (h,) = states
        z = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(h, self.recurrent) + self.bias
        h = 0.5 * h + 0.5 * keras.ops.tanh(z)
        return h, (h,)


@dataclass(frozen=True)
class Leaky(Recurrent):
    """A kind that the package does not know: half of the state stays, half is new."""

    def weight_shapes(self, shape):
        return [(shape[1], self.units), (self.units, self.units), (self.units,)]

    def step(self, xp, weights, pre_activation, state):
        (h,) = state
        return (0.5 * h + 0.5 * xp.tanh(pre_activation + h @ weights[0]),)

    def to_keras(self, stateful):
        return keras.layers.RNN(LeakyCell(self.units), return_sequences=self.return_sequences, stateful=stateful)


def codes(samples: int, steps: int) -> Framed:
    rng = np.random.default_rng(1)
    inputs = rng.integers(-1, 5, (samples, steps, 1)).astype(np.int32)
    inputs[:, -1] = np.maximum(inputs[:, -1], 0)
    targets = rng.integers(0, 5, samples).astype(np.int32)
    return Framed(inputs, targets, Codec(SYMBOLS, "one_hot", blank=-1.0), Codec(SYMBOLS))


def both(architecture: Architecture, framed: Framed, order: schedule.Schedule):
    weights = architecture.initial_weights(framed.steps, framed.features, np.random.default_rng(2))
    ours = compiled.train(architecture, framed, order, weights)
    assert max(np.abs(a - b).max() for a, b in zip(ours.weights, weights, strict=True)) > 1e-3, "nothing was learnt"
    return ours, reference.train(architecture, framed, order, weights)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [SimpleRNN, GRU, lambda units, *more: GRU(units, *more, reset_after=False), Leaky])
def test_a_kind_trains_alike_on_both_trainers_and_answers_alike(kind):
    layers = (Masking(-1.0), kind(6, True), kind(4), Dense(5, "softmax"))
    architecture = Architecture(layers, stateful=True)
    framed = codes(60, 4)
    order = schedule.in_sequence(reset="epoch").schedule(framed, epochs=10, batch_size=3)
    ours, theirs = both(architecture, framed, order)
    for mine, other in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    for mine, other in zip(ours.state, theirs.state, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    answers = [
        predictor(architecture, ours.weights, framed.codec)(framed.inputs[:3], ours.state)[0]
        for predictor in (compiled.Predictor, reference.KerasPredictor)
    ]
    np.testing.assert_allclose(*answers, atol=1e-5)


@pytest.mark.parametrize("kind", [SimpleRNN, GRU])
def test_one_call_equals_two_half_calls_with_carried_state_and_zeros_are_a_reset(kind):
    architecture = Architecture((kind(6), Dense(5, "softmax")), stateful=True)
    weights = architecture.initial_weights(4, 5, np.random.default_rng(3))
    predict, inputs = compiled.Predictor(architecture, weights, Codec(SYMBOLS, "one_hot")), codes(3, 4).inputs
    whole, _ = predict(inputs)
    first, state = predict(inputs[:, :2])
    second, _ = predict(inputs[:, 2:], state)
    np.testing.assert_allclose(second, whole, atol=1e-6)
    assert not np.allclose(predict(inputs[:, 2:])[0], whole, atol=1e-3)
    zeros = [tuple(np.zeros_like(array) for array in layer) for layer in state]
    assert np.array_equal(predict(inputs[:, :2], zeros)[0], first)
    assert not np.allclose(predict(inputs[:, :2], state)[0], first, atol=1e-3)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(kind, Recurrent)])
def test_keras_weights_have_the_shapes_that_the_kind_names(kind):
    architecture = Architecture((kind(3), Dense(2)), loss="mse")
    model = architecture.to_keras((None, 4, 5))
    assert [array.shape for array in model.get_weights()] == architecture.weight_shapes(4, 5)
    assert Architecture.from_keras(model) == architecture


def test_a_gru_that_resets_before_its_product_comes_back_from_keras_as_one():
    architecture = Architecture((GRU(3, reset_after=False), Dense(2)), loss="mse")
    assert Architecture.from_keras(architecture.to_keras((None, 4, 5))) == architecture
    usual = replace(architecture, layers=(GRU(3), Dense(2)))
    assert Architecture.from_keras(usual.to_keras((None, 4, 5))) == usual


def test_the_network_of_the_tutorials_takes_another_kind_in_the_lstms_place():
    options = {"stateful": True, "layers": 2, "return_sequences": True, "mask": 0.0, "activation": "sigmoid"}
    usual, other = lstm_classifier(3, 5, **options), lstm_classifier(3, 5, kind="GRU", **options)
    assert usual.layers[1:3] == (LSTM(3, True), LSTM(3, True))
    assert other == replace(usual, layers=(Masking(0.0), GRU(3, True), GRU(3, True), usual.layers[-1]))
    assert lstm_classifier(3, 5, kind="SimpleRNN").layers[0] == SimpleRNN(3)


@pytest.mark.parametrize("bias", [0.0, 5.0])
def test_where_the_forget_gates_begin_goes_to_keras_and_back(bias):
    architecture = Architecture((LSTM(3, forget_bias=bias), Dense(2)), loss="mse")
    model = architecture.to_keras((None, 4, 5))
    assert model.get_weights()[2].tolist() == [0.0] * 3 + [bias] * 3 + [0.0] * 6
    assert Architecture.from_keras(model) == architecture


def test_sizes_of_a_kind_are_refused_by_name():
    for wrong in (0, True, 2.0):
        with pytest.raises(ValueError, match=rf"Leaky\.units is {wrong}: need a whole number, 1 or more"):
            Leaky(wrong)
