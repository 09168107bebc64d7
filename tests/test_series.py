"""Series as supervised pairs and as pieces: against the tutorials' shifts, against plain loops, and in bad shape."""

import json
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from refusing import refused

from lstm_lab import framing, schedule
from lstm_lab.datasets import series

TEXT = pd.Series(["x"]).dtype  # "str" in pandas 3, "object" before


@pytest.fixture
def weather():
    """20 hours of three variables, no two numbers alike, so that a value's place can be told from it."""
    values = np.arange(60.0).reshape(20, 3)
    return pd.DataFrame(
        values, columns=["wind", "rain", "sun"], index=pd.date_range("2020-01-01", periods=20, freq="h")
    )


def shifted(frame, num_in, num_out, inputs, targets):
    """The usual way, as an independent witness: shifted copies of the columns, side by side."""
    columns = {f"{name}(t-{lag})": frame[name].shift(lag) for lag in range(num_in, 0, -1) for name in inputs}
    for lag in range(num_out):
        columns |= {f"{name}(t{f'+{lag}' if lag else ''})": frame[name].shift(-lag) for name in targets}
    return pd.DataFrame(columns)


@pytest.mark.parametrize(("num_in", "num_out"), [(1, 1), (3, 1), (1, 4), (5, 3), (12, 8)])
@pytest.mark.parametrize("incomplete", ["drop", "keep"])
@pytest.mark.parametrize(
    ("inputs", "targets"), [(None, None), (["rain", "wind"], ["sun"]), ("sun", ["rain", "sun"]), (None, "wind")]
)
def test_frame_is_the_concatenated_shifts(weather, num_in, num_out, incomplete, inputs, targets):
    frame = series.to_supervised(weather, num_in, num_out, inputs=inputs, targets=targets, incomplete=incomplete)
    everything = list(weather)
    listed = [[some] if isinstance(some, str) else some or everything for some in (inputs, targets)]
    expected = shifted(weather, num_in, num_out, *listed)
    pd.testing.assert_frame_equal(frame, expected.dropna() if incomplete == "drop" else expected, check_freq=False)


@pytest.mark.parametrize(("num_in", "num_out"), [(1, 1), (4, 1), (3, 5)])
def test_arrays_are_the_windows_a_loop_would_cut(weather, num_in, num_out):
    values = weather.to_numpy()
    x, y = series.to_supervised(values, num_in, num_out, inputs=[2, 0], targets=[1, 2])
    samples = range(len(values) - num_in - num_out + 1)
    np.testing.assert_array_equal(x, [[[values[i + j][v] for v in (2, 0)] for j in range(num_in)] for i in samples])
    start = num_in
    expected = [[[values[start + i + j][v] for v in (1, 2)] for j in range(num_out)] for i in samples]
    np.testing.assert_array_equal(y, expected)


def test_one_target_has_no_axis_of_its_own(weather):
    values = weather.to_numpy()
    assert series.to_supervised(values, 4, 2, targets=1)[1].tolist()[0] == [13.0, 16.0]
    assert series.to_supervised(values[:, 0], 4, 2)[1].shape == (15, 2)
    assert series.to_arrays(series.to_supervised(weather["sun"], 4, 2))[1].shape == (15, 2)
    assert series.to_supervised(values, 4, 2)[1].shape == (15, 2, 3)


def test_variables_narrow_inputs_and_targets_alike(weather):
    frame = series.to_supervised(weather, 1, 1, ["sun", "wind"])
    assert list(frame) == ["sun(t-1)", "wind(t-1)", "sun(t)", "wind(t)"]
    with pytest.raises(ValueError, match=r"^targets has 'rain': choose one or more, each once, from 'sun', 'wind'$"):
        series.to_supervised(weather, 1, 1, ["sun", "wind"], targets="rain")


