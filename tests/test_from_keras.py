"""Somebody's own Keras model: read, trained by the compiled program, and put back as if Keras had trained it."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import textwrap
import threading

import keras
import numpy as np
import pytest
from keras import layers
from refusing import refused

from lstm_lab import compiled, models
from lstm_lab.models import RMSprop
from lstm_lab.models.losses import KINDS


def sequential(
    *middle, batch_shape=(None, 3, 2), outputs=3, loss="categorical_crossentropy", optimizer="adam", **options
):
    model = keras.Sequential(
        [
            keras.Input(batch_shape=batch_shape),
            *middle,
            layers.Dense(outputs, activation=options.pop("head", "softmax")),
        ]
    )
    model.compile(loss=loss, optimizer=optimizer, **options)
    return model


def data(samples=12, steps=3, features=2, outputs=3):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(samples, steps, features)).astype(np.float32)
    return x, np.eye(outputs, dtype=np.float32)[rng.integers(0, outputs, samples)]


def differences(ours, theirs):
    return max(float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(
    "architecture",
    [
        models.lstm_classifier(4, 3, stateful=True, mask=-1.0, layers=2),
        models.lstm_classifier(4, 3, embedding=2, return_sequences=True, activation="sigmoid"),
        models.lstm_regressor(4, 2, optimizer=models.SGD(0.1, momentum=0.5, nesterov=True)),
        models.lstm_decoder(4, 3, outputs=2, optimizer=RMSprop(0.01, 0.8, 1e-5)),
        models.mlp_classifier(4, 3, optimizer=models.Adam(0.01, 0.8, 0.9, 1e-4)),
    ],
)
def test_to_keras_and_back_is_the_same_architecture(architecture):
    embeds = any(isinstance(layer, models.Embedding) for layer in architecture.layers)
    shape = (4, 3) if embeds else (4, 3, 2)
    assert models.Architecture.from_keras(architecture.to_keras(shape)) == architecture


def mse(wanted, given):
    """A loss of one's own, with the name of one of Keras'."""
    return 100 * keras.ops.mean((wanted - given) ** 2)


def tanh(x):
    """An activation of one's own, with the name of one of Keras'."""
    return 5 * x


class MeanSquaredError(keras.losses.Loss):
    """A loss of one's own, with the name of one of Keras'."""

    def call(self, wanted, given):
        return 7 * keras.ops.mean((wanted - given) ** 2, -1)


class Own(keras.Sequential):
    """A model that trains as it likes."""


def changed(change, *before):
    model = sequential(*before, layers.LSTM(4))
    change(model)
    return model


@pytest.mark.parametrize(
    ("named", "build"),
    [
        ("activation='relu'", lambda: sequential(layers.GRU(4, activation="relu"))),
        ("Bidirectional", lambda: sequential(layers.Bidirectional(layers.LSTM(4)))),
        ("Dropout", lambda: sequential(layers.LSTM(4), layers.Dropout(0.1))),
        ("go_backwards=True", lambda: sequential(layers.LSTM(4, go_backwards=True))),
        ("dropout=0.1", lambda: sequential(layers.LSTM(4, dropout=0.1))),
        ("recurrent_dropout=0.1", lambda: sequential(layers.LSTM(4, recurrent_dropout=0.1))),
        ("use_bias=False", lambda: sequential(layers.LSTM(4, use_bias=False))),
        ("activation='relu'", lambda: sequential(layers.LSTM(4, activation="relu"))),
        ("recurrent_activation='hard_sigmoid'",
         lambda: sequential(layers.LSTM(4, recurrent_activation="hard_sigmoid"))),
        ("kernel_regularizer=L2", lambda: sequential(layers.LSTM(4, kernel_regularizer="l2"))),
        ("recurrent_constraint=", lambda: sequential(layers.LSTM(4, recurrent_constraint="max_norm"))),
        ("activity_regularizer=", lambda: sequential(layers.LSTM(4), layers.Dense(4, activity_regularizer="l1"))),
        ("mask_zero=True", lambda: sequential(layers.Embedding(5, 2, mask_zero=True), layers.LSTM(4),
                                              batch_shape=(None, 3))),
        ("trainable=False", lambda: sequential(layers.LSTM(4, trainable=False))),
        ("stateful", lambda: sequential(layers.LSTM(4, stateful=True, return_sequences=True), layers.LSTM(4),
                                        batch_shape=(2, 3, 2))),
        ("float16", lambda: sequential(layers.LSTM(4, dtype="mixed_float16"))),
        ("activation 'gelu'", lambda: sequential(layers.LSTM(4), layers.Dense(4, "gelu"))),
        ("loss 'mae'", lambda: sequential(layers.LSTM(4), loss="mae")),
        ("loss is mse, of your own", lambda: sequential(layers.LSTM(4), loss=mse)),
        ("mixed_float16", lambda: sequential(layers.LSTM(4, return_sequences=True),
            layers.TimeDistributed(layers.Dense(2, dtype="mixed_float16")), layers.LSTM(4))),
        ("label_smoothing=0.1", lambda: sequential(layers.LSTM(4), loss=keras.losses.CategoricalCrossentropy(
            label_smoothing=0.1))),
        ("from_logits=True", lambda: sequential(layers.LSTM(4), loss=keras.losses.CategoricalCrossentropy(
            from_logits=True))),
        ("loss_weights", lambda: sequential(layers.LSTM(4), loss_weights=[2.0])),
        ("Nadam", lambda: sequential(layers.LSTM(4), optimizer="nadam")),
        ("AdamW", lambda: sequential(layers.LSTM(4), optimizer="adamw")),
        ("amsgrad=True", lambda: sequential(layers.LSTM(4), optimizer=keras.optimizers.Adam(amsgrad=True))),
        ("weight_decay=0.1", lambda: sequential(layers.LSTM(4), optimizer=keras.optimizers.Adam(weight_decay=0.1))),
        ("weight_decay=0.1", lambda: sequential(layers.LSTM(4), optimizer=keras.optimizers.SGD(weight_decay=0.1))),
        ("use_ema=True", lambda: sequential(layers.LSTM(4), optimizer=keras.optimizers.SGD(use_ema=True))),
        ("centered=True", lambda: sequential(layers.LSTM(4), optimizer=keras.optimizers.RMSprop(centered=True))),
        ("schedule", lambda: sequential(layers.LSTM(4), optimizer=keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)))),
        ("needs a last layer with softmax", lambda: sequential(layers.LSTM(4), head="linear")),
        ("not compiled", lambda: keras.Sequential([keras.Input((3, 2)), layers.LSTM(4), layers.Dense(3)])),
        ("no weights yet", lambda: keras.Sequential([layers.LSTM(4), layers.Dense(3)])),
        ("its class is Own, of your own", lambda: changed(lambda model: setattr(model, "__class__", Own))),
        ("train_step is <lambda>, of your own", lambda: changed(
            lambda model: setattr(model, "train_step", lambda data: {}))),
        ("call is <lambda>, of your own", lambda: changed(
            lambda model: setattr(model.layers[0], "call", lambda *given, **named: 0))),
        ("activation is tanh, of your own", lambda: sequential(layers.LSTM(4, activation=tanh))),
        ("loss is MeanSquaredError, of your own", lambda: sequential(
            layers.LSTM(4), loss=MeanSquaredError(name="mse"))),
        ("_learning_rate is <lambda>, of your own", lambda: sequential(
            layers.LSTM(4), optimizer=keras.optimizers.SGD(lambda: 0.1))),
        ("layer repeat: activity_regularizer=", lambda: sequential(layers.LSTM(4), layers.RepeatVector(
            2, activity_regularizer="l2", name="repeat"), layers.LSTM(4))),
        ("layer all: activity_regularizer=", lambda: sequential(layers.LSTM(4, return_sequences=True),
            layers.TimeDistributed(layers.Dense(2), activity_regularizer="l2", name="all"), layers.LSTM(4))),
        ("kernel_constraint=", lambda: changed(
            lambda model: setattr(model.layers[1].kernel, "constraint", keras.constraints.NonNeg()))),
        ("recurrent_kernel_regularizer=", lambda: changed(
            lambda model: setattr(model.layers[0].cell.recurrent_kernel, "regularizer", keras.regularizers.L2()))),
        ("stateful was set after it was built", lambda: changed(
            lambda model: setattr(model.layers[0], "stateful", True))),
        ("mask_value was 0.0 when the model was built, and is 0.5 now", lambda: changed(
            lambda model: setattr(model.layers[0], "mask_value", 0.5), layers.Masking())),
        ("layer same stands in the model twice", lambda: sequential(
            layers.LSTM(4), *[layers.Dense(4, name="same")] * 2)),
        ("frozen weights", lambda: changed(lambda model: setattr(model, "_trainable", False))),
        ("loss ['mse'] is not supported", lambda: sequential(layers.LSTM(4), loss=["mse"])),
        ("optimizer 'adam' is not supported", lambda: changed(lambda model: setattr(model, "optimizer", "adam"))),
        ("optimizer LossScaleOptimizer is not supported", lambda: sequential(
            layers.LSTM(4), optimizer=keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()))),
        ("only keras.Sequential", lambda: keras.Model(x := keras.Input((3, 2)), layers.LSTM(4)(x))),
    ],
)  # fmt: skip
def test_what_is_not_supported_is_refused_by_name(named, build):
    with refused(re.escape(named)):
        models.Architecture.from_keras(build())


def twins(**options):
    """Two models of the same weights: for Keras, and for the compiled fit."""
    stateful = options.pop("stateful", False)
    keras.utils.set_random_seed(0)  # once in many draws Adam meets a gradient of nothing, and divides by it
    middle = lambda: layers.LSTM(4, stateful=stateful)  # noqa: E731
    theirs, ours = (sequential(middle(), batch_shape=(4 if stateful else None, 3, 2), **options) for _ in range(2))
    ours.set_weights(theirs.get_weights())
    return theirs, ours


def state_of(model):
    return [variable.numpy() for layer in model.layers for variable in getattr(layer, "states", None) or []]


@pytest.mark.parametrize(("stateful", "make"), [
    (True, lambda: keras.optimizers.Adam(0.01)),
    (False, lambda: keras.optimizers.SGD(0.05, momentum=0.9)),
    (False, lambda: keras.optimizers.RMSprop(0.01)),
])  # fmt: skip
@pytest.mark.slow
def test_keras_can_go_on_where_the_compiled_fit_stopped(stateful, make):
    x, y = data(12 if stateful else 10)
    theirs, ours = twins(stateful=stateful)
    for model in (theirs, ours):
        model.compile(loss="categorical_crossentropy", optimizer=make())
    options = {"batch_size": 4, "shuffle": False}
    theirs.fit(x, y, epochs=9, verbose=0, **options)
    compiled.fit(ours, x, y, epochs=3, **options)
    ours.fit(x, y, epochs=3, verbose=0, **options)
    compiled.fit(ours, x, y, epochs=3, **options)
    assert differences(theirs.get_weights(), ours.get_weights()) <= 1e-5
    assert int(ours.optimizer.iterations) == 27
    states = state_of(theirs), state_of(ours)
    assert len(states[0]) == (2 if stateful else 0)
    assert not stateful or differences(*states) <= 1e-5


def test_two_calls_of_n_epochs_equal_one_of_twice_as_many():
    x, y = data()
    once, twice = twins(stateful=True)
    whole = compiled.fit(once, x, y, epochs=6)
    halves = [compiled.fit(twice, x, y, epochs=3) for _ in range(2)]
    assert differences(once.get_weights(), twice.get_weights()) == 0
    assert differences(state_of(once), state_of(twice)) == 0
    assert np.array_equal(whole.history["loss"], np.concatenate([half.history["loss"] for half in halves]))


def test_an_architecture_trains_as_its_model_does():
    x, y = data()
    model, _ = twins()
    architecture = models.Architecture.from_keras(model)
    by_hand = compiled.fit(architecture, x, y, epochs=5, batch_size=4, weights=model.get_weights())
    shuffled = compiled.fit(model, x, y, epochs=5, batch_size=4, shuffle=True, rng=np.random.default_rng(0))
    assert by_hand.history["accuracy"].shape == (5,)
    assert differences(by_hand.weights, shuffled.weights) > 1e-4
    model.set_weights(shuffled.weights)
    again = compiled.fit(
        architecture, x, y, epochs=5, batch_size=4, shuffle=True, rng=np.random.default_rng(0),
        weights=[array.copy() for array in by_hand.weights], optimizer_state=by_hand.optimizer_state,
    )  # fmt: skip
    assert again.optimizer_state.iterations == 30


def test_sparse_classes_binary_targets_and_codes_are_taken_as_keras_takes_them():
    rng = np.random.default_rng(0)
    codes, binary = rng.integers(0, 5, (10, 3)), rng.integers(0, 2, (10, 1)).astype(np.float32)
    theirs, ours = (
        sequential(layers.Embedding(5, 2), layers.LSTM(4), batch_shape=(None, 3), outputs=1, head="sigmoid",
                   loss="binary_crossentropy", optimizer=keras.optimizers.SGD(0.1))
        for _ in range(2)
    )  # fmt: skip
    ours.set_weights(theirs.get_weights())
    history = theirs.fit(codes, binary, epochs=3, batch_size=4, shuffle=False, verbose=0)
    trained = compiled.fit(ours, codes, binary, epochs=3, batch_size=4)
    assert differences(theirs.get_weights(), ours.get_weights()) <= 1e-5
    np.testing.assert_allclose(trained.history["loss"], history.history["loss"], rtol=1e-5)
    theirs, ours = twins(loss="sparse_categorical_crossentropy")
    x, y = data()
    theirs.fit(x, y.argmax(axis=1), epochs=2, batch_size=5, shuffle=False, verbose=0)
    compiled.fit(ours, x, y.argmax(axis=1), epochs=2, batch_size=5)
    assert differences(theirs.get_weights(), ours.get_weights()) <= 1e-5


def test_bad_input_is_refused_and_leaves_the_model_as_it_was():
    x, y = data()
    model, stateful = twins()[0], twins(stateful=True)[0]
    sparse = twins(loss="sparse_categorical_crossentropy")[0]
    late = twins(optimizer=keras.optimizers.SGD(0.1))[0]
    late.optimizer.build(late.trainable_variables)
    late.optimizer.momentum = 0.9  # the optimizer has made no room for it, and asks for none any more
    before, codes = model.get_weights(), y.argmax(axis=1)
    wrong = x.copy()
    wrong[2, 1, 0] = np.nan
    for named, call in {
        "sample_weight": lambda: compiled.fit(model, x, y, sample_weight=np.ones(12)),
        "class_weight": lambda: compiled.fit(model, x, y, class_weight={0: 2.0}),
        "validation_data": lambda: compiled.fit(model, x, y, validation_data=(x, y)),
        "callbacks": lambda: compiled.fit(model, x, y, callbacks=[]),
        "optimizer_state": lambda: compiled.fit(model, x, y, optimizer_state=compiled.OptimizerState(0, [])),
        "rng": lambda: compiled.fit(model, x, y, shuffle=True),
        "weights are missing": lambda: compiled.fit(models.Architecture.from_keras(model), x, y),
        "x[2, 1, 0] is nan": lambda: compiled.fit(model, wrong, y),
        "x of shape (12, 6)": lambda: compiled.fit(model, x.reshape(12, 6), y),
        "weights of shapes": lambda: compiled.fit(model, x[..., :1], y),
        "targets of 2 classes": lambda: compiled.fit(model, x, y[:, :2]),
        "y of shape (12, 2) has targets of 2 classes": lambda: compiled.fit(model, x, np.eye(2)[np.arange(12) % 2]),
        "y of shape (12, 5) has targets of 5 classes": lambda: compiled.fit(model, x, np.eye(5)[np.arange(12) % 3]),
        "x has 10 samples: this stateful model's Input has a batch of 4": lambda: compiled.fit(
            stateful, x[:10], y[:10]
        ),
        "y of shape (12,): categorical_crossentropy takes rows of 3": lambda: compiled.fit(model, x, codes),
        "y of shape (12, 1): categorical_crossentropy takes rows of 3": lambda: compiled.fit(model, x, codes[:, None]),
        "y[2] is nan": lambda: compiled.fit(sparse, x, np.where(np.arange(12) == 2, np.nan, codes)),
        "optimizer SGD keeps no momentums": lambda: compiled.fit(late, x, y),
        "batch of 4": lambda: compiled.fit(stateful, x, y, batch_size=3),
        "device is 'tpu'": lambda: compiled.fit(model, x, y, device="tpu"),
    }.items():
        with refused(re.escape(named)):
            call()
    assert differences(before, model.get_weights()) == 0


TARGETS = {
    "classes": np.eye(3)[[0, 2, 1, 0]],
    "two classes": 1 - np.eye(3)[[0, 2, 1, 0]],
    "no class": np.zeros((4, 3)),
    "any numbers": np.random.default_rng(2).normal(size=(4, 3)),
    "shares that were rounded": np.round(np.random.default_rng(2).dirichlet([1, 1, 1], 4), 1),
    "one class alone": np.array([[0.0], [1.0], [0.5], [2.0]]),
}


@pytest.mark.parametrize("wanted", TARGETS.values(), ids=TARGETS)
@pytest.mark.filterwarnings("ignore:.*categorical_crossentropy:SyntaxWarning", "ignore:.*softmax:UserWarning")
def test_the_gradient_of_a_row_that_does_not_sum_to_one_is_tensorflows(wanted):
    import tensorflow

    wanted = wanted.astype(np.float32)
    logits = np.random.default_rng(1).normal(size=wanted.shape).astype(np.float32)
    given = tensorflow.Variable(logits)
    with tensorflow.GradientTape() as tape:
        losses = keras.losses.categorical_crossentropy(wanted, keras.activations.softmax(given))
    ours = KINDS["categorical_crossentropy"].terms(np, logits, wanted)
    assert differences(ours, (losses, tape.gradient(losses, given))) <= 1e-6


@pytest.mark.parametrize("wanted", TARGETS.values(), ids=TARGETS)
def test_on_jax_a_loss_is_clipped_as_keras_clips_it(wanted):
    import jax
    from keras.src.backend.jax import nn

    wanted = wanted.astype(np.float32)
    logits = np.random.default_rng(1).normal(size=wanted.shape).astype(np.float32)
    logits[2] *= 40  # whose probabilities are 0 and 1 in float32
    for name, theirs, answers in (
        ("categorical_crossentropy", nn.categorical_crossentropy, jax.nn.softmax),
        ("binary_crossentropy", lambda *given: nn.binary_crossentropy(*given).mean(axis=-1), jax.nn.sigmoid),
    ):
        losses, pull_back = jax.vjp(lambda z, theirs=theirs, answers=answers: theirs(wanted, answers(z)), logits)
        ours = KINDS[name].terms(np, logits, wanted, clips=True)
        assert differences(ours, (losses, pull_back(np.ones_like(losses))[0])) <= 1e-5


def test_a_loss_that_is_no_number_is_reported_with_its_update():
    x, y = data()
    model = sequential(layers.LSTM(4), loss="mse", head="linear", optimizer=keras.optimizers.SGD(1e30))
    before = model.get_weights()
    with pytest.raises(compiled.TrainingDiverged, match=r"at update \d+, in epoch \d+"):
        compiled.fit(model, x, y, epochs=5, batch_size=4)
    assert differences(before, model.get_weights()) == 0


@pytest.mark.slow
def test_a_model_on_keras_jax_backend():
    program = """
        import keras, numpy as np
        from keras import layers
        from lstm_lab import compiled
        def build():
            keras.utils.set_random_seed(1)
            model = keras.Sequential([keras.Input((3, 2)), layers.LSTM(4), layers.Dense(3, activation="softmax")])
            model.compile(loss="categorical_crossentropy", optimizer="adam")
            return model
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(8, 3, 2)).astype("float32"), np.eye(3, dtype="float32")[rng.integers(0, 3, 8)]
        theirs, ours = build(), build()
        theirs.fit(x, y, epochs=6, batch_size=4, shuffle=False, verbose=0)
        compiled.fit(ours, x, y, epochs=3, batch_size=4)
        ours.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
        assert keras.backend.backend() == "jax"
        print(max(abs(a - b).max() for a, b in zip(theirs.get_weights(), ours.get_weights())))
    """
    environment = os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) <= 1e-5


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm", "clipvalue"])
def test_a_limit_of_the_gradient_goes_both_ways(limit):
    ours = models.SGD(0.5, **{limit: 0.25})
    model = sequential(layers.LSTM(4), optimizer=ours.to_keras())
    assert getattr(model.optimizer, limit) == 0.25
    assert models.Architecture.from_keras(model).optimizer == ours


def test_a_limit_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="clipnorm and clipvalue are given: use one limit"):
        models.SGD(clipnorm=1.0, clipvalue=1.0)
    with pytest.raises(ValueError, match=r"clipnorm is 0\.0: use a number above 0"):
        models.Adam(clipnorm=0.0)


def other_model(optimizer):
    return twins(optimizer=optimizer)[0]


def other_layer(optimizer):
    model = other_model(optimizer)
    compiled.fit(model, *data(), batch_size=4)
    model.pop()
    model.add(layers.Dense(3, activation="softmax"))
    return model


@pytest.mark.parametrize("changed_to", [other_model, other_layer])
def test_an_optimizer_serves_the_weights_that_it_was_made_for(changed_to):
    optimizer = keras.optimizers.Adam()
    if changed_to is other_model:
        compiled.fit(other_model(optimizer), *data(), batch_size=4)
    model = changed_to(optimizer)
    before, made = model.get_weights(), int(optimizer.iterations)
    with refused("optimizer Adam was made for other weights, those of another model or of this one before"):
        compiled.fit(model, *data(), batch_size=4)
    assert differences(before, model.get_weights()) == 0
    assert int(optimizer.iterations) == made == 3


def test_a_sparse_loss_takes_classes_and_no_one_hot_rows():
    x, y = data()
    model, _ = twins(loss="sparse_categorical_crossentropy")
    for wrong in (y, -y):
        with refused(r"y of shape \(12, 3\): sparse_categorical_crossentropy takes classes; for one-hot rows, categ"):
            compiled.fit(model, x, wrong)
    compiled.fit(model, x, y.argmax(axis=1)[:, None], batch_size=4)


@pytest.mark.parametrize("shape", [(12,), (12, 1)])
@pytest.mark.parametrize(("loss", "learnt"), [("categorical", np.zeros((12, 1), np.float32)),
                                              ("sparse_categorical", np.zeros(12, np.int32))])  # fmt: skip
def test_of_a_single_class_a_column_is_rows_or_classes_as_the_loss_says(monkeypatch, loss, learnt, shape):
    given = []
    module = importlib.import_module("lstm_lab.trainers.compiled.fit")
    monkeypatch.setattr(module, "train", lambda _, framed, *rest, **named: given.append(framed.targets))
    model = sequential(layers.LSTM(4), outputs=1, loss=f"{loss}_crossentropy")
    with pytest.raises(AttributeError):  # nothing was trained
        compiled.fit(model, data()[0], np.zeros(shape))
    assert given[0].dtype == learnt.dtype
    assert np.array_equal(given[0], learnt)


def test_threads_train_a_model_one_after_the_other(monkeypatch):
    x, y = data()
    model, _ = twins()
    module, others = importlib.import_module("lstm_lab.trainers.compiled.fit"), []
    train = module.train

    def meanwhile(*given, **named):
        if not others:
            others.append(threading.Thread(target=compiled.fit, args=(model, x, y), kwargs={"batch_size": 4}))
            others[0].start()
            others[0].join(0.1)  # without a lock it would be done by then, and undone by what is written after it
        return train(*given, **named)

    monkeypatch.setattr(module, "train", meanwhile)
    compiled.fit(model, x, y, batch_size=4)
    others[0].join()
    assert int(model.optimizer.iterations) == 6
