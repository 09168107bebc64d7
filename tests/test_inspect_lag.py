"""How far back a target can be read from the inputs, and the framing of a Keras model that is judged with it."""

import keras
import numpy as np
import pytest
from refusing import refused

from lstm_lab import inspecting, state
from lstm_lab.inspecting.slots.lags import stride_of

L = keras.layers
VALUES = np.random.default_rng(7).integers(0, 10, 400)


def windows(steps: int, stride: int = 1, values: np.ndarray = VALUES) -> np.ndarray:
    """Samples [samples, steps] of the values."""
    return np.lib.stride_tricks.sliding_window_view(values, steps)[::stride]


@pytest.mark.parametrize("back", [0, 1, 5])
@pytest.mark.parametrize("coding", [lambda v: v, lambda v: v / 10 - 0.5, lambda v: np.eye(10)[v]])
def test_the_lag_of_an_echo_is_found_however_it_is_coded(back, coding):
    x, y = VALUES[back:], VALUES[: len(VALUES) - back]
    found = inspecting.lag(coding(x).reshape(len(x), 1, -1), coding(y), most=6)
    assert found.best == back
    assert found.alone[back].estimate > 0.98
    assert found.chance.estimate < 0.2
    assert len(found.alone) == len(found.up_to) == 7


@pytest.mark.parametrize(("steps", "stride"), [(1, 1), (4, 1), (4, 2), (4, 4)])
def test_the_lag_goes_back_from_a_samples_last_step_over_the_samples_before(steps, stride):
    x = windows(steps, stride)
    ends = np.arange(len(x)) * stride + steps - 1
    y = np.where(ends >= 5, VALUES[ends - 5], 0)
    found = inspecting.lag(x, y, most=6)
    assert found.best == 5
    assert found.targets == len(x)


@pytest.mark.parametrize("stride", [2, 4])
def test_targets_at_each_step_are_counted_once(stride):
    lagged = np.roll(VALUES, 3)
    found = inspecting.lag(windows(4, stride), windows(4, stride, lagged)[:, :, None], most=4, each_step=True)
    assert found.best == 3
    assert found.targets == 400


def test_a_target_that_needs_two_inputs_together_needs_the_one_further_back():
    bits = np.random.default_rng(0).integers(0, 2, 400)
    found = inspecting.lag(bits[2:, None], bits[2:] ^ bits[:-2], most=4)
    assert found.best == 2
    assert found.up_to[2].estimate > 0.95
    assert max(share.estimate for share in found.alone) < 0.7


def test_an_earlier_table_is_not_the_best_where_a_later_one_beats_it():
    """Two sequences that end with their first symbol: the last input alone is right about seven of eight answers."""
    found = inspecting.lag(
        np.tile([3, 0, 1, 2, 4, 0, 1, 2], 50)[:, None], np.tile([0, 1, 2, 3, 0, 1, 2, 4], 50), most=5
    )
    assert 0.8 < found.alone[0].estimate < 0.9
    assert found.best == 3


def test_many_one_hot_symbols_are_put_into_bins_too():
    symbols = np.random.default_rng(0).integers(0, 100, 40)
    assert inspecting.lag(np.eye(100)[symbols[1:], None], np.eye(100)[symbols[:-1]], most=3).best == 1


def test_no_lag_is_found_in_noise_or_where_chance_knows_everything():
    rng = np.random.default_rng(3)
    assert all(inspecting.lag(rng.random((60, 1)), rng.random(60), most=3).best is None for _ in range(10))
    assert inspecting.lag(VALUES[:, None], np.zeros(400), most=2).best is None


def test_a_table_is_asked_only_about_targets_that_did_not_make_it():
    """Each key occurs once, so a table that had seen its own target would be right about everything."""
    found = inspecting.lag(np.random.default_rng(5).random((100, 1)), np.arange(100) % 2, most=12)
    assert found.up_to[12].estimate < 0.7


def test_numbers_with_many_values_are_put_into_bins():
    walk = np.random.default_rng(0).normal(size=200).cumsum()
    found = inspecting.lag(walk[:-1, None], walk[1:], most=3)
    assert found.best == 0
    assert found.chance.estimate == pytest.approx(0.2, abs=0.05)


def test_the_table_of_lags_is_printed():
    lines = str(inspecting.lag(VALUES[1:, None], VALUES[:-1], most=2)).splitlines()
    assert lines[0].startswith("How often a lookup table is right about 399 held-out targets. Chance: ")
    assert [line.split()[0] for line in lines[3:6]] == ["0", "1", "2"]
    assert "100.0 %  (99.0 to 100.0)" in lines[4]
    assert lines[-1] == "Best: 1 step back."


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        (np.zeros(5), np.zeros(5), r"x of shape \(5,\): need \[samples, steps, features\]"),
        (np.zeros((20, 2)), np.zeros(19), r"x has 20 samples and y is of shape \(19,\)"),
        (np.full((20, 2), np.nan), np.zeros(20), r"x\[0, 0, 0\] is nan: need finite numbers"),
        (np.zeros((20, 2)), np.full(20, np.inf), r"y\[0\] is inf: need finite numbers"),
        (np.zeros((9, 2)), np.zeros(9), "there are 9 targets: to measure a lag needs 10 or more"),
        ([["a"]], [0], "need numbers"),
    ],
)
def test_data_without_a_lag_are_refused(x, y, says):
    with refused(says):
        inspecting.lag(x, y)
    with refused("need a target at each step"):
        inspecting.lag(np.zeros((20, 2)), np.zeros(20), each_step=True)


