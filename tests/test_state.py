"""The state toolkit. Every test here runs on the backend that Keras was started with; the last starts the others."""

import doctest
import importlib.util
import io
import itertools
import json
import os
import re
import threading
import warnings
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import outside
import pytest
from keras import layers
from refusing import refused

from lstm_lab import state

BACKEND = keras.backend.backend()
# On Torch Keras 3.15.1 cannot train a stateful LSTM or GRU that takes the fused path: see the state contract.
PATH = {"use_cudnn": False} if BACKEND == "torch" else {}


def sequential(batch=4, steps=3, stateful=True, units=3):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(batch, steps, 2)),
            layers.LSTM(units, stateful=stateful, return_sequences=True, **PATH),
            layers.GRU(2, stateful=stateful, **PATH),
            layers.Dense(1),
        ]
    )
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.01))
    return model


def inputs(samples=4, steps=3, features=2, seed=0):
    return np.random.default_rng(seed).normal(size=(samples, steps, features)).astype("float32")


def targets(samples=4):
    return np.zeros((samples, 1), "float32")


def answer(model, x):
    return keras.ops.convert_to_numpy(model(x))


# ---- get, set, copy, reset


def test_get_names_the_layers_in_order_and_is_a_copy():
    model = sequential()
    model(inputs())
    before = state.get(model)
    assert [tuple(a.shape for a in arrays) for arrays in before.values()] == [((4, 3), (4, 3)), ((4, 2),)]
    kept = [array.copy() for array in before.arrays()]
    model(inputs())
    assert all(np.array_equal(a, b) for a, b in zip(before.arrays(), kept, strict=True))
    assert state.get(model) != before
    with pytest.raises(ValueError, match="read-only"):
        before.arrays()[0][0, 0] = 1.0


def test_the_arrays_of_an_lstm_are_h_and_c():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(batch_shape=(2, 3, 2)), layers.LSTM(3, stateful=True)])
    h = answer(model, inputs(2))
    np.testing.assert_array_equal(next(iter(state.get(model).values()))[0], h)


def test_two_half_calls_with_carried_state_equal_one_whole_call():
    x = inputs(steps=6)
    whole, half = sequential(steps=6), sequential(steps=3)
    half.set_weights(whole.get_weights())
    expected = answer(whole, x)
    half(x[:, :3])
    np.testing.assert_allclose(answer(half, x[:, 3:]), expected, atol=1e-6)
    assert state.get(half).distance(state.get(whole)) < 1e-6


def test_reset_restores_the_first_answers():
    model, x = sequential(), inputs()
    first, second = answer(model, x), answer(model, x)
    assert np.abs(first - second).max() > 1e-3
    state.reset(model)
    assert all(not array.any() for array in state.get(model).arrays())
    np.testing.assert_array_equal(answer(model, x), first)
    np.testing.assert_array_equal(answer(model, x), second)


def test_reset_of_some_rows_leaves_the_others():
    model, x = sequential(), inputs()
    first, second = answer(model, x), answer(model, x)
    state.reset(model)
    model(x)
    state.reset(model, samples=[0, 2])
    np.testing.assert_allclose(
        answer(model, x)[:, 0], [first[0, 0], second[1, 0], first[2, 0], second[3, 0]], rtol=1e-6
    )


@pytest.mark.parametrize("samples", [[4], [-1], [True], [0.5]])
def test_reset_of_a_row_outside_the_batch_is_refused_and_changes_nothing(samples):
    model = sequential()
    model(inputs())
    before = state.get(model)
    with pytest.raises(ValueError, match="batch of 4, use row numbers from 0 to 3"):
        state.reset(model, samples=samples)
    assert state.get(model) == before


