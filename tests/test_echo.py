"""The echo family: golden rows, what a slot can know, bad input, files of numbers, serving."""

import re
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from refusing import refused
from typer.testing import CliRunner

from lstm_lab import framing, models, probes, schedule
from lstm_lab.cli.entry import app
from lstm_lab.common.files import FileContent, read_file
from lstm_lab.datasets import BLANK, echo, integers
from lstm_lab.framing.codec import Codec
from lstm_lab.models.predictor import Predictor
from lstm_lab.models.server import serve
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import stream
from lstm_lab.trainers.trained import Trained

LAST = models.lstm_classifier(5, 12).layers
WIDENED = models.Architecture((models.Dense(4, "tanh"), *LAST))
BETWEEN = models.Architecture((models.LSTM(3, return_sequences=True), models.Dense(4, "tanh"), *LAST))
TEN = np.arange(1, 11)  # the sequence of the source's tables
CODEC = Codec(tuple(map(str, range(12))), "one_hot")


def test_draw_is_golden_and_stays_in_the_alphabet():
    drawn = echo.draw(40, np.random.default_rng(7), length=25, classes=3)
    assert drawn.shape == (40, 25)
    assert drawn.dtype == np.int32
    assert set(drawn.ravel()) == {0, 1, 2}
    assert echo.draw(1, np.random.default_rng(7), length=5).tolist() == [[94, 62, 68, 89, 57]]


def test_rows_without_context_are_those_of_the_source():
    rows = echo.pairs(np.array([1, 2, 3, 4]), lag=1)
    assert rows.inputs.tolist() == [[2], [3], [4]]
    assert rows.targets.tolist() == [1, 2, 3]
    assert rows.loss_mask is None


def test_rows_with_five_steps_of_context_are_those_of_the_source():
    rows = echo.pairs(TEN, lag=1, context=5, first=5)
    assert rows.inputs[[0, -1]].tolist() == [[2, 3, 4, 5, 6], [6, 7, 8, 9, 10]]
    assert rows.targets.tolist() == [5, 6, 7, 8, 9]


def test_a_file_in_another_encoding_and_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_bytes("größe\n1\n2\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"numbers.csv is not a CSV file in UTF-8"):
        echo.read_integers(path)
    path.write_text("n,n\n1,2\n3,4\n")
    with pytest.raises(ValueError, match=r"column is 'n': numbers.csv has 2 of that name"):
        echo.read_integers(path, column="n")


def test_rows_that_hold_nothing_are_refused():
    with pytest.raises(ValueError, match=r"a row of 5 values that ends at 29 lies outside .* from 0 to 28"):
        echo.pairs(np.arange(25), context=5, first=0, last=99)
    assert len(echo.pairs(np.arange(25), context=5, first=0, last=28)) == 29


def test_incomplete_rows_are_those_of_the_source_with_their_holes():
    rows = echo.pairs(TEN, lag=1, context=5, first=0, last=10)
    assert rows.inputs[0].tolist() == [BLANK, BLANK, BLANK, BLANK, 1]
    assert rows.inputs[1].tolist() == [BLANK, BLANK, BLANK, 1, 2]
    assert rows.inputs[-1].tolist() == [7, 8, 9, 10, BLANK]
    assert rows.targets[1:].tolist() == list(TEN)
    assert rows.loss_mask.tolist() == [False] + 10 * [True]


def test_rows_apart_feed_every_value_once():
    rows = echo.pairs(np.arange(6), lag=1, context=2, first=1, every=2)
    assert rows.inputs.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert rows.targets.tolist() == [0, 2, 4]


def test_fresh_rows_differ_from_epoch_to_epoch_and_never_cross_sequences():
    rows = echo.fresh(3, np.random.default_rng(1), sequences=2, length=6, lag=2, context=3)
    assert (len(rows), rows.per_epoch, rows.per_sequence) == (24, 8, 4)
    sequences = echo.draw(6, np.random.default_rng(1), length=6)
    assert rows.inputs[4].tolist() == sequences[1, :3].tolist()
    assert rows.targets.reshape(6, 4).tolist() == sequences[:, :4].tolist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lag": 10}, r"lag is 10: a sequence of 10 values has lags 0 to 9"),
        (
            {"lag": 5, "context": 5, "unreachable": "refused"},
            r"lag is 5, but rows of 5 time steps reach back 4 and state is not carried",
        ),
        ({"lag": -1}, "lag is -1: need a whole number, 0 or more"),
        ({"every": 0}, "every is 0: need a whole number, 1 or more"),
        ({"context": 11}, r"steps is 11: a sequence has 10 values, use a context of 10 steps or fewer"),
        ({"first": 9, "last": 8}, r"no row with a context of 1 and lag 1: it needs 2 or more"),
        ({"classes": 9}, r"value 9 at step 8 of sequence 0 is outside the alphabet 0 to 8: use classes = 11"),
    ],
)
def test_rows_refuse_what_cannot_be_echoed(changes, message):
    with pytest.raises(ValueError, match=message):
        echo.pairs(TEN, **changes)