@pytest.mark.parametrize("incomplete", ["drop", "keep"])
@pytest.mark.parametrize("targets", [None, "rain"])
def test_a_frame_becomes_the_arrays_its_values_give(weather, incomplete, targets):
    column = None if targets is None else 1
    expected = series.to_supervised(weather.to_numpy(), 4, 3, targets=column, incomplete=incomplete)
    frame = series.to_supervised(weather, 4, 3, targets=targets, incomplete=incomplete)
    for got, wanted in zip(series.to_arrays(frame), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
    x, _ = series.to_arrays(frame.iloc[5:9])
    np.testing.assert_array_equal(x, expected[0][5:9])


def test_names_survive_brackets_signs_and_numbers():
    frame = pd.DataFrame({"a (t-1)": [1, 2, 3], 7: [4, 5, 6]})
    x, y = series.to_arrays(series.to_supervised(frame, 2))
    assert x.tolist() == [[[1, 4], [2, 5]]]
    assert y.tolist() == [[[3, 6]]]


def test_keeping_incomplete_rows_gives_one_for_every_step():
    x, y = series.to_supervised([1, 2, 3, 4], num_in=2, num_out=2, incomplete="keep")
    nan = np.nan
    np.testing.assert_array_equal(x[:, :, 0], [[nan, nan], [nan, 1], [1, 2], [2, 3]])
    np.testing.assert_array_equal(y, [[1, 2], [2, 3], [3, 4], [4, nan]])


def test_arrays_are_views_and_frames_one_copy():
    values = np.random.default_rng(0).normal(size=(20_000, 3))
    x, y = series.to_supervised(values, num_in=10)
    assert np.shares_memory(x, values)
    assert np.shares_memory(y, values)
    assert not x.flags.writeable
    frame = pd.DataFrame(values)
    tracemalloc.start()
    x, y = series.to_arrays(series.to_supervised(frame, num_in=10))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * (x.nbytes + y.nbytes)


def test_the_data_is_never_touched(weather):
    before = weather.copy()
    frame = series.to_supervised(weather, 3)
    frame.iloc[:, :] = -1.0
    pd.testing.assert_frame_equal(weather, before)


def test_type_follows_the_data_or_the_wish():
    assert series.to_supervised(np.arange(5))[0].dtype == np.arange(5).dtype
    assert series.to_supervised(np.arange(5), incomplete="keep")[0].dtype == np.float64
    x, y = series.to_supervised(np.arange(5), dtype="float32")
    assert framing.Framed(x, y).shape == (4, 1, 1)
    nullable = pd.DataFrame({"a": pd.array([1, 2, 3], dtype="Int64"), "b": [0.5, 1.5, 2.5]})
    assert series.to_supervised(nullable)["a(t-1)"].tolist() == [1.0, 2.0]


WIND = pd.Series([1.0, np.nan, 3.0], name="wind", index=pd.date_range("2020-01-01", periods=3, freq="D"))


@pytest.mark.parametrize(
    ("data", "settings", "message"),
    [
        (WIND, {}, "row 1 (2020-01-02 00:00:00) of data is nan: "),
        (pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, np.inf]}), {}, "row 1, column 'b' of data is inf: "),
        (np.array([[1.0, 2.0], [np.nan, 4.0]]), {}, "row 1, column 0 of data is nan: "),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), {}, "row 1, column 'a' of data is nan: "),
        (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), {}, f"column 'b' of data is of type {TEXT}"),
        (pd.DataFrame({"a": [True, False]}), {}, "column 'a' of data is of type bool"),
        (["x", "y"], {}, "data is of type <U1: need numbers"),
        ([], {}, "data of shape (0,) is empty"),
        (pd.DataFrame({"a": []}), {}, "data of shape (0, 1) is empty"),
        (np.zeros((4, 3, 2)), {}, "data of shape (4, 3, 2): need [rows] or [rows, columns]"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, "data has two columns named 'a'"),
        (np.arange(5), {"num_in": 0}, "num_in is 0: need a whole number, 1 or more"),
        (np.arange(5), {"num_out": 0}, "num_out is 0: need a whole number, 1 or more"),
        (np.arange(5), {"num_in": 2.0}, "num_in is 2.0: need a whole number, 1 or more"),
        (np.arange(5), {"num_in": 4, "num_out": 2}, "num_in is 4 and num_out 2: data of 5 row(s) is too short"),
        (np.arange(5), {"incomplete": "fill"}, "incomplete is 'fill': use drop or keep"),
        (np.arange(5), {"incomplete": "keep", "dtype": int}, "dtype is <class 'int'>: incomplete='keep' marks"),
        (np.zeros((5, 2)), {"inputs": [0, 2]}, "inputs has 2: choose one or more, each once, from 0, 1"),
        (np.zeros((5, 2)), {"targets": []}, "targets is []: choose one or more, each once, from 0, 1"),
        (np.zeros((5, 2)), {"targets": [1, 1]}, "targets is [1, 1]: choose one or more, each once, from 0, 1"),
    ],
)
def test_bad_series_are_one_clear_line(data, settings, message):
    with refused("^" + re.escape(message)):
        series.to_supervised(data, **settings)


@pytest.mark.parametrize("columns", [["a"], ["a(t)"], ["a(t-2)", "a(t)"], ["a(t)", "a(t-1)"], ["a(t-1)", "a(t+1)"], []])
def test_other_frames_are_not_taken_for_supervised_ones(columns):
    with pytest.raises(ValueError, match=r"^column.*as to_supervised gives them$"):
        series.to_arrays(pd.DataFrame([range(len(columns))], columns=columns))


def test_pieces_abut_or_overlap():
    values = np.arange(40.0).reshape(20, 2)
    np.testing.assert_array_equal(series.pieces(values, 5), values.reshape(4, 5, 2))
    overlapping = series.pieces(values, 8, overlap=5)
    np.testing.assert_array_equal(overlapping, [values[start : start + 8] for start in (0, 3, 6, 9, 12)])
    assert np.shares_memory(overlapping, values)


