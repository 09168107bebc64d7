"""The native engine of `lstm_lab.fit` is Keras' own `fit` for small plain networks, on the backend in use."""

import keras
import numpy as np
import pytest
from on_jax import BACKEND, again, long

from lstm_lab import fit, state
from lstm_lab.trainers import native
from lstm_lab.trainers.compiled import TrainingDiverged
from lstm_lab.trainers.traced import training

L = keras.layers
RNG = np.random.default_rng(0)
X = RNG.normal(size=(22, 4, 2)).astype("float32")
Y = X.sum(axis=(1, 2))[:, None]
CLASSES = RNG.integers(0, 3, 22)
ONES = np.eye(3, dtype="float32")[CLASSES]
EACH_STEP = RNG.integers(0, 3, (22, 4))
WORDS = RNG.integers(0, 9, (22, 4))
GAPS = X * (RNG.random((22, 4, 1)) > 0.4)

pytestmark = pytest.mark.skipif(BACKEND == "torch", reason="there Keras' own fit trains")


def model(*layers, shape=(4, 2), **how):
    """layers: functions that make them, after the seed is set. shape: None leaves it to the first call."""
    keras.utils.set_random_seed(1)
    start = [] if shape is None else [keras.Input(shape)]
    made = keras.Sequential([*start, *(make() for make in layers or (lambda: L.LSTM(3), lambda: L.Dense(1)))])
    made.compile(**{"optimizer": "adam", "loss": "mse"} | how)
    return made


def stateful():
    keras.utils.set_random_seed(1)
    made = keras.Sequential([keras.Input(batch_shape=(5, 4, 2)), L.LSTM(3, stateful=True), L.Dense(1)])
    made.compile("adam", "mse")
    state.carry(made)
    return made