def test_a_lag_outside_the_context_is_allowed_where_state_is_carried():
    assert len(echo.pairs(TEN, lag=5, context=2)) == 5
    assert len(echo.pairs(TEN, lag=5, context=2, unreachable="allowed")) == 5


@pytest.mark.parametrize(("steps", "first"), [(5, [1, 2, 3, 4, 5]), (3, [3, 4, 5]), (8, [0, 1, 2, 3, 4, 5, 6, 7])])
def test_the_tutorials_rows_begin_at_five_or_where_they_have_their_context(steps, first):
    values = echo.draw(2, np.random.default_rng(4))
    rows = echo.tutorial_rows(2, np.random.default_rng(4), steps=steps)
    assert rows.inputs[0].tolist() == values[0, first].tolist()
    assert rows.targets[0] == values[0, first[-2]]
    assert (rows.inputs >= 0).all()
    assert rows.per_epoch == rows.per_sequence == 25 - first[-1]


def test_values_must_be_integers_of_the_alphabet():
    with pytest.raises(ValueError, match="float64: need integers"):
        echo.pairs(TEN / 2)
    with pytest.raises(ValueError, match="value 3 at step 1"):
        echo.one_hot([0, 3], classes=3)
    with pytest.raises(ValueError, match="classes is 1: need a whole number, 2 to"):
        echo.draw(1, np.random.default_rng(0), classes=1)


def test_a_batch_that_does_not_divide_is_refused_before_training():
    experiment = catalogue.load(catalogue.find("0230"))
    with pytest.raises(ValueError, match="batch_size is 7: it does not divide the 24 samples"):
        experiment.job(experiment.config.resolve(overrides={"batch_size": 7, "epochs": 2}), 0)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("0220", "state is not carried"),
        ("0250", "state is not carried"),
        ("0256", "setting lag is 10: use 9 or less"),
        ("0262", "state is not carried"),
    ],
)
def test_a_lag_out_of_reach_is_refused_by_the_experiments_that_drop_state(name, says):
    experiment = catalogue.load(catalogue.find(name))
    with pytest.raises(ValueError, match=says):
        experiment.job(experiment.config.resolve(overrides={"lag": 10, "epochs": 2}), 0)


# What a slot of the batch can know at all, for every layout of 0232: the ceilings are computed from the schedule.
@pytest.mark.parametrize(
    ("variant", "reachable"),
    [
        ("main", (0, 24)),
        ("runs", (18, 24)),
        ("independent", (138, 144)),
        ("single", (23, 24)),
        ("dealt_overlapping", (24, 24)),
        ("runs_abutting", (12, 12)),
        ("one_step_dropped", (0, 24)),
    ],
)
def test_reachable_answers_of_each_layout(variant, reachable):
    experiment = catalogue.load(catalogue.find("0232"))
    settings = experiment.config.resolve(variant)
    probe = experiment.probes[1]
    asked = SimpleNamespace(settings=settings, order=experiment.order(settings))
    assert probe(asked)["reachable"].value.stored == list(reachable)


def test_dealt_slots_of_0230_never_hold_the_value_before():
    framed = framing.time_steps(echo.fresh(1, np.random.default_rng(0), lag=1), coding="one_hot")
    batches = schedule.in_sequence(reset="epoch").schedule(framed, epochs=1, batch_size=6).batches
    assert batches[:, 0].tolist() == [0, 6, 12, 18]


def test_since_reset_counts_the_updates_of_each_slots_state():
    plan = schedule.Schedule(
        batches=np.zeros((4, 2), np.int32),
        reset_before=np.array([[1, 1], [0, 0], [0, 1], [0, 0]], bool),
        epoch=np.zeros(4, np.int32),
        carries=True,
    )
    assert plan.since_reset.tolist() == [[0, 0], [1, 1], [2, 0], [3, 1]]