def test_what_does_not_fill_a_piece_is_refused_or_dropped_where_told():
    values = np.arange(11)
    with pytest.raises(ValueError, match=r"^11 rows do not make whole pieces of 4 steps, 3 are left over: use rest="):
        series.pieces(values, 4)
    assert series.pieces(values, 4, rest="drop_first")[:, 0, 0].tolist() == [3, 7]
    assert series.pieces(values, 4, rest="drop_last")[:, 0, 0].tolist() == [0, 4]
    with pytest.raises(ValueError, match=r"^11 rows do not make whole pieces of 4 steps overlapping by 2, 1 are left"):
        series.pieces(values, 4, overlap=2)
    with pytest.raises(ValueError, match=r"^rest is 'some': use refuse, drop_first or drop_last$"):
        series.pieces(values, 4, rest="some")


def test_every_slot_of_a_batch_goes_on_where_it_stopped():
    batch_size, steps = 4, 3
    dealt = series.streams(np.arange(61), steps, batch_size, rest="drop_first").reshape(-1, batch_size, steps)
    for slot in range(batch_size):
        stretch = dealt[:, slot].ravel()
        np.testing.assert_array_equal(np.diff(stretch), 1)
    assert sorted(dealt.ravel()) == list(range(1, 61))


def test_streams_are_what_a_schedule_in_runs_learns_from_pieces():
    values = np.arange(48.0, dtype=np.float32)
    pieces = series.pieces(values, 4)
    framed = framing.Framed(np.ascontiguousarray(pieces), np.ascontiguousarray(pieces[:, -1]))
    order = schedule.in_sequence(reset="epoch", slots="runs").schedule(framed, epochs=1, batch_size=3)
    np.testing.assert_array_equal(pieces[order.batches.ravel()], series.streams(values, 4, 3))


def test_folding_keeps_each_day_together():
    hours = np.arange(96).reshape(48, 2)
    np.testing.assert_array_equal(series.folded(hours, 24), [hours[:24].ravel(), hours[24:].ravel()])
    with pytest.raises(ValueError, match=r"^period is 49: there are only 48 rows, use that or fewer$"):
        series.folded(hours, 49)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda v: series.pieces(v, 0), "steps is 0: need a whole number, 1 or more"),
        (lambda v: series.pieces(v, 11), "steps is 11: there are only 10 rows, use that or fewer"),
        (lambda v: series.pieces(v, 3, overlap=3), "overlap is 3: need 0 to 2, fewer than the 3 steps of a piece"),
        (lambda v: series.pieces(v, 3, overlap=-1), "overlap is -1: need 0 to 2, fewer than the 3 steps of a piece"),
        (lambda v: series.streams(v, 3, 0), "batch_size is 0: need a whole number, 1 or more"),
        (lambda v: series.streams(v, 3, 4), "steps is 3 and batch_size 4: 10 rows do not fill one batch of 12"),
        (lambda v: series.folded(v, 0), "period is 0: need a whole number, 1 or more"),
        (lambda v: series.pieces(v * np.nan, 2), "row 0 of values is nan: fill the gap"),
        (lambda v: series.sine(0), "num_values is 0: need a whole number, 1 or more"),
        (lambda v: series.sine(5, period=0), "period is 0 and noise 0.0: need a period above 0"),
        (lambda v: series.sine(5, noise=-1), "period is 25.0 and noise -1: need a period above 0"),
        (lambda v: series.sine(5, noise=1), "noise is 1: it needs a random generator, rng"),
    ],
)
def test_bad_cuts_are_one_clear_line(call, message):
    with refused("^" + re.escape(message)):
        call(np.arange(10.0))


def test_sine_turns_once_a_period_and_its_noise_is_drawn():
    wave = series.sine(100, period=20)
    np.testing.assert_allclose(wave[20:], wave[:-20], atol=1e-12)
    assert wave.argmax() % 20 == 5
    noise = series.sine(2000, noise=0.5, rng=np.random.default_rng(1)) - series.sine(2000)
    assert abs(noise.std() - 0.5) < 0.05
    assert abs(noise.mean()) < 0.05


def test_cutting_arrays_imports_neither_pandas_nor_scikit_learn():
    program = (
        "import json, sys, numpy as np\n"
        "from lstm_lab import preparing\n"
        "from lstm_lab.datasets import series\n"
        "series.to_supervised(np.arange(5)); preparing.pad([[1], [1, 2]]); preparing.text.encode('A')\n"
        "print(json.dumps([name for name in ('pandas', 'sklearn', 'keras', 'jax') if name in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(out) == []


def test_the_airline_series_is_the_published_one():
    path = Path(__file__).parent.parent / "experiments" / "data" / "airline.csv"
    frame = pd.read_csv(path)
    assert frame.month.tolist() == [f"{year}-{month:02d}" for year in range(1949, 1961) for month in range(1, 13)]
    assert frame.passengers[:12].tolist() == [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118]
    assert frame.passengers[-12:].tolist() == [417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432]
    assert frame.passengers.sum() == 40363