def test_what_is_no_model_state_row_or_layer_is_refused_in_one_line(tmp_path):
    model = sequential()
    model(inputs())
    before = state.get(model)
    h = before.arrays()[0]
    for action, message in [
        (lambda: state.get("x"), "model is 'x': give a Keras model"),
        (lambda: state.reset(None), "model is None: give a Keras model"),
        (lambda: state.set(model, None), "state is None: give one that state.get returned"),
        (lambda: state.reset(model, samples=2), r"samples is 2: need a list of rows, as in \[2\]"),
        (lambda: before.rows(1), r"samples is 1: need a list of rows, as in \[2\]"),
        (lambda: state.save(model, tmp_path / "none" / "model.lstm"), "there is no folder .*none, make it first"),
        (lambda: state.save(model, tmp_path), "that is a folder, give a file's name"),
        (lambda: state.save(model, tmp_path / "\ud800"), "ud800.: no file can have that name"),
        (lambda: state.save(model, tmp_path / "a\0b"), "no file can have that name"),
        (lambda: state.save(model, "/proc/kept.lstm"), "/proc/kept.lstm cannot be written"),
        (lambda: state.reset(model, samples=range(10**12)), r"samples is range\(0, 10+\): this would take 116 TiB"),
        (lambda: state.set(model, {"lstm": itertools.repeat(h), "gru": [h]}), "'lstm' is repeat.*: this would take"),
        (lambda: state.State({1: [h], "1": [h]}), "layer 1 of a state: need its name"),
        (lambda: state.State({"a": [np.zeros(2, [("x", "f4")])]}), r"layer 'a' is of type \[\('x', '<f4'\)\]"),
        (lambda: state.State({"a": [np.ma.masked_array([1], [True])]}), "layer 'a' has masked values"),
        (lambda: state.State({"a": [np.broadcast_to(h[0], (10**10, 3))]}), "'a' with 30000000000 numbers: this would"),
        (lambda: state.stateful_twin(model, np.int32(2**28)), "batch_size is 268435456: a state of 8 numbers a row"),
    ]:
        with pytest.raises(ValueError, match=message):
            action()
    with pytest.raises(KeyError, match=f"'nope' is no stateful layer here: use one of {', '.join(before)}"):
        before["nope"]
    assert "nope" not in before
    assert before.get("nope") is None
    assert state.get(model) == before
    assert not list(tmp_path.iterdir())


def test_set_brings_back_what_get_read():
    model, x = sequential(), inputs()
    model(x)
    kept, second = state.get(model), answer(model, x)
    state.set(model, kept)
    np.testing.assert_array_equal(answer(model, x), second)


def test_copy_goes_by_order_not_by_name():
    source, target, x = sequential(), sequential(), inputs()
    target.set_weights(source.get_weights())
    source(x)
    state.copy(source, target)
    assert list(state.get(source)) != list(state.get(target))
    assert state.get(source) == state.get(target)
    np.testing.assert_array_equal(answer(target, x), answer(source, x))


def test_the_distance_of_small_integers_does_not_wrap():
    one, two = (state.State({"a": [np.array([number], np.uint8)]}) for number in (1, 200))
    assert one.distance(two) == 199


def test_no_thread_reads_the_h_of_one_state_and_the_c_of_another():
    model = small()
    states = [state.State({"lstm": [np.full((2, 3), number, "f")] * 2}) for number in (1.0, 2.0)]
    going = [True]

    def setting():
        while going:
            for each in states:
                state.set(model, each)

    thread = threading.Thread(target=setting)
    thread.start()
    try:
        state.set(model, states[0])
        read = [state.get(model).arrays() for _ in range(300)]
    finally:
        going.clear()
        thread.join()
    assert all(h[0, 0] == c[0, 0] for h, c in read)


def test_rows_move_between_batch_sizes():
    many, one, x = sequential(4), sequential(1), inputs()
    one.set_weights(many.get_weights())
    many(x)
    state.set(one, state.get(many).rows([2]))
    np.testing.assert_allclose(answer(one, x[2:3]), answer(many, x)[2:3], atol=1e-6)


def nested():
    """Wrappers, stacked cells, a model in a model, a layer in a layer: everything that keeps state somewhere else."""
    keras.utils.set_random_seed(1)
    source = keras.Input(batch_shape=(2, 3, 4))
    inner = keras.Sequential(
        [keras.Input(batch_shape=(2, 3, 4)), layers.LSTM(3, stateful=True, return_sequences=True, name="deep")],
        name="inner",
    )
    x = inner(source)
    x = layers.Bidirectional(layers.GRU(2, stateful=True, return_sequences=True, name="gru"), name="both")(x)
    x = layers.RNN([layers.LSTMCell(3), layers.SimpleRNNCell(2)], stateful=True, return_sequences=True, name="cells")(x)
    x = layers.Reshape((3, 2, 1))(x)
    x = layers.TimeDistributed(layers.SimpleRNN(2, stateful=True, name="each"), name="timed")(x)
    return keras.Model(source, layers.Dense(1)(x))


def test_every_place_that_keeps_state_is_found_and_reset():
    model, x = nested(), inputs(2, 3, 4)
    first = answer(model, x)
    shapes = {path: [a.shape for a in arrays] for path, arrays in state.get(model).items()}
    assert shapes == {
        "inner/deep": [(2, 3), (2, 3)],
        "both/forward_gru": [(2, 2)],
        "both/backward_gru": [(2, 2)],
        "cells": [(2, 3), (2, 3), (2, 2)],
        "timed/each": [(2, 2)],
    }
    assert all(array.any() for array in state.get(model).arrays())
    assert not np.allclose(answer(model, x), first)
    state.reset(model)
    np.testing.assert_array_equal(answer(model, x), first)


