"""The same questions to Keras models of every kind; the model stays as it was."""

from __future__ import annotations

import doctest
import random
import re
from pathlib import Path

import keras
import numpy as np
import outside
import pytest
from keras import layers
from on_jax import again

from lstm_lab import models, state
from lstm_lab.inspecting.use import reading, verdict
from lstm_lab.inspecting.use.making import TESTS, ask, state_use
from lstm_lab.inspecting.use.network import Ours
from lstm_lab.inspecting.use.sequences import of_samples

ROOT = Path(__file__).resolve().parent.parent
CLASSES, STEPS, ROWS = 3, 6, 12


def data(steps=STEPS, rows=ROWS):
    """One-hot symbols [rows, steps, classes], and the symbol before the last."""
    x = np.random.default_rng(0).integers(CLASSES, size=(rows, steps))
    return np.eye(CLASSES, dtype="float32")[x], np.roll(x.ravel(), 1).reshape(x.shape)[:, -1]


def network(*inner, batch=None, steps=STEPS, classes=CLASSES):
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [keras.Input(batch_shape=(batch, steps, CLASSES)), *inner, layers.Dense(classes, activation="softmax")]
    )


def kept(model):
    held = state.get(model) if any(getattr(layer, "stateful", False) for layer in model.layers) else None
    return [array.copy() for array in model.get_weights()], held


def unchanged(model, before):
    weights, held = before
    same = all(np.array_equal(one, other) for one, other in zip(weights, model.get_weights(), strict=True))
    return same and (held is None or state.get(model) == held)


def test_a_keras_model_and_ours_with_the_same_weights_get_the_same_words():
    architecture = models.lstm_classifier(5, CLASSES, stateful=True)
    x, y = data(1, 24)
    model = network(layers.LSTM(5, stateful=True), batch=2, steps=1)
    ours = Ours(architecture, model.get_weights(), None, CLASSES)
    sequences = of_samples(x, y, (CLASSES,), carries=True, slots=2, per_sequence=4)
    tests = [
        test for test in TESTS if test not in ("reach", "gradient")
    ]  # their untrained networks are drawn otherwise
    theirs = state_use(model, x, y, per_sequence=4, tests=tests)
    assert theirs.right == ask(ours, sequences, tests=tests).right
    for test in tests:
        assert getattr(theirs, test) == getattr(ask(ours, sequences, tests=tests), test)


def test_a_stateful_model_is_as_before():
    model = network(layers.GRU(4, stateful=True), batch=2, steps=1)
    x, y = data(1, 24)
    model(x[:2])
    before, numbers = kept(model), random.getstate()
    use = state_use(model, x, y, tests=["swap", "gradient"])
    assert use.not_made == {}
    assert unchanged(model, before)
    assert random.getstate() == numbers


def test_it_is_as_before_after_an_interrupt(monkeypatch):
    model = network(layers.LSTM(4, stateful=True), batch=2, steps=1)
    x, y = data(1, 24)
    model(x[:2])
    before = kept(model)

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("lstm_lab.inspecting.use.keras_network._set", interrupt)
    with pytest.raises(KeyboardInterrupt):
        state_use(model, x, y)
    assert unchanged(model, before)


KINDS = {
    "stacked": lambda: network(layers.LSTM(4, return_sequences=True), layers.GRU(4)),
    "nested": lambda: network(keras.Sequential([keras.Input((STEPS, CLASSES)), layers.SimpleRNN(4)])),
    "wrapped in a cell": lambda: network(layers.RNN([layers.LSTMCell(3), layers.GRUCell(4)])),
    "dropout": lambda: network(layers.LSTM(4, dropout=0.5, recurrent_dropout=0.5), layers.Dropout(0.5)),
    "every step": lambda: network(layers.LSTM(4, return_sequences=True)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_models_of_every_kind(kind):
    model, (x, y) = KINDS[kind](), data()
    before = kept(model)
    y = np.repeat(y[:, None], STEPS, axis=1) if kind == "every step" else y
    use = state_use(model, x, y)
    assert set(use.not_made) == ({"resets"} if kind == "every step" else {"resets", "clock"})
    assert unchanged(model, before)
    assert "95 % interval" in str(use)


@pytest.mark.slow
def test_codes_of_an_embedding_have_no_gradient():
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((STEPS,)), layers.Embedding(CLASSES, 3), layers.LSTM(4), layers.Dense(CLASSES)]
    )
    x, y = data()
    use = state_use(model, x.argmax(-1), y)
    assert "codes of an Embedding" in use.not_made["gradient"]
    assert use.reach is not None


