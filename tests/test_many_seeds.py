"""`fit_seeds` trains each seed as seed, build and fit would one after the other, and says how many of them succeed."""

import itertools

import keras
import numpy as np
import pytest
from on_jax import BACKEND, again, long

import lstm_lab
from lstm_lab import Seeds, fit_seeds
from lstm_lab.suite import many_seeds

L = keras.layers
RNG = np.random.default_rng(0)
X = RNG.normal(size=(14, 3, 1)).astype("float32")
Y = X.sum(axis=1)

pytestmark = pytest.mark.skipif(BACKEND == "torch", reason="there Keras' own fit trains")


def plain():
    model = keras.Sequential([L.LSTM(3), L.Dense(1)])
    model.compile("adam", "mse")
    return model


def warmed_up():
    model = plain()
    model.fit(X, Y, epochs=1, verbose=0, shuffle=False)
    return model


def stateful():
    model = keras.Sequential([keras.Input(batch_shape=(7, 3, 1)), L.LSTM(3, stateful=True), L.Dropout(0.3), L.Dense(1)])
    model.compile("adam", "mse")
    return model


def dropped():
    model = keras.Sequential([L.LSTM(3), L.Dropout(0.3), L.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize(
    ("build", "how"),
    [
        (plain, {}),
        pytest.param(dropped, {"validation_split": 0.3, "engine": "traced"}, marks=long),
        pytest.param(dropped, {"class_weight": {0: 2.0}}, marks=long),
        pytest.param(warmed_up, {}, marks=long),
        pytest.param(stateful, {"reset": "epoch", "batch_size": 7, "shuffle": False}, marks=long),
    ],
)
def test_each_seed_is_trained_as_it_is_by_hand(monkeypatch, build, how):
    monkeypatch.setattr(many_seeds, "_TOGETHER", 2)
    how = {"epochs": 4, "batch_size": 5} | how
    found = fit_seeds(build, X, Y, seeds=np.array([4, 0, 7]), verbose=False, **how)
    assert found.seeds == [4, 0, 7]
    for seed, weights, history in zip(found.seeds, found.weights, found.histories, strict=True):
        keras.utils.set_random_seed(seed)
        model = build()
        by_hand = lstm_lab.fit(model, X, Y, verbose=0, **how | {"engine": "keras"})
        assert max(abs(a - b).max() for a, b in zip(weights, model.get_weights(), strict=True)) < 1e-5
        assert history.keys() == by_hand.history.keys()
        for name, values in by_hand.history.items():
            assert history[name] == pytest.approx(values, rel=1e-5, abs=1e-5)


def test_success_is_asked_of_each_trained_model():
    asked = []

    def success(model):
        asked.append(model.get_weights())
        return len(asked) != 2

    found = fit_seeds(plain, X, Y, seeds=range(4), epochs=2, success=success, verbose=False)
    assert found.succeeded == [True, False, True, True]
    assert [[(a == b).all() for a, b in zip(*each, strict=True)] for each in zip(asked, found.weights, strict=True)]
    assert (found.rate.estimate, round(found.rate.low, 2)) == (0.75, 0.30)
    losses = [history["loss"][-1] for history in found.histories]
    assert min(losses) <= found.last().low <= found.last().estimate <= found.last().high <= max(losses)
    assert repr(found).startswith("Seeds(4 seeds, 3 of 4 seeds succeeded (30% to 95%), loss ")


def test_ctrl_c_keeps_the_seeds_that_are_finished(recwarn):
    calls = []

    def success(model):
        calls.append(model)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return True

    found = fit_seeds(plain, X, Y, seeds=range(9), success=success, verbose=False)
    assert "stopped after 2 of 9 seeds" in [str(warning.message) for warning in recwarn]
    assert (found.seeds, len(found.weights), len(found.histories), found.rate.estimate) == ([0, 1], 2, 2, 1.0)


def test_ctrl_c_keeps_those_of_a_group_that_are_finished(monkeypatch, recwarn):
    from lstm_lab.trainers import compiled

    train = compiled.each_seed

    def interrupted(*given, **named):
        yield next(iter(train(*given, **named, threads=1)))
        raise KeyboardInterrupt

    monkeypatch.setattr(compiled, "each_seed", interrupted)
    assert fit_seeds(plain, X, Y, seeds=[3, 1], verbose=False).seeds == [3]
    assert "stopped after 1 of 2 seeds" in [str(warning.message) for warning in recwarn]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"seeds": []}, r"^seeds are \[\]: need one or more, each once$"),
        ({"seeds": [1, 1]}, r"^seeds are \[1, 1\]: need one or more, each once$"),
        ({"seeds": [-1]}, r"^seeds has -1: use whole numbers from 0 to below"),
        ({"seeds": 5}, r"^seeds is 5: "),
        ({"build": 3}, r"^build is 3: give a function that makes a compiled Keras model$"),
        ({"build": keras.Sequential([])}, r"^build is <Sequential .*>: give a function that makes"),
        ({"build": lambda: 3}, r"^build gives 3: it must make a compiled Keras model$"),
        ({"x": (x for x in X)}, r"^x is a generator, which the first training uses up: give arrays or a dataset$"),
        ({"epochs": 2.5}, r"^epochs is 2\.5: need a whole number$"),
        ({"reset": "epoch"}, r"has no stateful layer"),
        ({"engine": "fast"}, r"^engine is 'fast'"),
    ],
)
def test_what_cannot_be_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        fit_seeds(**{"build": plain, "x": X, "y": Y, "verbose": False} | given)


@long
def test_a_build_that_makes_other_models_is_refused():
    units = itertools.count(3)

    def build():
        model = keras.Sequential([L.LSTM(next(units)), L.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    with pytest.raises(ValueError, match=r"^build gives another model for seed 1: only the weights may differ$"):
        fit_seeds(build, X, Y, seeds=range(2), verbose=False)


def test_what_was_not_asked_for_is_said():
    with pytest.raises(ValueError, match=r"^success was not given"):
        _ = Seeds([1], [{"loss": [1.0]}]).rate
    with pytest.raises(ValueError, match=r"^name is 'mae': the history has loss$"):
        Seeds([1], [{"loss": [1.0]}]).last("mae")


@pytest.mark.slow
def test_all_of_this_holds_on_jax():
    again(__file__)