def test_images_over_time_keep_state_too():
    model = keras.Sequential([keras.Input(batch_shape=(2, 3, 4, 4, 1)), layers.ConvLSTM2D(2, 2, stateful=True)])
    x = np.ones((2, 3, 4, 4, 1), "float32")
    first = answer(model, x)
    assert state.get(model).arrays()[0].shape == (2, 3, 3, 2)
    state.reset(model)
    np.testing.assert_array_equal(answer(model, x), first)


def test_layers_of_a_subclassed_model_are_found():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = [layers.LSTM(2, stateful=True, name="same"), layers.GRU(2, stateful=True, name="same")]

        def call(self, x):
            return self.parts[1](x) + self.parts[0](x)

    model = Own()
    with pytest.raises(ValueError, match="'same' has no state yet: build the model first"):
        state.get(model)
    model(inputs(2))
    assert list(state.get(model)) == ["same", "same#2"]


# ---- bad input


@pytest.mark.parametrize("action", [state.get, state.reset, state.carry, lambda m: state.set(m, {})])
def test_a_model_without_state_is_refused(action):
    model = sequential(stateful=False)
    with pytest.raises(ValueError, match=f"'{model.name}' has no stateful layer: .*stateful=True"):
        action(model)


def test_an_unbuilt_model_is_refused():
    with pytest.raises(ValueError, match="layer 'unbuilt' has no state yet: build the model first"):
        state.reset(keras.Sequential([layers.LSTM(2, stateful=True, name="unbuilt")]))


def test_a_state_that_does_not_fit_is_refused_and_nothing_is_set():
    model = sequential()
    model(inputs())
    before = state.get(model)
    h, c, g = before.arrays()
    for wrong, message in [
        ({"a": [h, c]}, r"the state has 1 stateful layer \(a\), but model .* has 2 stateful layers \(lstm"),
        ({"a": [h, c], "b": [g], "c": [g]}, "has 3 stateful layers"),
        ({"a": [h], "b": [g]}, r"layer 'lstm.*' \(from 'a'\) has 1 arrays: the layer keeps 2"),
        ({"a": [h + 1, c], "b": [g[:, :1]]}, r"layer 'gru.*has shape \(4, 1\): the layer keeps \(4, 2\)$"),
        ({"a": [h[:2], c[:2]], "b": [g[:2]]}, r"\(2, 3\).*keeps \(4, 3\); the batch differs, choose 4 of its rows"),
        ({"a": [h, [["x"]]], "b": [g]}, "need numbers"),
    ]:
        with pytest.raises(ValueError, match=message):
            state.set(model, wrong)
    with pytest.raises(ValueError, match="their shapes differ"):
        before.distance(before.rows([0]))
    with pytest.raises(ValueError, match="samples has 9"):
        before.rows([9])
    assert state.get(model) == before


def with_number(kept, number):
    arrays = [np.array(array, float) for array in kept.arrays()]
    arrays[0][1, 2] = number
    return {"lstm": arrays[:2], "gru": arrays[2:]}


@pytest.mark.parametrize("number", [np.nan, -np.inf, 1e308])
def test_a_state_that_is_no_number_is_neither_set_nor_loaded(tmp_path, number):
    model = sequential()
    model(inputs())
    before = state.get(model)
    with refused(rf"state of layer .* is {re.escape(str(number))} at \[1, 2\]: need finite numbers"):
        state.set(model, with_number(before, number))
    assert state.get(model) == before
    state.save(model, tmp_path / "good.lstm")
    stored = {f"{i:06d}": array for i, array in enumerate(state.State(with_number(before, number)).arrays())}
    rewritten(tmp_path / "good.lstm", tmp_path / "bad.lstm", state=npz(tmp_path, **stored))
    with refused(rf"bad.lstm: its state does not fit its model: .* is {re.escape(str(number))} at \[1, 2\]"):
        state.load(tmp_path / "bad.lstm")