@pytest.mark.slow
def test_what_cannot_be_served_step_by_step_is_asked_with_whole_samples():
    model, (x, y) = network(layers.Bidirectional(layers.LSTM(4), name="both")), data()
    use = state_use(model, x, y)
    assert set(use.not_made) == {"resets", "swap", "clock", "warm_up", "served"}
    assert "Bidirectional 'both' cannot be served" in use.not_made["swap"]
    assert use.reach is not None
    assert use.gradient.trained.at == use.reach.changed.at


@pytest.mark.slow
def test_a_trained_network_that_looks_one_step_back_is_found_out():
    model = network(layers.LSTM(16))
    x, y = data(rows=200)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=25, batch_size=20, verbose=0)
    use = state_use(model, x, y)
    assert use.verdict.kind == verdict.SAMPLE
    assert use.reach.used == [1]
    gradient = {back: use.gradient.trained[back].estimate for back in use.gradient.trained.at}
    assert max(gradient, key=gradient.get) in (1, 2)


@pytest.mark.slow
def test_a_figure(tmp_path):
    model, (x, y) = network(layers.LSTM(4)), data()
    use = state_use(model, x, y, tests=["swap", "warm_up"])
    use.plot(tmp_path / "use.svg")
    assert "Swap test" in (tmp_path / "use.svg").read_text()
    with pytest.raises(ValueError, match="use a name that ends with"):
        use.plot(tmp_path / "use.txt")


def functional(inputs, outputs):
    given = [keras.Input((STEPS, CLASSES)) for _ in range(inputs)]
    joined = given[0] if inputs == 1 else layers.Concatenate()(given)
    hidden = layers.LSTM(3)(joined)
    return keras.Model(given, [layers.Dense(CLASSES)(hidden) for _ in range(outputs)])


X, Y = data()
REFUSED = {
    "no model": (lambda: "model", {}, "model is 'model': give a Keras model"),
    "nothing recurrent": (lambda: network(layers.Flatten()), {}, "has no recurrent layer"),
    "not built": (lambda: keras.Sequential([layers.LSTM(3)]), {}, "is not built"),
    "two inputs": (lambda: functional(2, 1), {}, "has 2 inputs: need a model with one"),
    "two outputs": (lambda: functional(1, 2), {}, "has 2 outputs: need a model with one"),
    "other lengths": (lambda: network(layers.LSTM(3)), {"y": Y[:5]}, "y has 5 samples and x has 12"),
    "other shape": (lambda: network(layers.LSTM(3)), {"x": X[:, :2]}, "x has shape (12, 2, 3): the model takes"),
    "NaN": (lambda: network(layers.LSTM(3)), {"x": X * np.nan}, "values that are no finite numbers"),
    "no class": (lambda: network(layers.LSTM(3)), {"y": Y + 7}, "the model has 3 outputs"),
    "part batch": (lambda: network(layers.LSTM(3, stateful=True), batch=5), {}, "the model's batch of 5"),
    "stateless": (lambda: network(layers.LSTM(3)), {"per_sequence": 2}, "the model is not stateful"),
    "sequences": (lambda: network(layers.LSTM(3, stateful=True), batch=1), {"per_sequence": 5}, "need a multiple of 5"),
    "tests": (lambda: network(layers.LSTM(3)), {"tests": ["all"]}, "tests holds 'all': use resets"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_asked_is_refused_in_one_line(what):
    build, more, says = REFUSED[what]
    model = build()
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        state_use(model, **{"x": X, "y": Y} | more)
    assert "\n" not in str(raised.value)


@pytest.mark.slow
def test_the_command_line_asks_a_saved_model(tmp_path):
    network(layers.LSTM(4)).save(tmp_path / "model.keras")
    np.savez(tmp_path / "data.npz", x=X, y=Y)
    asked = ["inspect", "state", "model.keras", "data.npz", "--plot", "use.svg"]
    status, out, err = outside.lab(tmp_path, *asked)
    assert status == 0, err
    assert "Swap test" in out
    assert (tmp_path / "use.svg").exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "data.npz"),
        (b"PK no zip", "data.npz is not what np.savez(path, x=x, y=y) writes"),
        ({"x": X}, "it has no y, but x"),
        ({"x": X, "y": np.array(["a", None], object)}, "is not what np.savez"),
    ],
)
def test_data_that_cannot_be_read_are_named(tmp_path, data, says):
    path = tmp_path / "data.npz"
    if isinstance(data, bytes):
        path.write_bytes(data)
    elif data is not None:
        np.savez(path, **data)
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(says)):
        reading.read_data(path)


def test_a_file_without_a_model_is_named(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"no model")
    with pytest.raises(ValueError, match="holds no model: give a file"):
        reading.read_model(path)


@pytest.mark.slow
def test_the_guide_says_what_happens(monkeypatch):
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(
        str(ROOT / "docs" / "inspecting.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert failed == 0
    assert tried > 30


@pytest.mark.slow
def test_models_are_asked_alike_on_jax():
    again(__file__, "-k", "same_words or as_before or stacked")