def test_where_samples_begin_is_seen_from_the_data():
    assert [stride_of(windows(4, stride)) for stride in (1, 2, 3, 4, 5)] == [1, 2, 3, 4, 4]
    assert stride_of(windows(4)[:1]) == 4


# --- of a Keras model -------------------------------------------------------------------------------------------------


def stateful(batch: int = 6, steps: int = 1, features: int = 1, **recurrent):
    return keras.Sequential(
        [keras.Input(batch_shape=(batch, steps, features)), L.LSTM(2, stateful=True, **recurrent), L.Dense(1)]
    )


def echoed(steps: int = 1, samples: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """The value before the last of each sample."""
    values = VALUES[: samples + steps]
    return windows(steps, values=values[1:])[:samples, :, None].astype("float32"), values[
        steps - 1 : steps - 1 + samples
    ]


def same(one: inspecting.Framing, other: inspecting.Framing) -> bool:
    ways = ("given", "needed", "same_sample", "by_state", "never", "by_gradient")
    return all(np.array_equal(getattr(one, way), getattr(other, way)) for way in ways)


def test_a_stateful_model_is_judged_as_fit_trains_it():
    x, y = echoed()
    found = inspecting.framing_of(stateful(), x, y, shuffle=False, reset="epoch", lag=1)
    assert same(found, inspecting.framing(samples=24, batch_size=6, lag=1))
    assert any("slot 0 sees values 0, 6, 12, 18" in each for each in found.problems)
    runs = inspecting.framing_of(stateful(), x, y, shuffle=False, reset="epoch", lag=1, slots="runs")
    assert same(runs, inspecting.framing(samples=24, batch_size=6, lag=1, slots="runs"))
    by_itself = inspecting.framing_of(stateful(), x, y, shuffle=False, lag=1)
    assert any("reset is 'never'" in each for each in by_itself.problems)
    assert any("shuffle is True" in each for each in inspecting.framing_of(stateful(), x, y, lag=1).problems)


def test_a_stateless_model_is_judged_with_the_batch_of_fit():
    model = keras.Sequential([keras.Input((2, 1)), L.Bidirectional(L.GRU(2)), L.Dense(1)])
    x, y = echoed(steps=2, samples=60)
    found = inspecting.framing_of(model, x, y, lag=1)
    assert (found.schedule.batch_size, found.schedule.carries) == (32, False)
    assert found.counts["same_sample"] == 60
    assert not found.problems
    assert inspecting.framing_of(model, x, y, batch_size=5, lag=1).schedule.batch_size == 5


def test_a_model_that_answers_at_each_step_has_a_target_at_each():
    x, y = windows(4, 4)[..., None], windows(4, 4, np.roll(VALUES, 1))
    found = inspecting.framing_of(stateful(1, 4, return_sequences=True), x, y, shuffle=False, reset="epoch")
    assert found.counts == {"same_sample": 300, "by_state": 99, "never": 0, "by_gradient": 300, "targets": 399}
    assert found.given[1].tolist() == [4, 5, 6, 7]
    assert "The lag is 1, as measured" in found.setup
    assert "pieces that follow each other" in found.setup


def test_the_state_that_jax_drops_is_no_state(monkeypatch):
    monkeypatch.setattr(state, "carries", lambda model: False)
    found = inspecting.framing_of(stateful(1), *echoed(), shuffle=False, lag=1)
    assert found.counts["never"] == 23
    assert found.problems[0].startswith("Keras' fit on JAX drops the state")


def test_a_lag_that_cannot_be_measured_must_be_given():
    x = np.random.default_rng(0).random((60, 1, 1))
    with refused("lag is not given, and no lookup table on the last 13 inputs predicts y better than chance"):
        inspecting.framing_of(stateful(), x, np.random.default_rng(1).random(60))


def test_a_model_is_left_as_it_is():
    model = stateful()
    x, y = echoed()
    model(x[:6])
    weights, held = model.get_weights(), state.get(model)
    inspecting.framing_of(model, x, y, lag=1)
    assert state.get(model) == held
    assert all(np.array_equal(now, before) for now, before in zip(model.get_weights(), weights, strict=True))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (lambda: 3, "model is 3: give a Keras model"),
        (lambda: keras.Sequential([keras.Input((1, 1)), L.Dense(1)]), "has no recurrent layer"),
        (lambda: keras.Sequential([L.LSTM(2)]), "is not built: give it a keras.Input"),
        (lambda: two_outputs(), "has 2 outputs: one can be judged"),
        (lambda: stateful(steps=3), "x has 1 time steps: the model takes 3"),
        (lambda: stateful(batch=5), "batch_size is 6: the model is built for batches of 5"),
        (lambda: stateful(return_sequences=True), r"y of shape \(24,\): need a target at each step, \(24, 1\)"),
    ],
)
def test_a_model_that_cannot_be_judged_is_refused(model, says):
    with refused(says):
        inspecting.framing_of(model(), *echoed(), batch_size=6, lag=1)


def two_outputs():
    given = keras.Input((1, 1))
    return keras.Model(given, [L.LSTM(2)(given), L.GRU(2)(given)])