def test_a_state_of_a_training_that_diverged_can_be_looked_at_and_kept_but_not_saved(tmp_path):
    model, x = sequential(), inputs()
    model.layers[0].set_weights([np.full_like(array, np.nan) for array in model.layers[0].get_weights()])
    model(x)
    assert np.isnan(state.get(model).arrays()[0]).all()
    model.evaluate(x, targets(), batch_size=4, verbose=0, callbacks=[state.KeepState()])  # what was there is put back
    with refused("is nan at"):
        state.save(model, tmp_path / "kept.lstm")
    assert not os.listdir(tmp_path)


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    model, packed = sequential(), io.BytesIO()
    state.save(model, tmp_path / "good.lstm")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as inner:
        inner.writestr("000000.npy", bytes(2**22))
    monkeypatch.setenv("LSTM_LAB_MEMORY", "0.004")
    outer = tmp_path / "outer.lstm"
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about.json", "{}")
        archive.writestr("model.keras", b"")
        archive.writestr("state.npz", bytes(2**22))
    for path in (outer, rewritten(tmp_path / "good.lstm", tmp_path / "bad.lstm", state=packed.getvalue())):
        with refused(
            r"it unpacks to 4,19\d,\d+ bytes: this would take 8 MiB of memory, above the bound of 4 MiB; give"
        ):
            state.load(path)
    assert state.load(tmp_path / "good.lstm").built


@pytest.mark.skipif(BACKEND != "jax", reason="only Keras' JAX trainer loses a model's variables")
def test_a_state_lost_in_a_failed_call_is_said_to_be_gone():
    model = sequential()
    state.carry(model)
    with pytest.raises(ValueError, match="stateful"):
        model.predict(inputs(2), batch_size=4, verbose=0)
    with pytest.raises(ValueError, match=r"state of layer 'lstm.*are gone: on JAX, Keras loses them"):
        state.get(model)


# ---- files


def test_a_saved_model_goes_on_where_it_was(tmp_path):
    model, x = sequential(), inputs()
    model(x)
    state.save(model, tmp_path / "kept.lstm")
    second = answer(model, x)
    loaded = state.load(tmp_path / "kept.lstm")
    np.testing.assert_allclose(answer(loaded, x), second, rtol=1e-6)
    assert loaded.compiled
    assert sorted(os.listdir(tmp_path)) == ["kept.lstm"]
    with zipfile.ZipFile(tmp_path / "kept.lstm") as archive:
        archive.extract("model.keras", tmp_path)
    plain = keras.models.load_model(tmp_path / "model.keras")  # the control: Keras alone forgets
    assert not np.allclose(answer(plain, x), second)


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    model, path = sequential(), tmp_path / "kept.lstm"
    state.save(model, path)
    old = path.read_bytes()
    model(inputs())

    def full(*arguments):
        raise OSError("disk full")

    for place, name in ((keras.Model, "save"), (os, "replace")):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, full)
            with refused("disk full"):
                state.save(model, path)
    assert path.read_bytes() == old
    assert os.listdir(tmp_path) == ["kept.lstm"]