def test_epochs_to_learn_is_the_first_epoch_that_averages_high_enough():
    history = {"accuracy": np.array([0.0] * 10 + [1.0] * 30)}
    asked = SimpleNamespace(trained=Trained([], [], history))
    assert probes.epochs_to_learn(0.95, over=20)(asked)["epochs_to_learn"].value.score == 29
    assert probes.epochs_to_learn(0.95, over=10)(asked)["epochs_to_learn"].value.score == 20
    never = SimpleNamespace(trained=Trained([], [], {"accuracy": np.zeros(40)}))
    assert probes.epochs_to_learn()(never)["epochs_to_learn"].value.score == 40


def write(tmp_path, text):
    path = tmp_path / "numbers.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", ["3\n1\n2\n", "number\n3\n1\n2\n", "3\n1\n2\n\n\n", "\ufeff3\r\n1\r\n2\r\n"])
def test_a_file_of_one_column_is_read(tmp_path, text):
    assert echo.read_integers(write(tmp_path, text)).tolist() == [3, 1, 2]


def test_a_named_column_is_read(tmp_path):
    path = write(tmp_path, "day,sold\n1,30\n2,10\n")
    assert echo.read_integers(path, column="sold").tolist() == [30, 10]
    with pytest.raises(
        ValueError, match=r"column is 'price': the first line of numbers.csv names day, sold, .* column=NAME"
    ):
        echo.read_integers(path, column="price")
    with pytest.raises(ValueError, match=r"2 columns: name the one to read with --set column=NAME, .* day, sold"):
        echo.read_integers(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3\n\n2\n", r"numbers.csv, line 2: the value is missing, each line needs an integer"),
        ("a\n3\n2.5\n", r"numbers.csv, line 3: '2.5' is not an integer"),
        ("3\n-1\n", r"numbers.csv, line 2: -1 is out of range, need 0 to 9"),
        ("3\n7\n10\n", r"numbers.csv, line 3: 10 is out of range, need 0 to 9"),
        ("NaN\n1\n2\n", r"numbers.csv, line 1: 'NaN' is not an integer"),
        ("n/a\n1\n2\n", r"numbers.csv, line 1: 'n/a' is not an integer"),
        ("1e3\n1\n2\n", r"numbers.csv, line 1: '1e3' is not an integer"),
        ("1\n2,9\n3\n", r"numbers.csv, line 2: more than one value, but the first line has one"),
        ("3\n", r"numbers.csv has 1 number\(s\)"),
        ("", r"numbers.csv has 0 number\(s\)"),
    ],
)
def test_a_bad_file_is_refused_by_its_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        echo.read_integers(write(tmp_path, text), classes=10)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match="there is no such file"):
        echo.read_integers(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="that is a folder, not a file"):
        echo.read_integers(tmp_path)


def test_a_file_is_parsed_once_and_each_caller_has_numbers_of_its_own(tmp_path, monkeypatch):
    file = read_file(write(tmp_path, "5\n6\n"))
    echo.read_integers(file)[0] = 9
    monkeypatch.setattr(integers, "_integers", None)
    assert echo.read_integers(file).tolist() == [5, 6]


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_file_of_too_many_lines_is_refused_before_it_is_parsed(tmp_path, monkeypatch, end):
    monkeypatch.setattr(integers, "_integers", None)
    with pytest.raises(ValueError, match=r"numbers.csv, 1,100,000 lines: this would take .*; give a shorter file"):
        echo.read_integers(FileContent(tmp_path / "numbers.csv", 1_100_000 * (b"1" + end)))


def test_a_file_is_read_no_further_than_it_said(tmp_path):
    """The files of /proc are plain and empty, and may give, or wait for, whatever they like."""
    assert read_file("/proc/self/status").content == b""


def test_own_numbers_keep_the_last_fifth_out_of_training(tmp_path):
    path = write(tmp_path, "\n".join(str(i % 7) for i in range(50)))
    experiment = catalogue.load(catalogue.find("0266"))
    settings = experiment.config.resolve(overrides={"data": str(path)})
    job = experiment.job(settings, 0)
    assert job.framed.samples == 40 - 4
    assert job.framed.features == 7
    assert job.architecture.outputs == 7


