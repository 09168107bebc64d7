"""The compiled trainer against Keras on TensorFlow: same start, same schedule, hence the same weights and answers.

The tolerance, 1e-5 after some 500 updates, is so tight that a wrong ε, gate order, clipping or reset goes far past it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from lstm_lab import framing, models, schedule
from lstm_lab.datasets import alphabet
from lstm_lab.framing.codec import Codec
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import EMPTY, Order, Schedule
from lstm_lab.models import SGD, Adam, Architecture, Dense, Flatten, Masking, RMSprop
from lstm_lab.trainers import compiled
from lstm_lab.trainers import keras as reference

LETTERS = "ABCDEFGHIJKLM"
CODES = Codec(tuple("ABCDE"), "one_hot")


@dataclass
class Case:
    architecture: Architecture
    framed: Framed
    order: Order = field(default_factory=schedule.in_batches)
    epochs: int = 20
    batch_size: int = 1

    def schedule(self) -> Schedule:
        order = self.order.schedule(self.framed, self.epochs, self.batch_size, np.random.default_rng(1))
        if (order.batches == EMPTY).any():
            return order
        # Two long epochs in place of many: the same updates in far fewer of Keras' slow `fit` calls.
        return replace(order, epoch=np.arange(order.updates) * 2 // order.updates)


def codes(
    samples: int, steps: int, codec: Codec = CODES, *, blanks: int = 0, per_step: bool = False, **kwargs
) -> Framed:
    """Random codes, every sample with up to `blanks` empty places in front; the target is the code a step before."""
    rng = np.random.default_rng(7)
    inputs = rng.integers(0, codec.classes, (samples, steps, 1)).astype(np.int32)
    targets = np.roll(inputs[..., 0], 1, axis=1)
    for sample, empty in enumerate(rng.integers(0, blanks + 1, samples)):
        inputs[sample, :empty] = -1
    targets = targets if per_step else np.ascontiguousarray(targets[:, -1])
    return Framed(inputs, targets, codec, Codec(CODES.symbols), **kwargs)


def numbers(samples: int, steps: int, features: int, outputs: int, *, per_step: bool = False) -> Framed:
    rng = np.random.default_rng(8)
    shape = (samples, steps, outputs) if per_step else (samples, outputs)
    return Framed(
        rng.normal(size=(samples, steps, features)).astype(np.float32), rng.normal(size=shape).astype(np.float32)
    )


def scaled(length: int, **coding) -> Framed:
    return framing.time_steps(alphabet.pairs(length, LETTERS), **coding)


def classifier(units: int = 6, classes: int = 5, **options) -> Architecture:
    return models.lstm_classifier(units, classes, **options)


def optimized(optimizer) -> Case:
    return Case(classifier(classes=13, optimizer=optimizer), scaled(3), epochs=100, batch_size=2)


STATEFUL = schedule.in_sequence(reset="epoch")
BLANK_ROWS = Codec(CODES.symbols, "one_hot", blank=-1.0)
CASES = {
    "one step": Case(classifier(classes=13), scaled(1), schedule.shuffled(), epochs=42),
    "one step, stateful": Case(classifier(classes=13, stateful=True), scaled(1), STATEFUL, epochs=26),
    "five steps, last batch partial": Case(
        classifier(), codes(800, 5), schedule.shuffled(), epochs=2, batch_size=3
    ),
    "window of features": Case(classifier(classes=13), framing.window(alphabet.pairs(3, LETTERS)), epochs=50),
    "one-hot window": Case(
        classifier(classes=13), framing.window(alphabet.pairs(3, LETTERS), coding="one_hot"), epochs=50
    ),
    "one-hot, state carried": Case(classifier(stateful=True), codes(480, 2), STATEFUL, epochs=6, batch_size=6),
    "never reset": Case(classifier(stateful=True), codes(12, 1), schedule.in_sequence("never"), 125, 3),
    "rows of -1 for what is missing": Case(classifier(), codes(25, 4, BLANK_ROWS, blanks=3), epochs=100, batch_size=5),
    "sigmoid": Case(
        classifier(stateful=True, activation="sigmoid"),
        codes(100, 1, per_sequence=20),
        schedule.in_sequence(reset="sequence"),
        epochs=4,
    ),
    "embedding": Case(classifier(embedding=3), codes(25, 4, Codec(CODES.symbols, "embedding")), epochs=20),
    "masked padding": Case(
        classifier(classes=13, mask=-1.0),
        framing.padded(alphabet.prefixes(LETTERS), steps=12, blank=-1.0),
        epochs=84,
        batch_size=2,
    ),
    "masked zero, which is also the letter A": Case(
        classifier(classes=13, mask=0.0), framing.padded(alphabet.prefixes(LETTERS), steps=12), epochs=42
    ),
    "masked one-hot": Case(classifier(mask=-1.0), codes(25, 4, BLANK_ROWS, blanks=4), epochs=20),
    "masked, state carried": Case(
        classifier(mask=0.0, stateful=True, return_sequences=True),
        codes(240, 4, blanks=3, per_step=True),
        STATEFUL,
        epochs=6,
        batch_size=3,
    ),
    "some samples masked whole": Case(
        classifier(mask=-1.0, stateful=True), codes(240, 4, BLANK_ROWS, blanks=4), STATEFUL, epochs=6, batch_size=3
    ),
    "masked, then an MLP": Case(
        Architecture((Masking(-1.0), Flatten(), Dense(7, "tanh"), Dense(5, "softmax"))),
        codes(25, 4, BLANK_ROWS, blanks=3),
    ),
    "stacked": Case(classifier(layers=2, stateful=True), codes(240, 3), STATEFUL, epochs=6, batch_size=3),
    "every step": Case(classifier(return_sequences=True), codes(25, 4, per_step=True), schedule.shuffled()),
    "every step, some targets unknown": Case(
        classifier(return_sequences=True),
        codes(24, 4, per_step=True, loss_mask=np.random.default_rng(3).random((24, 4)) < 0.6),
        epochs=60,
        batch_size=3,
    ),
    "long sequences": Case(
        classifier(return_sequences=True), codes(10, 21, per_step=True), schedule.shuffled(), epochs=50
    ),
    "encoder and decoder": Case(models.lstm_decoder(6, 5, outputs=3), codes(25, 3, per_step=True)),
    "MLP": Case(models.mlp_classifier(8, 5), codes(25, 4), schedule.shuffled()),
    "MLP for numbers": Case(models.mlp_regressor(8), numbers(25, 4, 2, 1)),
    "numbers": Case(models.lstm_regressor(6, 2, layers=2), numbers(24, 4, 2, 2), schedule.shuffled(), 80, 4),
    "numbers at every step, stateful": Case(
        models.lstm_regressor(6, 2, stateful=True, return_sequences=True),
        numbers(240, 4, 2, 2, per_step=True),
        STATEFUL,
        epochs=6,
        batch_size=3,
    ),
    "fresh data": Case(classifier(stateful=True), codes(480, 1, per_epoch=48), STATEFUL, epochs=10),
    "Adam": optimized(Adam(0.002, 0.8, 0.99, 1e-4)),
    "SGD": optimized(SGD(0.1)),
    "momentum": optimized(SGD(0.01, momentum=0.9)),
    "Nesterov": optimized(SGD(0.01, momentum=0.9, nesterov=True)),
    "RMSprop": optimized(RMSprop(0.005)),
    "each gradient's norm limited": optimized(SGD(0.5, clipnorm=0.05)),
    "the norm of all gradients limited": optimized(Adam(0.002, global_clipnorm=0.01)),
    "each number of a gradient limited": optimized(SGD(0.5, clipvalue=0.002)),
    "Keras 1": Case(classifier(classes=13).in_keras1(), scaled(3), schedule.shuffled(), epochs=50),
    "Keras 1, state carried": Case(
        classifier(stateful=True, layers=2).in_keras1(), codes(480, 2), STATEFUL, epochs=6, batch_size=6
    ),
    "Keras 1, masked": Case(classifier(mask=-1.0).in_keras1(), codes(25, 4, BLANK_ROWS, blanks=4), epochs=20),
    "Keras 1, gates that saturate": Case(
        classifier(return_sequences=True, forget_bias=2.4, learning_rate=0.01).in_keras1(),
        codes(10, 21, per_step=True),
        schedule.shuffled(),
        epochs=50,
    ),
}  # fmt: skip


def differences(ours, theirs) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True))


def start(case: Case) -> list[np.ndarray]:
    framed = case.framed
    return case.architecture.initial_weights(framed.steps, framed.features, np.random.default_rng(2))


# The fast tests have a case of each part; the others differ in how parts are put together.
FAST = {"fresh data", "masked, state carried", "every step", "Adam", "SGD"}


@pytest.mark.parametrize(
    "name", [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in CASES]
)
def test_same_trajectory_as_keras(name):
    case, weights, order = CASES[name], start(CASES[name]), CASES[name].schedule()
    ours = compiled.train(case.architecture, case.framed, order, weights)
    theirs = reference.train(case.architecture, case.framed, order, weights)
    assert differences(weights, ours.weights) > 1e-3, "nothing was learnt, so nothing was compared"
    assert differences(ours.weights, theirs.weights) <= 1e-5
    assert len(ours.state) == len(theirs.state)
    for ours_of_layer, theirs_of_layer in zip(ours.state, theirs.state, strict=True):
        assert differences(ours_of_layer, theirs_of_layer) <= 1e-5
    np.testing.assert_allclose(ours.history["loss"], theirs.history["loss"], rtol=1e-4, atol=1e-5)
    if case.framed.target_codec is not None and case.framed.loss_mask is None and "masked, state" not in name:
        np.testing.assert_allclose(ours.history["accuracy"], theirs.history["accuracy"], atol=1e-5)
    inputs = case.framed.inputs[:3]
    answers, state = compiled.Predictor(case.architecture, ours.weights, case.framed.codec)(inputs)
    expected, expected_state = reference.KerasPredictor(case.architecture, theirs.weights, case.framed.codec)(inputs)
    np.testing.assert_allclose(answers, expected, atol=1e-5)
    assert (answers.argmax(axis=-1) == expected.argmax(axis=-1)).all()
    again, _ = compiled.Predictor(case.architecture, ours.weights, case.framed.codec)(inputs, state)
    expected_again, _ = reference.KerasPredictor(case.architecture, theirs.weights, case.framed.codec)(
        inputs, expected_state
    )
    np.testing.assert_allclose(again, expected_again, atol=1e-5)


@pytest.mark.slow
def test_single_slots_reset_as_keras_states_set_by_hand():
    framed, architecture = codes(40, 2), classifier(stateful=True)
    rng = np.random.default_rng(5)
    reset = rng.random((60, 3)) < 0.1
    order = Schedule(
        batches=rng.integers(0, 40, (60, 3)).astype(np.int32),
        reset_before=reset,
        epoch=np.arange(60) // 10,
        carries=True,
    )
    assert (reset.any(axis=1) & ~reset.all(axis=1)).sum() > 10
    weights = architecture.initial_weights(2, 5, rng)
    state = [tuple(rng.normal(size=(2, 3, 6)).astype(np.float32) / 2)]
    ours = compiled.train(architecture, framed, order, weights, state=state)
    theirs = reference.train(architecture, framed, order, weights, state=state)
    assert differences(ours.weights, theirs.weights) <= 1e-5
    assert differences(ours.state[0], theirs.state[0]) <= 1e-5


def test_two_half_runs_are_one_whole_run():
    framed, architecture = codes(24, 2), classifier(stateful=True)
    order = schedule.in_sequence("never").schedule(framed, epochs=10, batch_size=4)
    weights = architecture.initial_weights(2, 5, np.random.default_rng(0))
    whole = compiled.train(architecture, framed, order, weights)
    halves = [
        Schedule(order.batches[part], order.reset_before[part], order.epoch[part], carries=True)
        for part in (slice(30), slice(30, None))
    ]
    first = compiled.train(architecture, framed, halves[0], weights)
    second = compiled.train(
        architecture, framed, halves[1], first.weights, state=first.state, optimizer_state=first.optimizer_state
    )
    assert differences(whole.weights, second.weights) == 0
    assert differences(whole.state[0], second.state[0]) == 0
    np.testing.assert_array_equal(
        whole.history["loss"], np.concatenate([first.history["loss"], second.history["loss"]])
    )


def test_an_empty_place_is_outside_the_mean():
    framed, architecture = codes(5, 2), classifier()
    weights = architecture.initial_weights(2, 5, np.random.default_rng(0))

    def one_update(samples):
        order = Schedule(np.array([samples], np.int32), np.ones((1, len(samples)), bool), np.zeros(1, np.int32))
        return compiled.train(architecture, framed, order, weights)

    filled, padded = one_update([1, 3]), one_update([1, EMPTY, 3, EMPTY])
    assert differences(filled.weights, padded.weights) <= 1e-7
    np.testing.assert_allclose(filled.history["loss"], padded.history["loss"], rtol=1e-6)


def test_stateless_one_step_training_leaves_the_recurrent_kernel_alone():
    case = CASES["one step"]
    weights = start(case)
    trained = compiled.train(case.architecture, case.framed, case.schedule(), weights)
    assert np.array_equal(trained.weights[1], weights[1])
    forget = slice(6, 12)
    assert np.array_equal(trained.weights[0][:, forget], weights[0][:, forget])
    assert not np.array_equal(trained.weights[0], weights[0])