def rewritten(source: Path, target: Path, **members):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = members.get(name.split(".")[0], old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def npz(tmp_path, **arrays):
    np.savez(tmp_path / "made.npz", **arrays)
    return (tmp_path / "made.npz").read_bytes()


def test_files_that_are_wrong_or_damaged_are_refused_in_one_line(tmp_path):
    good, bad = tmp_path / "good.lstm", tmp_path / "bad.lstm"
    model = sequential()
    state.save(model, good)

    def refused(match):
        with pytest.raises(ValueError, match=match) as caught:
            state.load(bad)
        assert "\n" not in str(caught.value)
        assert str(bad) in str(caught.value)

    bad.write_bytes(b"not a zip")
    refused("damaged or was not written by state.save")
    whole = good.read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    refused("damaged")
    long_name = bytearray(whole)
    long_name[26:28] = (5000).to_bytes(2, "little")  # of the first file in it
    bad.write_bytes(long_name)
    refused(r"damaged or was not written by state.save: .{,200}\Z")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 255
    bad.write_bytes(flipped)
    refused("damaged|cannot load")
    model.save(tmp_path / "plain.keras")
    bad.write_bytes((tmp_path / "plain.keras").read_bytes())
    refused("not written by state.save: a plain Keras file has no state, use keras.models.load_model")
    rewritten(good, bad, state=None)
    refused("not written by state.save: it holds")
    rewritten(good, bad, about="[")
    refused("damaged")
    rewritten(good, bad, about=json.dumps({"format": "lstm-lab state 99"}))
    refused("not of the format 'lstm-lab state 1'")
    rewritten(good, bad, model=b"nonsense")
    refused("Keras cannot load the model in it")
    h = np.zeros((4, 3), "float32")
    rewritten(good, bad, state=npz(tmp_path, **{"000000": h}))
    refused("damaged")
    wrong = {"000000": h, "000001": h, "000002": h}
    rewritten(good, bad, state=npz(tmp_path, **wrong))
    refused(r"state does not fit its model: .*\(4, 3\): the layer keeps \(4, 2\)")
    rewritten(good, bad, state=npz(tmp_path, **wrong, **{"000003": h}))
    refused("more arrays than its layers keep")


def changed(model, tmp_path, config=None, weights=None):
    """A saved model whose configuration or file of weights somebody has changed."""
    state.save(model, tmp_path / "good.lstm")
    with zipfile.ZipFile(tmp_path / "good.lstm") as archive:
        inner, rewritten_to = io.BytesIO(archive.read("model.keras")), io.BytesIO()
    with zipfile.ZipFile(inner) as old, zipfile.ZipFile(rewritten_to, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json" and config:
                content = json.loads(content)
                config(content["config"]["layers"])
                content = json.dumps(content)
            if name.endswith(".h5") and weights:
                content = io.BytesIO(content)
                with h5py.File(content, "a") as file:
                    weights(file)
                content = content.getvalue()
            new.writestr(name, content)
    return rewritten(tmp_path / "good.lstm", tmp_path / "bad.lstm", model=rewritten_to.getvalue())


def small():
    return keras.Sequential([keras.Input(batch_shape=(2, 3, 1)), layers.LSTM(3, stateful=True), layers.Dense(1)])


KERNEL = "layers/lstm/cell/vars/0"


@pytest.mark.parametrize(
    ("config", "weights", "says"),
    [
        (
            lambda all: all[2]["config"].update(units=10**9),
            None,
            "its model has 4,000,000,060 weights, and its file of",
        ),
        (lambda all: all[1]["config"].update(units=9000), None, "incompatible with the layer: expected axis -1 of inp"),
        (
            lambda all: all[0]["config"].update(batch_shape=[10**8, 3, 1]),
            None,
            "a batch of 100000000 with a state of 6 numbers a row: this would take 4.4 GiB",
        ),
        (
            None,
            lambda file: file[KERNEL].write_direct(np.full((1, 12), np.nan, "f")),
            "/kernel' has numbers that are not",
        ),
        (
            None,
            lambda file: (file.pop(KERNEL), file.create_dataset(KERNEL, data=np.full((1, 12), 1j))),
            "'layers/lstm/cell/vars/0' in its file of weights is of type complex128: need numbers",
        ),
    ],
)
def test_a_model_that_its_weights_do_not_fit_is_refused_before_it_is_built(
    tmp_path, monkeypatch, config, weights, says
):
    if config:  # nothing of the model is made with numbers
        monkeypatch.setattr(keras.models, "load_model", None)
    with refused(f"bad.lstm: .*{re.escape(says)}"):
        state.load(changed(small(), tmp_path, config, weights))


class Odd(layers.Layer):
    """A layer of somebody's own that Keras cannot save, nor make again, nor build without numbers."""

    def build(self, shape):
        self.half = keras.Variable(np.float32(0.5))

    def call(self, x):
        return x * self.half

    def get_config(self):
        raise RuntimeError("no\nconfiguration")


class Halved(Odd):
    def get_config(self):
        return {"name": self.name}


def test_a_layer_of_ones_own_is_refused_in_one_line_or_kept(tmp_path):
    head = [keras.Input(batch_shape=(2, 3, 1)), layers.LSTM(3, stateful=True)]
    for action in (lambda model: state.save(model, tmp_path / "kept.lstm"), state.stateful_twin):
        with refused("model 'odd': Keras cannot .*: no configuration"):
            action(keras.Sequential([*head, Odd()], name="odd"))
    assert not os.listdir(tmp_path)
    kept = keras.Sequential([*head, Halved()])
    state.save(kept, tmp_path / "kept.lstm")
    loaded = state.load(tmp_path / "kept.lstm", custom_objects={"Halved": Halved})
    np.testing.assert_array_equal(answer(loaded, np.ones((2, 3, 1))), answer(kept, np.ones((2, 3, 1))))


def test_nothing_is_unpickled(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (Path(tmp_path / "exploded").touch, ())

    state.save(sequential(), tmp_path / "good.lstm")
    bomb = npz(tmp_path, **{"000000": np.array([Bomb()], dtype=object)})
    bad = rewritten(tmp_path / "good.lstm", tmp_path / "bad.lstm", state=bomb)
    with pytest.raises(ValueError, match="damaged"):
        state.load(bad)
    assert not (tmp_path / "exploded").exists()


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        state.load(tmp_path / "none.lstm")


# ---- the twin


def served(twin, x):
    """The twin's answers to one step after the other: [steps, batch, outputs]."""
    return np.stack([answer(twin, x[:, step : step + 1]) for step in range(x.shape[1])])


def test_a_twin_served_step_by_step_answers_as_the_whole_model():
    model, x = sequential(batch=None, steps=5, stateful=False), inputs(3, 5)
    twin = state.stateful_twin(model, batch_size=3)
    np.testing.assert_allclose(served(twin, x)[-1], answer(model, x), atol=1e-6)
    state.reset(twin)
    by_predict = [twin.predict(x[:, step : step + 1], verbose=0) for step in range(5)]
    np.testing.assert_allclose(by_predict[-1], answer(model, x), atol=1e-6)


def test_a_twin_of_a_functional_model_with_everything_that_can_be_served():
    keras.utils.set_random_seed(1)
    codes = keras.Input((None,), name="codes")
    extra = keras.Input((6, 3), name="extra")
    fixed = keras.Input((2,), name="fixed")
    inner = keras.Sequential(
        [keras.Input((None, 4)), layers.LayerNormalization(), layers.LSTM(5, return_sequences=True), layers.GRU(3)]
    )
    x = layers.Embedding(7, 4)(codes)
    y = layers.Concatenate()([layers.TimeDistributed(layers.Dense(2))(extra), layers.Dense(2, activation="relu")(x)])
    z = layers.Concatenate()([inner(layers.Dropout(0.5)(x)), layers.SimpleRNN(3)(y), fixed])
    model = keras.Model([codes, extra, fixed], layers.Dense(2)(layers.Flatten()(z)))
    rng = np.random.default_rng(0)
    c, e, f = rng.integers(0, 7, (2, 6)), inputs(2, 6, 3), rng.normal(size=(2, 2)).astype("float32")
    expected = keras.ops.convert_to_numpy(model([c, e, f]))
    twin = state.stateful_twin(model, batch_size=2)
    assert [tensor.shape for tensor in twin.inputs] == [(2, 1), (2, 1, 3), (2, 2)]
    for step in range(6):
        given = twin([c[:, step : step + 1], e[:, step : step + 1], f])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(given), expected, atol=1e-6)


def test_a_twin_skips_masked_steps_and_takes_several_steps_at_once():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((5, 2)), layers.Masking(-1.0), layers.LSTM(3), layers.Dense(1)])
    x = inputs(2, 5)
    x[0, :2] = -1.0
    expected = answer(model, x)
    np.testing.assert_allclose(served(state.stateful_twin(model, batch_size=2), x)[-1], expected, atol=1e-6)
    twin = state.stateful_twin(model, batch_size=2, steps=None)
    twin(x[:, :2])
    np.testing.assert_allclose(answer(twin, x[:, 2:]), expected, atol=1e-6)


