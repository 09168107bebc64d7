"""`lstm_lab.fit` is Keras' own `fit`: the same weights, history, callbacks and errors, on the backend in use."""

import doctest
import importlib
from pathlib import Path

import keras
import numpy as np
import pytest
from made_models import draw
from made_models import fitted as fitted_by
from on_jax import BACKEND, again, long

from lstm_lab import fit, state
from lstm_lab.trainers.traced import training
from lstm_lab.trainers.traced.batches import feed
from lstm_lab.trainers.traced.program import Program

L = keras.layers
ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "fit.md"

pytestmark = [
    pytest.mark.skipif(BACKEND == "torch", reason="there Keras' own fit trains"),
    pytest.mark.filterwarnings("ignore:.*shuffle=True.*was provided as a generator"),
]


def data(samples=22, steps=4):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(samples, steps, 2)).astype("float32")
    return x, x.sum(axis=(1, 2))[:, None]


def model(*first, stateful=None, **how):
    """first: functions that make the layers, after the seed is set."""
    keras.utils.set_random_seed(1)
    start = keras.Input((4, 2)) if stateful is None else keras.Input(batch_shape=(stateful, 4, 2))
    made = keras.Sequential([start, *(make() for make in first), L.LSTM(3, stateful=stateful is not None), L.Dense(1)])
    made.compile(**{"optimizer": "adam", "loss": "mse"} | how)
    return made


def traced(made, **given):
    x, y = data()
    return fit(made, x, y, **{"batch_size": 5, "verbose": 0, "engine": "traced"} | given)


def apart(one, other):
    return max(abs(a - b).max() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


# ---- the same numbers


def check_same(seed):
    """A drawn model, trained by Keras and by us."""
    case = draw(seed)
    theirs, ours = (
        fitted_by(case, lambda model, **given: model.fit(**given)),
        fitted_by(case, lambda model, **given: fit(model, engine="traced", **given)),
    )
    assert ours.history.engine == "traced", (case.name, ours.history.why)
    assert apart(theirs.model, ours.model) < 1e-5, case.name
    assert theirs.history.history.keys() == ours.history.history.keys(), case.name
    for name, values in theirs.history.history.items():
        assert ours.history.history[name] == pytest.approx(values, rel=1e-5, abs=1e-5), (case.name, name)
    states = (each.model.optimizer.variables for each in (theirs, ours))
    for a, b in zip(*states, strict=True):
        assert np.asarray(a) == pytest.approx(np.asarray(b), rel=1e-4, abs=1e-5), (case.name, a.path)


@long
@pytest.mark.parametrize("seed", [5, 12])
def test_a_drawn_model_gets_what_keras_gives_it(seed):
    check_same(seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 124))
def test_many_drawn_models_get_what_keras_gives_them(seed):
    check_same(seed)


@pytest.mark.parametrize("shuffle", [True, pytest.param("batch", marks=long)])
def test_shuffling_from_a_seed_gives_the_order_that_keras_draws(shuffle):
    (x, y), theirs = data(), model()
    theirs.fit(x, y, batch_size=5, epochs=3, verbose=0, shuffle=shuffle)
    after = np.random.random()
    ours = model()
    traced(ours, epochs=3, shuffle=shuffle)
    assert apart(theirs, ours) < 1e-6
    assert np.random.random() == after  # and no draw more


@pytest.mark.parametrize("shuffle", [True, "batch"])
def test_without_a_seed_every_epoch_has_every_sample_once_in_an_order_of_its_own(shuffle):
    if BACKEND == "tensorflow":
        import tensorflow

        tensorflow.random.set_seed(None)
    x = np.arange(23.0)
    fed = feed(x, x, None, batch_size=5, shuffle=shuffle)
    epochs = [np.concatenate([np.asarray(batch[0]) for batch in iter(fed)]) for _ in range(2)]
    assert all((np.sort(epoch) == x).all() for epoch in epochs)
    assert (epochs[0] != epochs[1]).any()
    if shuffle == "batch":
        assert (np.sort(epochs[0][5:10]) == x[5:10]).all()


@long
def test_batches_of_several_sizes_from_a_generator():
    x, y = data(24)
    cuts = [(0, 5), (5, 8), (8, 13), (13, 18), (18, 24)]
    theirs, ours = model(metrics=["mae"]), model(metrics=["mae"])
    first = theirs.fit(((x[a:b], y[a:b]) for a, b in cuts), verbose=0)
    second = fit(ours, ((x[a:b], y[a:b]) for a, b in cuts), verbose=0, engine="traced")
    assert apart(theirs, ours) < 1e-6
    assert second.history["mae"] == pytest.approx(first.history["mae"], rel=1e-5)