def test_own_numbers_need_enough_for_a_last_fifth(tmp_path):
    experiment = catalogue.load(catalogue.find("0266"))

    def of(count):
        path = write(tmp_path, "\n".join(str(i % 7) for i in range(count)))
        return experiment.job(experiment.config.resolve(overrides={"data": str(path)}), 0)

    with pytest.raises(ValueError, match=r"numbers.csv has 20 numbers: lag 1 and 5 steps need 21 or more"):
        of(20)
    assert of(21).framed.samples == 12


def test_the_echo_with_context_takes_other_numbers_of_steps_and_names_the_setting():
    experiment = catalogue.load(catalogue.find("0240"))
    settings = experiment.config.resolve(overrides={"epochs": 1, "batch_size": 1, "steps": 10})
    assert experiment.job(settings, 0).framed.shape == (16, 10, 100)
    with pytest.raises(ValueError, match="steps is 30: a sequence has 25 values"):
        experiment.job(settings.replace(steps=30), 0)


def test_the_command_line_takes_a_file_where_the_experiment_does(tmp_path):
    path = write(tmp_path, "\n".join(str(i % 3) for i in range(60)))
    command = ["--data", str(path), "--settings", "smoke", "--results", str(tmp_path)]
    first = CliRunner().invoke(app, ["run", "0266", *command])
    assert first.exit_code == 0, first.output
    path.write_text("1\n2.5\n", encoding="utf-8")
    second = CliRunner().invoke(app, ["run", "0266", *command])
    assert "numbers.csv, line 2: '2.5' is not an integer" in str(second.exception)
    refused = CliRunner().invoke(app, ["run", "0220", *command])
    assert "0220_echo_current takes no file" in str(refused.exception)


def test_a_file_of_one_s_own_that_is_called_as_the_shipped_one_is_read(tmp_path, monkeypatch):
    """`--data example` names a file; the shipped one is `--set data=example`."""
    monkeypatch.chdir(tmp_path)
    own, shipped = (["show", "0266", *option] for option in (["--data", "example"], ["--set", "data=example"]))
    assert "data is 'example': there is no such file" in str(CliRunner().invoke(app, own).exception)
    (tmp_path / "example").write_text("1\n" * 10, encoding="utf-8")
    assert "example has 10 numbers" in str(CliRunner().invoke(app, own).exception)
    assert CliRunner().invoke(app, shipped).exit_code == 0


def test_another_content_of_the_file_is_another_run(tmp_path):
    path = write(tmp_path, "1\n2\n3\n")
    config = catalogue.config(catalogue.find("0266"))
    settings, later = (config.resolve(overrides={"data": str(path)}) for _ in range(2))
    before = config.hash(settings)
    path.write_text("1\n2\n4\n", encoding="utf-8")
    assert config.hash(settings) == before
    assert config.hash(later) != before


def test_a_file_that_changes_during_a_run_is_read_once(tmp_path):
    """Else seeds of two data sets would stand under one hash, that of the first or of neither."""
    path = write(tmp_path, "\n".join(str(i % 3) for i in range(60)))
    experiment = catalogue.load(catalogue.find("0266"))
    settings = experiment.config.resolve(overrides={"data": str(path)})
    before = experiment.data(settings, None).inputs
    path.write_text("\n".join(str(i % 5) for i in range(60)), encoding="utf-8")
    assert np.array_equal(experiment.data(settings.replace(epochs=1), None).inputs, before)
    assert experiment.model(settings).outputs == 3
    again = experiment.config.resolve(overrides={"data": str(path)})
    assert experiment.model(again).outputs == 5
    assert experiment.config.hash(settings) != experiment.config.hash(again)


def trained(architecture, steps, features):
    return architecture.initial_weights(steps, features, np.random.default_rng(3))