def test_a_twin_has_its_own_weights_and_the_model_stays_as_it_was():
    model = sequential(batch=4)
    model(inputs())
    before = state.get(model)
    twin = state.stateful_twin(model)
    twin(inputs(1, 1))
    assert state.get(model) == before
    twin.set_weights([weight * 0 for weight in twin.get_weights()])
    assert any(weight.any() for weight in model.get_weights())


def unservable():
    two = keras.Input((4, 2))
    shared = layers.LSTM(2, return_sequences=True)
    encoder = layers.LSTM(2, return_state=True)
    _, h, c = encoder(two)
    yield "LSTM .* is used twice", keras.Model(two, shared(shared(two)))
    yield "takes its initial state from another", keras.Model(two, layers.LSTM(2)(two, initial_state=[h, c]))
    for reason, inner in [
        ("Bidirectional 'named' .* backwards", layers.Bidirectional(layers.LSTM(2), name="named")),
        ("LSTM 'named' .* backwards", layers.LSTM(2, go_backwards=True, name="named")),
        ("Conv1D 'named' .* other time steps", layers.Conv1D(2, 2, name="named")),
        ("Flatten 'named' .* other time steps", layers.Flatten(name="named")),
        ("BatchNormalization 'named'", layers.BatchNormalization(axis=1, name="named")),
    ]:
        yield reason, keras.Sequential([keras.Input((4, 2)), inner])
    head = [keras.Input((4, 2)), layers.LSTM(2), layers.RepeatVector(3), layers.LSTM(2, name="decoder")]
    yield "LSTM 'decoder' .* not the model's input", keras.Sequential(head)
    timed = layers.TimeDistributed(layers.LSTM(2), name="named")
    yield "TimeDistributed 'named' .* from zero at every step", keras.Sequential([keras.Input((4, 3, 2)), timed])
    yield "has no recurrent layer", keras.Sequential([keras.Input((4, 2)), layers.Dense(1)])
    yield "is not built", keras.Sequential([layers.LSTM(1)])