@long
def test_a_dataset_that_goes_on_where_the_epoch_ended():
    """With steps_per_epoch an iterator is not begun anew: the second epoch gets the batches after the first's."""
    x, y = data(25)

    def batches():
        for start in range(0, 25, 5):
            yield x[start : start + 5], y[start : start + 5]

    theirs, ours = model(), model()
    theirs.fit(batches(), steps_per_epoch=2, epochs=2, verbose=0)
    fit(ours, batches(), steps_per_epoch=2, epochs=2, verbose=0, engine="traced")
    assert apart(theirs, ours) < 1e-6


@long
def test_a_step_of_ones_own_is_the_step_that_is_made():
    class Own(keras.Sequential):
        if BACKEND == "tensorflow":

            def train_step(self, data):
                logs = super().train_step(data)
                return {"loss": logs["loss"], "twice": 2 * logs["loss"]}

        else:

            def train_step(self, state, data):
                logs, state = super().train_step(state, data)
                return {"loss": logs["loss"], "twice": 2 * logs["loss"]}, state

    x, y = data(20)
    found = []
    for engine in ("keras", "traced"):
        keras.utils.set_random_seed(1)
        made = Own([keras.Input((4, 2)), L.LSTM(3), L.Dense(1)])
        made.compile("adam", "mse")
        found.append(fit(made, x, y, batch_size=5, epochs=2, verbose=0, engine=engine))
    theirs, ours = found
    if BACKEND == "tensorflow":
        assert ours.history["twice"] == pytest.approx(theirs.history["twice"], rel=1e-5)
    else:
        assert ours.history.keys() == theirs.history.keys()


@long
def test_validation_ends_after_validation_steps():
    x, y = data(20)
    given = {"validation_data": (x, y), "validation_steps": 3, "validation_batch_size": 4, "batch_size": 5}
    theirs, ours = (fit(model(), x, y, epochs=2, verbose=0, engine=each, **given) for each in ("keras", "traced"))
    assert ours.history["val_loss"] == pytest.approx(theirs.history["val_loss"], rel=1e-5)


@long
def test_data_that_end_within_an_epoch_end_it():
    import tensorflow

    x, y = data(13)
    given = {"steps_per_epoch": 8, "epochs": 3, "verbose": 0}
    found = []
    for engine in ("keras", "traced"):
        batches = tensorflow.data.Dataset.from_tensor_slices((x, y)).filter(lambda *_: True).batch(1)
        found.append(fit(model(optimizer="sgd"), batches, engine=engine, **given).history["loss"])
    assert found[1] == pytest.approx(found[0], rel=1e-5)
    assert found[1][0] != found[1][1] != found[1][2]


@long
def test_the_loss_of_each_output_is_that_of_keras_where_the_last_batch_is_a_part():
    x, y = data(8)
    found = []
    for engine in ("keras", "traced"):
        keras.utils.set_random_seed(1)
        start = keras.Input((4, 2))
        inner = L.LSTM(3)(start)
        made = keras.Model(start, [L.Dense(1, name="one")(inner), L.Dense(1, name="two")(inner)])
        made.compile("adam", "mse")
        found.append(fit(made, x, [y, -y], batch_size=5, epochs=2, verbose=0, engine=engine).history)
    assert found[1].keys() == found[0].keys() >= {"one_loss", "two_loss"}
    for name, values in found[0].items():
        assert found[1][name] == pytest.approx(values, rel=1e-5)


@long
def test_text_is_left_to_keras():
    if BACKEND != "tensorflow":
        pytest.skip("text is TensorFlow's")
    import tensorflow

    words = L.TextVectorization(max_tokens=9, output_sequence_length=4)
    words.adapt(["a b c", "b c d"])
    keras.utils.set_random_seed(1)
    made = keras.Sequential([words, L.Embedding(9, 2), L.LSTM(3), L.Dense(1)])
    made.compile("adam", "mse")
    batches = tensorflow.data.Dataset.from_tensor_slices((["a b", "c d", "d a"] * 3, np.ones((9, 1)))).batch(3)
    history = fit(made, batches, validation_data=batches, epochs=2, verbose=0, engine="traced")
    assert (history.engine, history.why) == ("keras", "some of the data are ragged, sparse or text")


# ---- state