def classes(*front, shape=(4, 2), steps=False, **how):
    layers = (*front, lambda: L.LSTM(3, return_sequences=steps), lambda: L.Dense(3, activation="softmax"))
    return model(*layers, shape=shape, **{"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]} | how)


def native_fit(made, x=X, y=Y, **given):
    return fit(made, x, y, **{"batch_size": 5, "verbose": 0, "engine": "native"} | given)


def apart(one, other):
    return max(abs(a - b).max() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def momentum():
    return keras.optimizers.SGD(0.003, momentum=0.9)


def embedding():
    return L.Embedding(9, 2)


def saturated():
    """Its answers begin as sure as float32 has it: JAX clips them and learns nothing where TensorFlow learns."""
    made = classes(loss="categorical_crossentropy")
    made.layers[-1].bias.assign([40.0, 0.0, -40.0])
    return made


def accuracy(y, answers):
    """Somebody's own, of the same name."""
    return keras.ops.zeros_like(answers[:, 0])


SQUARED = keras.metrics.MeanSquaredError(name="accuracy")


def squared():
    return classes(metrics=[SQUARED], loss="categorical_crossentropy")


def limited():
    return classes(embedding, shape=(4,), optimizer=keras.optimizers.Adam(clipnorm=1.0))


def lost():
    made = model()
    kernel, *others = made.get_weights()
    kernel[0, 0] = np.nan
    made.set_weights([kernel, *others])
    return made


CASES = {
    "plain": (lambda: model(), X, Y),
    "GRU that is built late": (lambda: model(lambda: L.GRU(3), lambda: L.Dense(1), shape=None), X, Y),
    "SimpleRNN with momentum": (lambda: model(lambda: L.SimpleRNN(3), lambda: L.Dense(1), optimizer=momentum()), X, Y),
    "one-hot classes": (lambda: classes(loss="categorical_crossentropy", metrics=["acc"]), X, ONES),
    "classes at each step": (lambda: classes(steps=True, optimizer="rmsprop"), X, EACH_STEP),
    "embedding": (lambda: classes(embedding, shape=(4,)), WORDS, CLASSES),
    "embedding under RMSprop": (lambda: classes(embedding, shape=(4,), optimizer="rmsprop"), WORDS, CLASSES),
    "skipped steps": (lambda: model(L.Masking, lambda: L.LSTM(3), lambda: L.Dense(1)), GAPS, Y),
    "saturated": (lambda: saturated(), X, ONES),
}
MARKS = {"embedding": (), "saturated": pytest.mark.slow}


@pytest.mark.parametrize("name", [pytest.param(name, marks=MARKS.get(name, long)) for name in CASES])
def test_weights_optimizer_history_and_metrics_are_those_of_keras(name):
    build, x, y = CASES[name]
    theirs, ours = build(), build()
    keras.utils.set_random_seed(2)
    first = theirs.fit(x, y, batch_size=5, epochs=12, verbose=0)
    keras.utils.set_random_seed(2)
    second = native_fit(ours, x, y, epochs=12)
    assert (second.engine, second.why, second.epoch) == ("native", "", list(range(12)))
    assert apart(theirs, ours) < 1e-5
    for one, other in zip(theirs.optimizer.variables, ours.optimizer.variables, strict=True):
        assert np.asarray(other) == pytest.approx(np.asarray(one), rel=1e-4, abs=1e-6), one.path
    assert list(second.history) == list(first.history)
    for key, values in first.history.items():
        assert second.history[key] == pytest.approx(values, rel=1e-5, abs=1e-5)
    assert {key: float(value) for key, value in ours.get_metrics_result().items()} == pytest.approx(
        {key: float(value) for key, value in theirs.get_metrics_result().items()}, rel=1e-5, abs=1e-5
    )


@pytest.mark.parametrize(
    "reset",
    [pytest.param("epoch", marks=pytest.mark.slow), *(pytest.param(each, marks=long) for each in (None, "batch"))],
)
def test_state_goes_where_keras_carries_it(reset):
    theirs, ours = stateful(), stateful()
    given = {"batch_size": 5, "epochs": 4, "shuffle": False, "verbose": 0, "reset": reset}
    fit(theirs, X[:20], Y[:20], engine="keras", **given)
    fit(ours, X[:20], Y[:20], engine="native", **given)
    assert apart(theirs, ours) < 1e-6
    assert state.get(ours).distance(state.get(theirs)) < 1e-6


@long
def test_calls_go_on_where_the_call_before_ended_and_so_does_keras():
    theirs, ours = model(), model()
    theirs.fit(X, Y, batch_size=5, epochs=6, verbose=0, shuffle=False)
    native_fit(ours, epochs=2, shuffle=False)
    native_fit(ours, epochs=4, initial_epoch=2, shuffle=False)
    ours.fit(X, Y, batch_size=5, epochs=2, verbose=0, shuffle=False)
    assert apart(theirs, ours) < 1e-6


def test_the_bar_is_that_of_keras(capsys):
    native_fit(model(), epochs=2, verbose=2)
    assert "Epoch 2/2\n5/5 - " in capsys.readouterr().out


@pytest.mark.slow
def test_it_is_chosen_for_many_updates_of_a_small_network_that_nobody_looks_at(monkeypatch):
    monkeypatch.setattr("lstm_lab.trainers.fit.WORTH_NATIVE", 15)

    def engine(made, **given):
        return fit(made, X, Y, **{"batch_size": 5, "epochs": 3, "verbose": 0} | given).engine

    assert engine(model()) == "native"
    assert engine(model(), epochs=2) == "keras"  # too few updates for any program
    assert engine(model(), validation_split=0.5) == "keras"
    assert engine(model(), callbacks=[keras.callbacks.Callback()]) == "keras"
    assert engine(model(metrics=["mae"])) == "keras"
    monkeypatch.setattr("lstm_lab.trainers.fit.LARGEST", 100)
    assert engine(model()) == "keras"


@pytest.mark.parametrize(
    ("build", "given", "why"),
    [
        (model, {"callbacks": [keras.callbacks.Callback()]}, "callbacks and validation look at the model meanwhile"),
        (model, {"validation_split": 0.5}, "callbacks and validation look at the model meanwhile"),
        (model, {"sample_weight": np.ones(22)}, "it takes one x and one y, without weights"),
        (model, {"steps_per_epoch": 2}, "the data are no arrays that are trained as a whole"),
        (lambda: model(metrics=["mae"]), {}, r"of metrics it knows 'accuracy' of classes alone, not \['mae'\]"),
        (lambda: classes(metrics=[accuracy]), {"y": CLASSES}, "of metrics it knows 'accuracy' of classes alone"),
        (squared, {"y": ONES}, "of metrics it knows 'accuracy' of classes alone"),
        (limited, {"x": WORDS, "y": CLASSES}, "the optimizer limits its gradients"),
        (lost, {}, r"weights\[0\]\[0, 0\] is nan"),
        (lambda: model(lambda: L.LSTM(3, dropout=0.5), lambda: L.Dense(1)), {}, "layer lstm.*: dropout=0.5 is not"),
        (
            lambda: classes(L.Masking, steps=True),
            {"y": EACH_STEP},
            "it does not know the accuracy at time steps some of which are skipped",
        ),
    ],
)
def test_what_it_cannot_train_is_refused_where_it_is_asked_for(build, given, why):
    made = build()
    before = made.get_weights()
    with pytest.raises(ValueError, match=f"^engine is 'native', but {why}.*: use 'auto', which finds another$"):
        native_fit(made, **given)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, made.get_weights(), strict=True))


def test_after_ctrl_c_the_model_is_as_after_the_epochs_that_were_finished(monkeypatch):
    monkeypatch.setattr(native, "TOGETHER", 10)  # two epochs of five updates
    train, calls = native.train, []

    def interrupted(*given, **named):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return train(*given, **named)

    whole, ended = model(), model()
    native_fit(whole, epochs=2, shuffle=False)
    monkeypatch.setattr(native, "train", interrupted)
    with pytest.raises(KeyboardInterrupt) as raised:
        native_fit(ended, epochs=9, shuffle=False)
    assert raised.value.__notes__ == ["The model is as it was after 2 of 9 epochs."]
    assert apart(whole, ended) == 0
    assert int(ended.optimizer.iterations) == 10


@long
@pytest.mark.parametrize("shuffle", [False, True])
def test_where_the_loss_becomes_no_number_the_epochs_go_on_as_in_keras(monkeypatch, shuffle):
    monkeypatch.setattr(native, "TOGETHER", 10)
    train, calls = native.train, []

    def diverged(*given, **named):
        calls.append(given)
        if len(calls) == 2:
            raise TrainingDiverged("made up")
        return train(*given, **named)

    theirs, ours = model(), model()
    first = theirs.fit(X, Y, batch_size=5, epochs=5, verbose=0, shuffle=shuffle)
    keras.utils.set_random_seed(1)
    ours = model()
    monkeypatch.setattr(native, "train", diverged)
    second = native_fit(ours, epochs=5, shuffle=shuffle)
    assert second.engine == "traced"
    assert second.epoch == first.epoch
    assert second.history["loss"] == pytest.approx(first.history["loss"], rel=1e-5)
    assert apart(theirs, ours) < 1e-5
    assert training.programs(ours).train.feed is None


@pytest.mark.slow
def test_all_of_this_holds_on_jax():
    again(__file__)