def test_what_cannot_be_served_step_by_step_is_refused_by_name():
    for reason, model in unservable():
        with pytest.raises(ValueError, match=reason):
            state.stateful_twin(model)
    with pytest.raises(ValueError, match="neither a Sequential nor a functional"):
        state.stateful_twin("a name")
    for wrong in ({"batch_size": 0}, {"steps": 0}, {"batch_size": 1.0}):
        with pytest.raises(ValueError, match="need a whole number, 1 or more"):
            state.stateful_twin(sequential(), **wrong)


# ---- what Keras' trainer does with state


class Losses(keras.callbacks.Callback):
    """The loss of every batch; Keras' logs are means over the epoch so far."""

    def on_train_begin(self, logs=None):
        self.each = []

    def on_epoch_begin(self, epoch, logs=None):
        self.sum = 0.0

    def on_train_batch_end(self, batch, logs=None):
        total = float(logs["loss"]) * (batch + 1)
        self.each.append(total - self.sum)
        self.sum = total


def losses(model, x, y, callbacks, epochs=1):
    each = Losses()
    model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0, callbacks=[*callbacks, each])
    return each.each


def frozen():
    """A network that learns nothing, so that the loss of a batch depends on the state alone."""
    model = sequential()
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.0))
    return model


def test_carry_makes_predict_and_evaluate_go_on_as_a_direct_call_does(tmp_path):
    model, x = sequential(), inputs()
    direct = [answer(model, x) for _ in range(3)]
    state.reset(model)
    alone = [model.predict(x, verbose=0) for _ in range(2)]
    assert np.allclose(alone[0], alone[1]) == (BACKEND == "jax") == (not state.carries(model))
    state.reset(model)
    state.carry(model)
    state.carry(model)
    assert state.carries(model)
    for expected in direct:
        np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-6)
    state.reset(model)
    values = [model.evaluate(x, targets(), verbose=0) for _ in range(2)]
    np.testing.assert_allclose(values, [np.mean(expected**2) for expected in direct[:2]], rtol=1e-5)
    fresh = sequential()
    assert [w.shape for w in model.get_weights()] == [w.shape for w in fresh.get_weights()]
    model.save(tmp_path / "plain.keras")
    for mine, theirs in zip(
        model.get_weights(), keras.models.load_model(tmp_path / "plain.keras").get_weights(), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
    state.save(model, tmp_path / "kept.lstm")
    assert state.carries(state.load(tmp_path / "kept.lstm"))


def test_reset_state_resets_before_every_epoch():
    model = frozen()
    state.carry(model)
    x, y = np.tile(inputs(), (3, 1, 1)), targets(12)
    carried = losses(model, x, y, [], epochs=2)
    assert carried[3] != pytest.approx(carried[0], rel=1e-2)
    each = losses(model, x, y, [state.ResetState(every="epoch")], epochs=2)
    assert each == pytest.approx([*carried[:3], *carried[:3]], rel=1e-4)


def test_reset_state_resets_before_given_batches():
    model = frozen()
    state.carry(model)
    x, y = np.tile(inputs(), (4, 1, 1)), targets(16)
    carried = losses(model, x, y, [])
    state.reset(model)
    each = losses(model, x, y, [state.ResetState(at_batches=np.array([2]))])
    assert each == pytest.approx([*carried[:2], *carried[:2]], rel=1e-4)
    assert each[2] != pytest.approx(carried[2], rel=1e-2)


@pytest.mark.slow
def test_a_reset_in_mid_epoch_loses_no_update():
    x, y = np.tile(inputs(), (4, 1, 1)), targets(16)
    whole, parts = sequential(), sequential()
    for model in (whole, parts):
        model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.01))
        state.carry(model)
    whole.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=[state.ResetState(at_batches=[2])])
    for part in (slice(0, 8), slice(8, 16)):
        state.reset(parts)
        parts.fit(x[part], y[part], batch_size=4, shuffle=False, verbose=0)
    for mine, theirs in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_reset_state_refuses_what_it_cannot_do():
    for arguments, message in [
        ({}, "either every"),
        ({"every": "epoch", "at_batches": [1]}, "either every"),
        ({"every": "week"}, "every is 'week'"),
        ({"at_batches": [-1]}, "at_batches has -1"),
        ({"at_batches": [1.5]}, "at_batches has 1.5"),
        ({"at_batches": 3}, r"at_batches is 3: need a list of batches, as in \[3\]"),
    ]:
        with pytest.raises(ValueError, match=message):
            state.ResetState(**arguments)
    stateless = sequential(stateful=False)
    with pytest.raises(ValueError, match="has no stateful layer"):
        stateless.fit(inputs(), targets(), verbose=0, callbacks=[state.ResetState(every="epoch")])
    if BACKEND == "torch":
        return  # has no steps_per_execution
    model = sequential()
    state.carry(model)
    model.compile(loss="mse", optimizer="sgd", steps_per_execution=2)
    with pytest.raises(ValueError, match="at_batches has 3, but steps_per_execution is 2"):
        model.fit(inputs(), targets(), verbose=0, callbacks=[state.ResetState(at_batches=[2, 3])])