@pytest.mark.parametrize("given", [{}, {"validation_data": data(20)}])
def test_where_keras_drops_or_moves_a_state_a_warning_says_so(given, recwarn):
    x, y = data(20)
    fit(model(stateful=5), x, y, batch_size=5, shuffle=False, verbose=0, engine="keras", **given)
    said = [str(warning.message) for warning in recwarn if issubclass(warning.category, state.StateWarning)]
    if BACKEND == "jax":
        assert said[0].startswith("on the JAX backend Keras' fit drops the state after every batch; call state.carry")
    else:
        assert [each.startswith("validation moved the state") for each in said] == [True] * len(given)


@long
def test_reset_replaces_the_loop_of_the_tutorials():
    x, y = data(20)
    looped, ours = model(stateful=5), model(stateful=5)
    state.carry(looped)
    for _ in range(4):
        state.reset(looped)
        looped.fit(x, y, batch_size=5, epochs=1, shuffle=False, verbose=0)
    fit(ours, x, y, batch_size=5, epochs=4, shuffle=False, verbose=0, engine="traced", reset="epoch")
    assert apart(looped, ours) < 1e-6
    assert state.get(ours).distance(state.get(looped)) < 1e-6
    assert not training.programs(ours).train.each  # an epoch is one call


@long
def test_a_reset_before_every_batch_is_no_state_at_all():
    x, y = data(20)
    stateless, ours = model(), model(stateful=5)
    stateless.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0)
    fit(ours, x, y, batch_size=5, epochs=3, shuffle=False, verbose=0, engine="traced", reset="batch")
    assert apart(stateless, ours) < 1e-6


# ---- callbacks and the bar


@long
def test_a_callback_is_called_at_every_batch_with_what_keras_gives_it():
    seen = {}
    for train in ("keras", "traced"):
        seen[train] = []
        watch = keras.callbacks.LambdaCallback(
            on_train_batch_begin=lambda batch, logs, to=seen[train]: to.append(batch),
            on_train_batch_end=lambda batch, logs, to=seen[train]: to.append(
                (batch, pytest.approx(logs["loss"], rel=1e-5))
            ),
        )
        made, (x, y) = model(), data()
        fit(made, x, y, batch_size=5, epochs=2, verbose=0, callbacks=[watch], engine=train, shuffle=False)
    assert len(seen["keras"]) == 20
    assert seen["traced"] == seen["keras"]


