"""Scaling, categories, padding and text: the book's figures to the last digit, files, and bad input."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from refusing import refused

from lstm_lab import framing, preparing
from lstm_lab.datasets import alphabet
from lstm_lab.suite import catalogue

TENS = np.arange(10, 101, 10)
NINE = np.array([1.0, 5.5, 9.0, 2.6, 8.8, 3.0, 4.1, 7.9, 6.3])
SEEN = ["cold", "cold", "warm", "cold", "hot", "hot", "warm", "cold", "warm", "hot"]
UNEVEN = [[1, 2, 3, 4], [1, 2, 3], [1]]
TEXT = pd.Series(["x"]).dtype  # "str" in pandas 3, "object" before


def test_the_published_normalising():  # 0510
    scaler = preparing.Scaler("normalise").fit(TENS)
    assert str(scaler) == "min 10, max 100"
    scaled = scaler.transform(TENS)
    np.testing.assert_allclose(scaled, np.arange(10) / 9, rtol=0, atol=1e-15)
    assert f"{scaled[1]:.8f}" == "0.11111111"
    np.testing.assert_allclose(scaler.inverse(scaled), TENS, rtol=1e-15)


def test_the_published_standardising():  # 0520
    scaler = preparing.Scaler("standardise").fit(NINE)
    assert str(scaler) == "mean 5.355556, deviation 2.712568, min 1, max 9"
    published = [
        -1.60569456, 0.05325007, 1.34354035, -1.01584758, 1.26980948, -0.86838584, -0.46286604, 0.93802055, 0.34817357,
    ]  # fmt: skip
    np.testing.assert_allclose(scaler.transform(NINE), published, rtol=0, atol=5e-9)
    np.testing.assert_allclose(scaler.inverse(scaler.transform(NINE)), NINE, rtol=1e-15)


@pytest.fixture
def table():
    return pd.DataFrame({"wind": [0.0, 5.0, 10.0], "rain": [100.0, 300.0, 200.0]}, index=[3, 4, 5])


@pytest.mark.parametrize("method", ["normalise", "standardise"])
def test_each_column_is_scaled_on_its_own(table, method):
    scaled = preparing.Scaler(method).fit(table).transform(table)
    for name in table:
        alone = preparing.Scaler(method).fit(table[name]).transform(table[name])
        pd.testing.assert_series_equal(scaled[name], alone)
    assert list(scaled.index) == [3, 4, 5]


def test_results_have_the_form_of_the_data(table):
    scaler = preparing.Scaler().fit(table)
    assert isinstance(scaler.transform(table), pd.DataFrame)
    assert isinstance(scaler.transform(table.to_numpy()), np.ndarray)
    assert preparing.Scaler().fit(table["wind"]).transform(table["wind"]).name == "wind"
    pd.testing.assert_frame_equal(scaler.inverse(scaler.transform(table)), table)


def test_normalising_to_another_range(table):
    scaled = preparing.Scaler("normalise", low=-1, high=1).fit(table).transform(table)
    assert scaled.to_numpy().tolist() == [[-1, -1], [0, 1], [1, 0]]


def test_only_the_training_data_counts():
    scaler = preparing.Scaler("standardise", outside="allow")
    with pytest.raises(ValueError, match=r"^this scaler is not fitted: call fit\(training data\) first$"):
        scaler.transform(TENS)
    with pytest.raises(ValueError, match=r"^this scaler is not fitted"):
        scaler.inverse(TENS)
    with pytest.raises(ValueError, match=r"^this scaler is not fitted"):
        scaler.save("never.json")
    scaler.fit(NINE)
    scaler.transform(TENS)
    assert scaler.coefficients["mean"] == pytest.approx(NINE.mean())
    with pytest.raises(ValueError, match=r"^this scaler is fitted already: make a new Scaler"):
        scaler.fit(TENS)


@pytest.mark.parametrize("method", ["normalise", "standardise"])
def test_values_outside_the_training_range(table, method):
    new = pd.DataFrame({"wind": [5.0, 5.0], "rain": [200.0, 500.0]}, index=[8, 9])
    refusing, clipping, allowing = (preparing.Scaler(method, outside=o).fit(table) for o in ("refuse", "clip", "allow"))
    with pytest.raises(ValueError, match=r"^row 1 \(9\), column 'rain' is 500: the training data went from 100 to 300"):
        refusing.transform(new)
    with pytest.raises(ValueError, match=r"^row 0, column 'wind' is -1: the training data went from 0 to 10"):
        refusing.transform(pd.DataFrame({"wind": [-1.0], "rain": [200.0]}))
    assert clipping.transform(new)["rain"].iloc[1] == clipping.transform(table)["rain"].iloc[1]
    assert clipping.inverse(clipping.transform(new))["rain"].iloc[1] == pytest.approx(300)
    assert allowing.inverse(allowing.transform(new))["rain"].iloc[1] == pytest.approx(500)
    low = preparing.Scaler(method, outside="clip").fit(TENS)
    assert low.transform([-5.0])[0] == low.transform([10.0])[0]


@pytest.mark.parametrize("method", ["normalise", "standardise"])
def test_answers_come_back_in_their_own_units(table, method):
    scaler = preparing.Scaler(method).fit(table)
    scaled = scaler.transform(table).to_numpy()
    framed = np.stack([scaled, scaled[::-1]])
    np.testing.assert_allclose(scaler.inverse(framed), np.stack([table.to_numpy(), table.to_numpy()[::-1]]))
    answers = framed[:, :, 1]
    np.testing.assert_allclose(scaler.inverse(answers, column="rain"), [[100, 300, 200], [200, 300, 100]])
    assert scaler.inverse(2.0 if method == "normalise" else scaled[0, 1], column="rain").shape == ()
    with pytest.raises(ValueError, match=r"^column is 'snow': the scaler has 'wind', 'rain'$"):
        scaler.inverse(answers, column="snow")
    with pytest.raises(ValueError, match=r"^data has 3 column\(s\): the scaler was fitted on 2$"):
        scaler.inverse(np.zeros((4, 2, 3)))


@pytest.mark.parametrize("method", ["normalise", "standardise"])
@pytest.mark.parametrize("single", [True, False])
def test_a_loaded_scaler_scales_to_the_last_bit(tmp_path, method, single):
    training = np.random.default_rng(0).normal(3, 7, size=50 if single else (50, 3))
    scaler = preparing.Scaler(method, outside="clip").fit(training)
    scaler.save(tmp_path / "scaler.json")
    loaded = preparing.Scaler.load(tmp_path / "scaler.json")
    new = training[:20] * 1.5
    np.testing.assert_array_equal(loaded.transform(new), scaler.transform(new))
    np.testing.assert_array_equal(loaded.inverse(new), scaler.inverse(new))
    assert str(loaded) == str(scaler)
    assert [path.name for path in tmp_path.iterdir()] == ["scaler.json"]


def test_a_loaded_scaler_knows_its_columns_and_policy(tmp_path, table):
    preparing.Scaler("normalise", -2, 2, outside="allow").fit(table).save(tmp_path / "s.json")
    loaded = preparing.Scaler.load(tmp_path / "s.json")
    assert loaded.transform(table)["rain"].tolist() == [-2, 2, 0]
    assert loaded.transform(table * 10)["wind"].iloc[2] == 38
    with pytest.raises(ValueError, match=r"^data has columns \['rain', 'wind'\]: the scaler was fitted on \['wind"):
        loaded.transform(table[["rain", "wind"]])
    with pytest.raises(ValueError, match=r"^data has 1 column\(s\): the scaler was fitted on 2$"):
        loaded.transform(table["rain"])


def test_a_failed_save_leaves_the_old_file_whole(tmp_path, monkeypatch, table):
    path = tmp_path / "scaler.json"
    preparing.Scaler().fit(table).save(path)
    before = path.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(ValueError, match="cannot be written: disk full"):
        preparing.Scaler().fit(TENS).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["scaler.json"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "is of version 2: this program reads version 1"),
        ({"kind": "Categories"}, "does not hold a Scaler: need a file written by Scaler.save"),
        ({"columns": ["a", "b", "c"]}, "does not hold a usable scaler: minimum has shape [2], need [3]"),
        ({"columns": 5}, "does not hold a usable scaler: "),
        ({"method": "squash"}, "does not hold a usable scaler: method is 'squash'"),
        ({"low": "0"}, "does not hold a usable scaler: "),
        ({"method": "standardise"}, "does not hold a usable scaler: coefficients are ['maximum', 'minimum']"),
        ({"coefficients": {"minimum": [0, 1], "maximum": [1]}}, "usable scaler: maximum has shape [1], need [2]"),
        ({"coefficients": {"minimum": [0, 1], "maximum": [1, 1]}}, "usable scaler: a minimum is not below its maximum"),
        (
            {"coefficients": {"minimum": [0, 1], "maximum": [1, None]}},
            "usable scaler: maximum is [1, None]: need a list of numbers",
        ),
        ({"coefficients": [1]}, "does not hold a usable scaler: "),
        ({"extra": 1}, "has missing or unknown entries, 'extra': fit and save it again"),
        ({"low": None, "high": None}, "does not hold a usable scaler: "),
    ],
)
def test_files_of_another_kind_version_or_shape_are_refused(tmp_path, table, change, message):
    path = tmp_path / "scaler.json"
    preparing.Scaler().fit(table).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with refused(f"^{re.escape(str(path))}.*{re.escape(message)}"):
        preparing.Scaler.load(path)


def test_a_file_that_is_not_json_is_named(tmp_path):
    (tmp_path / "torn.json").write_text('{"kind": "Sca')
    with pytest.raises(ValueError, match=r"torn\.json is not JSON .*: need a file written by Scaler\.save$"):
        preparing.Scaler.load(tmp_path / "torn.json")


def test_a_deviation_of_nothing_is_refused(tmp_path, table):
    path = tmp_path / "scaler.json"
    preparing.Scaler("standardise").fit(table).save(path)
    content = json.loads(path.read_text())
    content["coefficients"]["deviation"][1] = 0
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"does not hold a usable scaler: a deviation is not above 0$"):
        preparing.Scaler.load(path)


@pytest.mark.parametrize("method", ["normalise", "standardise"])
def test_a_column_that_never_changes_is_refused(table, method):
    with pytest.raises(ValueError, match=r"^column 'sun' of the training data is 4 in every row: it has no range to"):
        preparing.Scaler(method).fit(table.assign(sun=4.0))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "normalize"}, "method is 'normalize': use normalise or standardise"),
        ({"outside": "ignore"}, "outside is 'ignore': use refuse, clip or allow"),
        ({"low": 1, "high": 1}, "low is 1 and high 1: need finite numbers, low below high"),
        ({"method": "standardise", "high": 2}, "low is 0.0 and high 2: a range is for normalise"),
    ],
)
def test_bad_scaler_settings_are_named(settings, message):
    with refused("^" + re.escape(message)):
        preparing.Scaler(**settings)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1.0, np.nan], "row 1 of the training data is nan"),
        ([], "the training data of shape (0,) is empty"),
        (pd.DataFrame({"a": ["x"]}), f"column 'a' of the training data is of type {TEXT}"),
        (np.zeros((2, 3, 4)), "the training data of shape (2, 3, 4): need [rows] or [rows, columns]"),
    ],
)
def test_bad_training_data_is_named(data, message):
    with refused("^" + re.escape(message)):
        preparing.Scaler().fit(data)


def test_the_published_categories():  # 0530
    weather = preparing.Categories.of(SEEN)
    assert weather.labels == ("cold", "hot", "warm")
    assert weather.integers(SEEN).tolist() == [0, 0, 2, 0, 1, 1, 2, 0, 2, 1]
    rows = weather.one_hot(SEEN)
    assert rows.dtype == np.float32
    assert rows[[0, 2, 4]].tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    np.testing.assert_array_equal(rows.sum(axis=1), 1)
    assert weather.labels_of(rows[:1]) == ["cold"]
    assert weather.labels_of(rows) == weather.labels_of(weather.integers(SEEN)) == SEEN
    assert weather.labels_of([[0.2, 0.5, 0.3]]) == ["hot"]


def test_an_order_of_ones_own_is_kept_and_saved(tmp_path):
    places = preparing.Categories(["first", "second", "third"])
    places.save(tmp_path / "places.json")
    loaded = preparing.Categories.load(tmp_path / "places.json")
    assert loaded.labels == places.labels
    assert loaded.integers(pd.Series(["third", "first"])).tolist() == [2, 0]
    numbers = preparing.Categories.of(np.array([30, 7, 7]))
    numbers.save(tmp_path / "numbers.json")
    assert preparing.Categories.load(tmp_path / "numbers.json").integers([30]).tolist() == [1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.integers(["cold", "mild"]), "label 'mild' at place 1 is not known: use one of 'cold', 'hot'"),
        (lambda c: c.one_hot(["mild"]), "label 'mild' at place 0 is not known: use one of 'cold', 'hot'"),
        (lambda c: c.integers([]), "labels are empty"),
        (lambda c: c.labels_of([0, 3]), "integer 3 at place 1: need 0 to 2"),
        (lambda c: c.labels_of([-1]), "integer -1 at place 0: need 0 to 2"),
        (
            lambda c: c.labels_of([[0.0, 1.0]]),
            "data of shape [1, 2] and type float64: need integers",
        ),
        (lambda c: c.labels_of([[0.0, np.nan, 1.0]]), "data holds a value that is not finite"),
        (lambda c: preparing.Categories(["a", "b", "a"]), "label 'a' is given twice"),
        (lambda c: preparing.Categories.of([0.5, np.nan]), "label nan is a missing value: fill the gap"),
        (lambda c: preparing.Categories(["a", None]), "label None is a missing value: fill the gap"),
        (lambda c: preparing.Categories(["a"]), "labels are ['a']: need two or more"),
        (lambda c: preparing.Categories.of(["a", 1]), "labels are of the types int, str"),
        (
            lambda c: preparing.Categories([("a", 1), ("b", 2)]).save("never.json"),
            "labels are ('a', 1), ('b', 2)",
        ),
    ],
)
def test_bad_labels_are_one_clear_line(call, message):
    with refused("^" + re.escape(message)):
        call(preparing.Categories.of(SEEN))


def test_a_file_of_labels_is_not_a_scaler(tmp_path):
    preparing.Categories(["a", "b"]).save(tmp_path / "labels.json")
    with pytest.raises(ValueError, match=r"labels\.json does not hold a Scaler"):
        preparing.Scaler.load(tmp_path / "labels.json")
    content = json.loads((tmp_path / "labels.json").read_text()) | {"labels": "ab"}
    (tmp_path / "labels.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"labels\.json: labels are 'ab', need a list"):
        preparing.Categories.load(tmp_path / "labels.json")


def test_the_published_padding_and_cutting():  # 0540
    assert preparing.pad(UNEVEN).tolist() == [[1, 2, 3, 4], [0, 1, 2, 3], [0, 0, 0, 1]]
    assert preparing.pad(UNEVEN, side="post").tolist() == [[1, 2, 3, 4], [1, 2, 3, 0], [1, 0, 0, 0]]
    assert preparing.pad(UNEVEN, 2).tolist() == [[3, 4], [2, 3], [0, 1]]
    assert preparing.pad(UNEVEN, 2, cut="post").tolist() == [[1, 2], [1, 2], [0, 1]]


@pytest.mark.parametrize("length", [None, 1, 3, 9])
@pytest.mark.parametrize("side", ["pre", "post"])
@pytest.mark.parametrize("cut", ["pre", "post"])
@pytest.mark.parametrize("features", [(), (2,), (2, 3)])
def test_padding_is_what_keras_does(length, side, cut, features):
    from keras.utils import pad_sequences

    rng = np.random.default_rng(3)
    sequences = [rng.normal(size=(steps, *features)) for steps in (4, 1, 7, 0, 2)]
    if features:
        sequences.pop(3)  # Keras takes an empty sequence only where it has no features
    expected = pad_sequences(sequences, length, dtype="float64", padding=side, truncating=cut, value=-1.0)
    np.testing.assert_array_equal(preparing.pad(sequences, length, side, cut, value=-1.0), expected)


def test_padding_loses_no_fraction():
    assert preparing.pad([[0.5], [1, 2]]).tolist() == [[0, 0.5], [1, 2]]
    assert preparing.pad([[1], [1, 2]], value=0.5).tolist() == [[0.5, 1], [1, 2]]
    assert preparing.pad([np.ones(1, np.float32), np.ones(2, np.float32)], value=-1).dtype == np.float32
    assert preparing.pad(UNEVEN, dtype="float32").dtype == np.float32


def test_framing_pads_by_the_same_rule():
    framed = framing.padded(alphabet.prefixes("ABCD"), steps=4, side="post")
    assert framed.inputs[:, :, 0].tolist() == [[0, -1, -1, -1], [0, 1, -1, -1], [0, 1, 2, -1]]
    framed = framing.padded(alphabet.prefixes("ABCD"), steps=4)
    assert framed.inputs[:, :, 0].tolist() == [[-1, -1, -1, 0], [-1, -1, 0, 1], [-1, 0, 1, 2]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sequences": []}, "sequences hold nothing (0 of them)"),
        ({"sequences": [[], []]}, "sequences hold nothing (2 of them)"),
        ({"sequences": UNEVEN, "length": 0}, "length is 0: need a whole number, 1 or more"),
        ({"sequences": UNEVEN, "side": "left"}, "side is 'left': use pre or post"),
        ({"sequences": UNEVEN, "cut": "left"}, "cut is 'left': use pre or post"),
        ({"sequences": [[1], ["a"]]}, "sequence 1 is of type <U1: need numbers"),
        ({"sequences": [[1], [[1, 2]]]}, "sequence 1 has shape [1, 2]: need [steps], as the others"),
        ({"sequences": [[[1, 2]], [[1, 2, 3]]]}, "sequence 1 has shape [1, 3]: need [steps, 2], as the others"),
        ({"sequences": [5, 6]}, "sequence 0 has shape []: need [steps]"),
    ],
)
def test_bad_sequences_are_one_clear_line(settings, message):
    with refused("^" + re.escape(message)):
        preparing.pad(**settings)


def test_ascii_text_goes_there_and_back():  # 0560
    everything = "".join(map(chr, range(128)))
    rows = preparing.text.encode(everything)
    np.testing.assert_array_equal(rows, np.eye(128))
    assert preparing.text.decode(rows) == everything
    assert preparing.text.encode("Hi!").argmax(axis=1).tolist() == [72, 105, 33]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: preparing.text.encode("naïve"), "character 'ï' at place 2 is not ASCII"),
        (lambda: preparing.text.encode(""), "text is empty"),
        (lambda: preparing.text.decode(np.eye(26)), "rows of shape [26, 26]: need [characters, 128]"),
        (lambda: preparing.text.decode(np.full((2, 128), np.nan)), "row 0 is not finite"),
    ],
)
def test_bad_text_is_one_clear_line(call, message):
    with refused("^" + re.escape(message)):
        call()


LESSONS = ["0510", "0520", "0530", "0540", "0550", "0555", "0560", "0630", "0635"]


@pytest.mark.parametrize("id", LESSONS)
def test_lessons_measure_what_the_sources_print(id):
    lesson = catalogue.load(catalogue.find(id))
    settings = lesson.config.resolve()
    measured = lesson.ask(settings, seed=7)
    assert list(lesson.show(settings))
    for name, published in lesson.config.published.items():
        assert measured[name].value == published.measure, name
    for variant in lesson.config.variant_names():
        assert lesson.ask(lesson.config.resolve(variant), seed=8).keys()


def test_lessons_tell_right_shapes_from_wrong_ones():
    def values(id):
        lesson = catalogue.load(catalogue.find(id))
        return {
            name: measure.value.stored
            for name, measure in lesson.ask(lesson.config.resolve(smoke=True), seed=7).items()
        }

    hourly, shaping, asked = values("0555"), values("0630"), values("0635")
    assert hourly["streams_state_is_its_own_past"] == [152, 152]
    assert hourly["weeks_state_is_its_own_past"] == [0, 152]
    assert shaping["columns_steps_right"] == shaping["rows_transposed_steps_right"] == [10, 10]
    assert shaping["rows_reshaped_steps_right"] == [0, 10]
    assert asked["rows_5000_1_2_look_back"] == [0, 5000]
    assert asked["rows_1_5000_2_look_back"] == [4999, 5000]
    assert asked["rows_25_200_2_look_back"] == [4975, 5000]
    lesson = catalogue.load(catalogue.find("0635"))
    shown = list(lesson.show(lesson.config.resolve()))
    assert shown[0] == "recordings_one_step_each: (1000, 1, 13)"
    assert shown[3] == "recordings_one_step_each: all numbers there? no, 13,000 of 6,500,000"
    assert shown[-1] == "rows_25_200_2: steps before known? yes, 4,975 of 5,000"