@pytest.mark.parametrize(
    ("architecture", "codec"),
    [
        (models.lstm_classifier(9, 12), CODEC),
        (models.lstm_classifier(9, 12, layers=2, mask=0.0), CODEC),
        (models.lstm_classifier(9, 12, return_sequences=True, activation="sigmoid"), Codec(CODEC.symbols, scale=12.0)),
        (models.lstm_classifier(9, 12, embedding=4), Codec(CODEC.symbols, "embedding")),
        (models.lstm_regressor(9), None),
        (WIDENED, CODEC),
        (BETWEEN, CODEC),
    ],
)
def test_served_one_by_one_equals_the_whole_sequence_at_once(architecture, codec):
    features = codec.width if codec else 1
    weights = trained(architecture, 6, features)
    numbers = np.random.default_rng(4).integers(0, 12, 6)
    server, predictor = serve(architecture, weights, codec), Predictor(architecture, weights, codec)
    for length in range(1, 7):
        whole, _ = predictor(numbers[None, :length, None], None)
        at_once = whole[0, -1] if architecture.gives_sequence else whole[0]
        np.testing.assert_allclose(server.outputs(int(numbers[length - 1])), at_once, rtol=0, atol=1e-6)


def test_a_server_answers_forgets_and_refuses():
    architecture = models.lstm_classifier(9, 12)
    weights = trained(architecture, 1, 12)
    server = serve(architecture, weights, CODEC)
    first = list(server.each([3, 1, 4, 1]))
    again = [server.outputs(n) for n in (3, 1, 4, 1)]
    server.reset()
    fresh = [server.outputs(n) for n in (3, 1, 4, 1)]
    assert [int(p.argmax()) for p in fresh] == first
    assert not np.allclose(again, fresh, rtol=0, atol=1e-6)
    with pytest.raises(ValueError, match="number 12 is outside the alphabet: need an integer from 0 to 11"):
        server(12)
    with pytest.raises(ValueError, match=r"number 1.5 is outside"):
        server(1.5)


@pytest.mark.parametrize(
    ("architecture", "codec", "message"),
    [
        (models.mlp_classifier(5, 12), CODEC, "no recurrent layer"),
        (models.lstm_decoder(5, 12, 3), CODEC, "RepeatVector, which needs all time steps at once"),
        (models.lstm_classifier(5, 12, mask=0.0), Codec(CODEC.symbols), "a number could be its value"),
        (models.lstm_classifier(5, 12, embedding=3), CODEC, "go together"),
        (models.lstm_classifier(5, 12), Codec(CODEC.symbols), "weights of shapes"),
    ],
)
def test_networks_that_cannot_be_served_are_refused(architecture, codec, message):
    weights = trained(architecture, 3, 12)
    with pytest.raises(ValueError, match=message):
        serve(architecture, weights, codec)


def test_a_keras_model_is_served_like_its_architecture():
    architecture = models.lstm_classifier(9, 12)
    model = architecture.to_keras((None, 5, 12))
    weights = trained(architecture, 5, 12)
    model.set_weights(weights)
    ours, theirs = serve(architecture, weights, CODEC), serve(model, codec=CODEC)
    for _ in range(2):
        for number in (3, 1, 4, 1, 5):
            np.testing.assert_allclose(theirs.outputs(number), ours.outputs(number), rtol=0, atol=1e-5)
        ours.reset()
        theirs.reset()
    with pytest.raises(ValueError, match="weights given beside a Keras model"):
        serve(model, weights)
    other = Codec(CODEC.symbols[1:], "one_hot")
    for codec, becomes in ((None, "(1, 1, 1) without a codec"), (other, "(1, 1, 11) with a codec of coding one_hot")):
        with refused(re.escape(f"takes (1, 1, 12) at a time step, and a number becomes {becomes}")):
            serve(model, codec=codec)
    codes = keras.Input((None,))
    state = keras.layers.LSTM(2)(keras.layers.Embedding(11, 2)(codes))
    for outputs, symbols, says in (
        (state, 12, "12 symbols, but the Embedding 11 rows"),
        ([state] * 2, 11, "2 outputs"),
    ):
        with refused(says):
            serve(keras.Model(codes, outputs), codec=Codec(CODEC.symbols[:symbols], "embedding"))
    with pytest.raises(ValueError, match="weights are missing"):
        serve(architecture, codec=CODEC)


def test_memoryless_ceiling_of_an_echo_of_the_value_itself_is_all_and_of_the_value_before_is_chance():
    for name, low, high in (("0220", 2490, 2500), ("0230", 0, 80)):
        experiment = catalogue.load(catalogue.find(name))
        settings = experiment.config.resolve(overrides={"epochs": 100})
        training = experiment.data(settings, stream(0, "data"))
        fresh = experiment.data(settings, stream(0, "probe"))
        guessed = probes.lookup_table(training, fresh)
        assert low <= (guessed == fresh.targets).sum() <= high