def warned(action):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    return [str(w.message) for w in caught if issubclass(w.category, state.StateWarning)]


def test_watch_state_says_that_validation_moved_the_state():
    model, x, y = sequential(), inputs(8), targets(8)
    state.carry(model)
    quiet = {"batch_size": 4, "verbose": 0, "epochs": 2}
    fit = {**quiet, "validation_data": (x, y)}
    said = warned(lambda: model.fit(x, y, callbacks=[state.WatchState()], **fit))
    assert len(said) == 1
    assert said[0].startswith("validation moved the state")
    assert warned(lambda: model.fit(x, y, callbacks=[state.WatchState()], **quiet)) == []
    assert warned(lambda: model.fit(x, y, callbacks=[state.KeepState(), state.WatchState()], **fit)) == []


def test_watch_state_says_that_evaluate_and_predict_moved_the_state():
    model, x, y = sequential(), inputs(), targets()
    state.carry(model)
    said = warned(lambda: model.evaluate(x, y, verbose=0, callbacks=[state.WatchState()]))
    assert [s.split(",")[0] for s in said] == ["evaluate moved the state"]
    said = warned(lambda: model.predict(x, verbose=0, callbacks=[state.WatchState()]))
    assert [s.split(",")[0] for s in said] == ["predict moved the state"]


def test_watch_state_tells_evaluate_from_validation_after_a_fit_that_raised():
    model, x, y, watch = sequential(), inputs(8), targets(8), state.WatchState()
    state.carry(model)

    class Stop(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=4, verbose=0, callbacks=[watch, Stop()])
    said = warned(lambda: model.evaluate(x, y, batch_size=4, verbose=0, callbacks=[watch]))
    assert said[0].startswith("evaluate moved the state")


@pytest.mark.skipif(BACKEND != "jax", reason="only Keras' JAX trainer drops state")
def test_watch_state_and_reset_state_say_that_jax_drops_the_state():
    model, x, y = sequential(), inputs(), targets()
    for call, action in {
        "fit": lambda: model.fit(x, y, verbose=0, callbacks=[state.WatchState()]),
        "evaluate": lambda: model.evaluate(x, y, verbose=0, callbacks=[state.WatchState()]),
        "predict": lambda: model.predict(x, verbose=0, callbacks=[state.WatchState()]),
        "ResetState has nothing to reset": lambda: model.fit(
            x, y, verbose=0, callbacks=[state.ResetState(every="epoch")]
        ),
    }.items():
        said = warned(action)
        assert len(said) == 1
        assert call in said[0]
        assert "drops the state after every batch; call state.carry(model)" in said[0]


def test_watch_state_says_that_the_first_epoch_moved_nothing():
    keras.utils.set_random_seed(1)
    lstm = layers.LSTM(2, stateful=True, **PATH)
    model = keras.Sequential([keras.Input(batch_shape=(4, 3, 2)), layers.Masking(0.0), lstm, layers.Dense(1)])
    model.compile(loss="mse", optimizer="sgd")
    state.carry(model)
    said = warned(lambda: model.fit(inputs() * 0, targets(), verbose=0, callbacks=[state.WatchState()]))
    assert said == ["fit's first epoch did not move the state: is it all masked, or is the state dropped?"]


def test_keep_state_puts_the_state_back_and_can_start_afresh():
    model, x, y = frozen(), inputs(), targets()
    state.carry(model)
    first = model.evaluate(x, y, verbose=0)
    before = state.get(model)
    second = model.evaluate(x, y, verbose=0, callbacks=[state.KeepState()])
    assert state.get(model) == before
    assert second != pytest.approx(first, rel=1e-3)
    assert model.evaluate(x, y, verbose=0, callbacks=[state.KeepState(fresh=True)]) == pytest.approx(first)
    assert state.get(model) == before


# ---- the guide, and other backends


def test_the_guide_says_what_happens():
    guide = Path(__file__).parent.parent / "docs" / "state.md"
    failed, tried = doctest.testfile(str(guide), module_relative=False)
    assert failed == 0
    assert tried > 40


@pytest.mark.slow
@pytest.mark.skipif("STATE_TESTS_INSIDE" in os.environ, reason="started by this test")
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_all_of_this_holds_on_every_installed_backend(backend):
    if backend == BACKEND:
        pytest.skip("this very process")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    outside.run_on(backend, __file__, "STATE_TESTS_INSIDE")