@long
def test_a_callback_may_stop_and_change_the_learning_rate():
    class Steer(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.01 / (epoch + 1)
            self.model.stop_training = epoch == 2

    x, y = data()
    theirs, ours = model(), model()
    theirs.fit(x, y, batch_size=5, epochs=9, verbose=0, callbacks=[Steer()], shuffle=False)
    history = traced(ours, epochs=9, callbacks=[Steer()], shuffle=False)
    assert apart(theirs, ours) < 1e-6
    assert history.epoch == [0, 1, 2]


@pytest.mark.slow
def test_a_callback_may_evaluate_and_train_the_model_on_other_data():
    class Own(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            x, y = data(9)
            logs["own"] = self.model.evaluate(x, y, batch_size=4, verbose=0)
            logs["step"] = float(self.model.train_on_batch(x, y))

    x, y = data()
    given = {"batch_size": 5, "epochs": 3, "verbose": 0, "shuffle": False, "validation_data": (x, y)}
    theirs, ours = model(), model()
    before = theirs.fit(x, y, callbacks=[Own()], **given).history
    after = fit(ours, x, y, callbacks=[Own()], engine="traced", **given).history
    assert apart(theirs, ours) < 1e-6
    for name, values in before.items():
        assert after[name] == pytest.approx(values, rel=1e-5), name
    assert not isinstance(ours.test_function, Program)


@long
def test_the_bar_ends_where_keras_ends_it(capsys):
    traced(model(), epochs=2, verbose=1)
    said = capsys.readouterr().out
    assert "Epoch 2/2" in said
    assert said.count("5/5") >= 2
    assert "loss: " in said


# ---- when which engine


@long
def test_keras_trains_until_a_program_pays_and_the_numbers_go_on_alike(monkeypatch):
    last_is_smaller = BACKEND == "tensorflow"  # which is worth a second program from twice as many on
    monkeypatch.setitem(training.WORTH, BACKEND, 6 if last_is_smaller else 12)
    theirs, ours = model(), model()
    x, y = data()
    engines = []
    for _ in range(4):
        theirs.fit(x, y, batch_size=5, verbose=0, shuffle=False)
        engines.append(fit(ours, x, y, batch_size=5, verbose=0, shuffle=False).engine)
    assert engines == ["keras", "keras", "traced", "traced"]
    assert apart(theirs, ours) < 1e-6


def test_the_loop_that_people_keep_compiles_once(monkeypatch):
    made, calls = model(), []
    programs = training.programs(made)
    run = programs.train._run
    monkeypatch.setattr(programs.train, "_run", lambda *given: calls.append(given[3:5]) or run(*given))
    for _ in range(3):
        traced(made, shuffle=False)
    assert training.programs(made) is programs
    assert programs.train.feed is None  # a model does not keep what it was trained on
    assert calls.count((0, 0)) == 2  # a full batch and the rest of the epoch, each once


@long
def test_a_model_that_is_built_by_its_first_fit_compiles_once(monkeypatch):
    keras.utils.set_random_seed(1)
    made = keras.Sequential([L.LSTM(3), L.Dense(1)])
    made.compile("adam", "mse")
    traced(made)
    programs = training.programs(made)
    traced(made)
    assert training.programs(made) is programs
    assert len(programs.train._known) == 2  # a full batch and the rest of the epoch


@long
@pytest.mark.parametrize("change", ["compile", "freeze", "add"])
def test_what_is_changed_in_a_model_is_trained(change):
    made = model()
    traced(made)
    before = training.programs(made)
    if change == "compile":
        made.compile("sgd", "mae")
    elif change == "freeze":
        made.layers[0].trainable = False
        made.compile("adam", "mse")
    else:
        made.add(L.Dense(1))
        made.compile("adam", "mse")
    frozen = made.layers[0].get_weights()
    traced(made)
    assert training.programs(made) is not before
    if change == "freeze":
        assert all((a == b).all() for a, b in zip(frozen, made.layers[0].get_weights(), strict=True))


def test_a_layer_that_is_frozen_is_so_from_the_next_compile_on():
    made = model(loss=None)
    before = training.programs(made)
    made.layers[0].trainable = False
    assert training.programs(made) is before  # as Keras' own functions
    made.compile(made.optimizer)
    assert training.programs(made) is not before


@long
def test_what_xla_cannot_compile_keras_trains(recwarn):
    if BACKEND != "tensorflow":
        pytest.skip("a step of Python is TensorFlow's")
    import tensorflow

    def python(x):
        made = tensorflow.numpy_function(lambda value: value, [x], tensorflow.float32)
        made.set_shape(x.shape)
        return made

    theirs, ours = (model(lambda: L.Lambda(python, output_shape=(4, 2))) for _ in range(2))
    x, y = data()
    theirs.fit(x, y, batch_size=5, epochs=2, verbose=0, shuffle=False)
    history = traced(ours, epochs=2, shuffle=False)
    assert (history.engine, apart(theirs, ours) < 1e-6) == ("keras", True)
    assert "PyFunc" in history.why


def test_a_model_that_is_to_run_eagerly_is_left_to_keras():
    made = model(run_eagerly=True)
    x, y = data()
    with pytest.warns(
        UserWarning, match=r"^lstm_lab.fit trains with Keras' own fit: the model was compiled with run_eag"
    ):
        assert fit(made, x, y, verbose=0).engine == "keras"
    with pytest.raises(ValueError, match=r"^engine is 'traced', but the model was compiled with run_eagerly=True: use"):
        traced(made)
    with pytest.raises(ValueError, match=r"^engine is 'native', but the model was compiled with run_eagerly=True: use"):
        traced(made, engine="native")


@pytest.mark.skipif(BACKEND != "tensorflow", reason="XLA on JAX draws as Keras there")
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_dropout_leaves_out_the_same_units_in_each_precision(dtype):
    import tensorflow

    from lstm_lab.trainers.traced.on_tensorflow import _draws_of_the_kernels

    @tensorflow.function(jit_compile=True)
    def ours(x):
        with _draws_of_the_kernels():
            return keras.random.dropout(x, 0.3, seed=4)

    x = keras.ops.ones((64,), dtype)
    theirs, found = keras.random.dropout(x, 0.3, seed=4), ours(x)
    assert bool(keras.ops.all(theirs == found))


@long
def test_keras_own_fit_goes_on_afterwards():
    theirs, ours = model(), model()
    x, y = data()
    theirs.fit(x, y, batch_size=5, epochs=4, verbose=0, shuffle=False)
    traced(ours, epochs=2, shuffle=False)
    assert not isinstance(ours.train_function, Program)
    ours.fit(x, y, batch_size=5, epochs=2, verbose=0, shuffle=False)
    assert apart(theirs, ours) < 1e-6


# ---- what goes wrong


@pytest.mark.parametrize(
    ("error", "when"),
    [
        pytest.param(KeyboardInterrupt, "on_epoch_end", marks=pytest.mark.slow),
        pytest.param(RuntimeError, "on_epoch_end", marks=long),
        pytest.param(KeyboardInterrupt, "on_train_batch_end", marks=long),
    ],
)
def test_after_an_error_the_model_is_as_after_the_last_whole_epoch(error, when):
    class Ends(keras.callbacks.Callback):
        calls = 0

        def fail(self, number, logs=None):
            self.calls += 1
            if self.calls == (3 if when == "on_epoch_end" else 13):  # in the third epoch of five updates
                raise error

    setattr(Ends, when, Ends.fail)
    whole = model()
    traced(whole, epochs=2)
    ended = model()
    with pytest.raises(error) as raised:
        traced(ended, epochs=9, callbacks=[Ends()])
    assert raised.value.__notes__ == ["The model is as it was after 2 of 9 epochs."]
    assert apart(whole, ended) == 0
    for one, other in zip(whole.optimizer.variables, ended.optimizer.variables, strict=True):
        assert (np.asarray(one) == np.asarray(other)).all()
    traced(ended)  # and it can be trained


@long
def test_the_first_update_whose_loss_is_no_number_is_named():
    x, y = data()
    x[13] = np.nan
    with pytest.warns(UserWarning, match="the loss is no number from update 3 of epoch 1 on") as said:
        fit(model(), x, y, batch_size=5, epochs=3, verbose=0, shuffle=False, engine="traced")
    assert len(said) == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"engine": "fast"}, r"^engine is 'fast': use one of auto, native, traced, keras$"),
        ({"reset": "never"}, r"^reset is 'never': use 'epoch' or 'batch', or leave it out$"),
        ({"reset": "epoch"}, r"has no stateful layer: give its recurrent layers stateful=True$"),
        ({"y": np.zeros((7, 1))}, "Make sure all arrays contain the same number of samples"),
        ({"validation_split": 2.0}, r"^validation_split is 2\.0: use a number from 0 to below 1$"),
        ({"validation_split": "a"}, r"^validation_split is 'a': use a number from 0 to below 1$"),
        ({"batch_size": 2.5}, r"^batch_size is 2\.5: need a whole number$"),
        ({"epochs": "3"}, r"^epochs is '3': need a whole number$"),
        ({"steps_per_epoch": -1}, r"^steps_per_epoch is -1: need a whole number$"),
        ({"x": None}, r"^x is None: give arrays, a dataset or a generator$"),
        ({"x": np.zeros((0, 4, 2)), "y": np.zeros((0, 1))}, r"^x has no samples$"),
        ({"class_weight": {0: 1.0}, "sample_weight": np.ones(22)}, "at the same time"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_trained(given, says):
    made, (x, y) = model(), data()
    before = made.get_weights()
    with pytest.raises(ValueError, match=says):
        fit(made, **{"x": x, "y": y, "verbose": 0} | given)
    assert all((a == b).all() for a, b in zip(before, made.get_weights(), strict=True))


def test_what_is_no_compiled_model_is_refused():
    with pytest.raises(ValueError, match=r"^model is 3: need a compiled Keras model$"):
        fit(3)
    with pytest.raises(ValueError, match=r"compile\(\)"):
        fit(keras.Sequential([keras.Input((4, 2)), L.LSTM(3)]), *data())


@long
def test_the_guide_says_what_happens(monkeypatch):
    monkeypatch.chdir(ROOT)  # its examples read files of the checkout
    failed, tried = doctest.testfile(str(GUIDE), module_relative=False)
    assert failed == 0
    assert tried > 20


def test_the_times_in_the_guide_are_of_its_own_lines(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    examples = importlib.import_module("fit_page").read(GUIDE.read_text(encoding="utf-8"))
    for one, epochs in zip(examples.values(), (300, 100, 30), strict=True):
        assert f"\nepochs = {epochs}\n" in one["first"]
        assert ".fit(" in one["before"]
        assert "lstm_lab.fit(" not in one["before"]
        assert "lstm_lab.fit(ours" in one["after"]


@pytest.mark.slow
def test_all_of_this_holds_on_jax():
    again(__file__, "-m", "not full")
