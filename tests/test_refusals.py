"""Hostile arguments: each public function takes them, or refuses them in one line before it makes anything large."""

import dataclasses
import datetime
import fractions
import importlib
import itertools
import json
import os
import re
import tracemalloc

import made_up
import numpy as np
import pandas as pd
import pytest
from refusing import refused

from lstm_lab import framing, layers, models, preparing, schedule
from lstm_lab.cli import options
from lstm_lab.common.files import FileContent
from lstm_lab.datasets import Pairs, alphabet, cues, echo, memory, series
from lstm_lab.framing.schedule import Order, evaluation
from lstm_lab.models.server import serve
from lstm_lab.suite import catalogue
from lstm_lab.suite.experiment import Lesson
from lstm_lab.suite.results import Store
from lstm_lab.suite.running import Request, run
from lstm_lab.suite.settings import read_config
from lstm_lab.trainers import compiled
from lstm_lab.trainers.trained import TrainingDiverged

HOSTILE = [
    None,
    True,
    0,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    10**12,
    10**30,
    "3",
    "",
    "x" * 5000,
    b"x",
    [],
    [1],
    [[1], [1, 2]],
    {},
    {1},
    object(),
    1j,
    np.datetime64("2020"),
    np.array([1j]),
    np.array([]),
    np.array([[2**32 + 1]]),
    np.array([[1]], np.uint64),
    len,
    int,
]


def rng():
    return np.random.default_rng(0)


LETTERS = alphabet.pairs(1, "ABCDE")
FRAMED = framing.time_steps(LETTERS)
SEQUENCES = framing.sequences(memory.pairs(), coding="one_hot")
NETWORK = models.lstm_classifier(3, 5)
WEIGHTS = NETWORK.initial_weights(1, 1, rng())
ORDER = schedule.in_batches().schedule(FRAMED, 2, 2)
SCALER = preparing.Scaler().fit([1.0, 2.0, 3.0])
LABELS = preparing.Categories(["a", "b"])
PREDICT = compiled.Predictor(NETWORK, WEIGHTS, FRAMED.codec)
X, Y = np.zeros((4, 1, 1), np.float32), np.array([0, 1, 2, 3])

CALLS = [
    (alphabet.encode, {"text": "abab", "symbols": ("a", "b")}),
    (alphabet.pairs, {"length": 1, "text": "ABCDE", "outputs": 1, "symbols": tuple("ABCDE")}),
    (alphabet.prefixes, {"text": "ABC"}),
    (alphabet.random_runs, {"num_runs": 2, "rng": rng(), "longest": 3, "text": "ABCDE", "wrap": False}),
    (alphabet.every_run, {"longest": 2, "text": "ABCD"}),
    (alphabet.short_runs, {"first": "A", "longest": 3, "text": "ABCD"}),
    (alphabet.random_padding, {"runs": LETTERS, "rng": rng()}),
    (alphabet.spelled, {"runs": LETTERS}),
    (cues.fresh, {"epochs": 1, "rng": rng(), "length": 4, "lag": 2, "every": 4, "sequences": 1, "cues": 2}),
    (echo.draw, {"num_sequences": 1, "rng": rng(), "length": 5, "classes": 3}),
    (
        echo.pairs,
        {
            "values": [1, 2, 3, 1],
            "lag": 1,
            "context": 2,
            "classes": 4,
            "first": 0,
            "last": 4,
            "every": 1,
            "sequences_per_epoch": 1,
            "unreachable": "allowed",
        },
    ),
    (echo.fresh, {"epochs": 1, "rng": rng(), "sequences": 1, "length": 5, "classes": 3, "lag": 1}),
    (echo.tutorial_rows, {"epochs": 1, "rng": rng(), "steps": 5, "lag": 1, "unreachable": "refused", "length": 25}),
    (echo.read_integers, {"path": "none.csv", "classes": 3, "column": "n"}),
    (echo.one_hot, {"values": [1, 0], "classes": 3}),
    (echo.decode, {"rows": [[0.1, 0.9]]}),
    (memory.long_lag, {"p": 3}),
    (memory.long_lag_pairs, {"p": 3, "last_only": True}),
    (memory.random_pair, {"rng": rng(), "length": 5, "classes": 5, "repeats": False}),
    (memory.random_sequences, {"num_sequences": 2, "rng": rng(), "length": 5, "classes": 5}),
    (memory.alphabet, {"sequences": [[3, 1], [4, 1]], "classes": 5}),
    (
        memory.pairs,
        {
            "sequences": memory.TUTORIAL,
            "classes": 5,
            "context": 1,
            "stride": 1,
            "last_only": False,
            "per_epoch": 1,
        },
    ),
    (
        series.to_supervised,
        {
            "data": np.arange(9.0),
            "num_in": 2,
            "num_out": 1,
            "variables": [0],
            "inputs": [0],
            "targets": [0],
            "incomplete": "drop",
            "dtype": "float32",
        },
    ),
    (series.to_arrays, {"frame": None}),
    (series.pieces, {"values": np.arange(9.0), "steps": 3, "overlap": 0, "rest": "refuse"}),
    (series.streams, {"values": np.arange(12.0), "steps": 3, "batch_size": 2, "rest": "refuse"}),
    (series.folded, {"values": np.arange(12.0), "period": 3, "rest": "refuse"}),
    (series.sine, {"num_values": 5, "period": 4.0, "noise": 0.1, "rng": rng()}),
    (
        series.wave_windows,
        {
            "rng": rng(),
            "rows": slice(0, 50),
            "steps": 3,
            "outputs": 1,
            "period": 9.0,
            "noise": 0.1,
            "length": 60,
        },
    ),
    (
        Pairs,
        {
            "inputs": np.array([[0], [1]]),
            "targets": np.array([1, 0]),
            "symbols": ("a", "b"),
            "loss_mask": np.array([True, True]),
            "per_sequence": 1,
            "per_epoch": 1,
            "starts": np.array([True, False]),
        },
    ),
    (framing.codec_of, {"pairs": LETTERS, "coding": "one_hot", "offset": 0, "blank": 0.0}),
    (framing.Codec, {"symbols": ("a", "b"), "coding": "scaled", "scale": 2.0, "offset": 0, "blank": 0.0}),
    (FRAMED.codec.encode, {"codes": np.array([[[0]]])}),
    (FRAMED.codec.text, {"codes": [0, 1]}),
    (FRAMED.codec.code, {"symbol": "A"}),
    (framing.time_steps, {"pairs": LETTERS, "holes": False, "coding": "scaled"}),
    (framing.window, {"pairs": LETTERS, "coding": "scaled"}),
    (framing.padded, {"pairs": LETTERS, "steps": 3, "side": "pre"}),
    (framing.growing, {"pairs": LETTERS}),
    (framing.sequences, {"pairs": LETTERS}),
    (framing.split, {"framed": SEQUENCES, "steps": 2}),
    (framing.split_windows, {"x": np.zeros((9, 2, 1)), "y": np.ones((9, 1)), "training": 4, "naive": 1.0}),
    (
        framing.Framed,
        {
            "inputs": np.zeros((2, 1, 1), np.int32),
            "targets": np.zeros(2, np.int32),
            "codec": framing.Codec(("a", "b")),
            "target_codec": framing.Codec(("a", "b")),
            "loss_mask": np.ones(2, bool),
            "per_epoch": 2,
            "per_sequence": 2,
            "starts": np.array([True, False]),
            "holes": False,
        },
    ),
    (
        schedule.Schedule,
        {
            "batches": np.array([[0], [1]]),
            "reset_before": np.ones((2, 1), bool),
            "epoch": np.array([0, 0]),
            "k1": 1,
            "k2": 1,
            "carries": False,
        },
    ),
    (Order, {"shuffle": "no", "reset": "batch", "slots": "dealt", "k1": 1, "k2": 1}),
    (schedule.in_batches().schedule, {"framed": FRAMED, "epochs": 1, "batch_size": 2, "rng": rng()}),
    (schedule.in_sequence, {"reset": "epoch", "slots": "dealt", "shuffle": "no"}),
    (schedule.truncated, {"k1": 1, "k2": 2, "slots": "dealt"}),
    (schedule.form, {"text": "1,n"}),
    (evaluation, {"order": Order(), "framed": FRAMED, "batch_size": 1}),
    (ORDER.check, {"framed": FRAMED}),
    (preparing.Scaler, {"method": "normalise", "low": 0.0, "high": 1.0, "outside": "refuse"}),
    (lambda training: preparing.Scaler().fit(training), {"training": [1.0, 2.0]}),
    (SCALER.transform, {"data": [1.0]}),
    (SCALER.inverse, {"data": [1.0], "column": 0}),
    (SCALER.save, {"path": "none/scaler.json"}),
    (preparing.Scaler.load, {"path": "none.json"}),
    (preparing.Categories, {"labels": ["a", "b"]}),
    (preparing.Categories.of, {"training": ["a", "b"]}),
    (LABELS.integers, {"data": ["a"]}),
    (LABELS.one_hot, {"data": ["a"]}),
    (LABELS.labels_of, {"data": [0, 1]}),
    (LABELS.save, {"path": "none/labels.json"}),
    (
        preparing.pad,
        {"sequences": [[1, 2], [1]], "length": 2, "side": "pre", "cut": "pre", "value": 0, "dtype": "int32"},
    ),
    (preparing.text.encode, {"text": "ab"}),
    (preparing.text.decode, {"rows": np.eye(128)}),
    (
        models.lstm_classifier,
        {
            "units": 3,
            "classes": 5,
            "kind": "LSTM",
            "stateful": False,
            "layers": 1,
            "return_sequences": False,
            "mask": 0.0,
            "embedding": None,
            "activation": "softmax",
            "forget_bias": 1.0,
            "learning_rate": 0.1,
        },
    ),
    (models.lstm_classifier, {"units": 3, "classes": 5, "optimizer": models.SGD()}),
    (models.lstm_regressor, {"units": 3, "outputs": 1, "stateful": False, "layers": 1, "return_sequences": False}),
    (models.lstm_decoder, {"units": 3, "classes": 5, "outputs": 2, "learning_rate": 0.1}),
    (models.mlp_classifier, {"hidden": 3, "classes": 5, "learning_rate": 0.1}),
    (models.mlp_regressor, {"hidden": 3, "outputs": 1, "learning_rate": 0.1}),
    (models.LSTM, {"units": 3, "return_sequences": False, "forget_bias": 1.0, "recurrent_activation": "sigmoid"}),
    (models.GRU, {"units": 3, "return_sequences": False, "reset_after": True}),
    (models.Dense, {"outputs": 3, "activation": "linear", "time_distributed": False}),
    (models.Embedding, {"classes": 3, "width": 3}),
    (models.Masking, {"value": 0.0}),
    (models.RepeatVector, {"times": 3}),
    (models.Adam, {"learning_rate": 0.1, "beta_1": 0.9, "beta_2": 0.9, "epsilon": 1e-7, "clipnorm": 1.0}),
    (models.SGD, {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "clipvalue": 1.0}),
    (models.RMSprop, {"learning_rate": 0.1, "rho": 0.9, "epsilon": 1e-7, "global_clipnorm": 1.0}),
    (models.Architecture, {"layers": (models.Dense(2),), "stateful": False, "loss": "mse", "optimizer": models.SGD()}),
    (NETWORK.initial_weights, {"steps": 1, "features": 1, "rng": rng()}),
    (NETWORK.checked_state, {"state": [], "batch": 1}),
    (compiled.Predictor, {"architecture": NETWORK, "weights": WEIGHTS, "codec": FRAMED.codec}),
    (PREDICT, {"inputs": np.zeros((1, 1, 1), int), "state": None}),
    (serve, {"network": NETWORK, "weights": WEIGHTS, "codec": FRAMED.codec}),
    (serve(NETWORK, WEIGHTS, FRAMED.codec), {"number": 1}),
    (
        compiled.train,
        {
            "architecture": NETWORK,
            "framed": FRAMED,
            "schedule": ORDER,
            "weights": WEIGHTS,
            "state": None,
            "optimizer_state": None,
            "device": "cpu",
        },
    ),
    (compiled.train_seeds, {"architecture": NETWORK, "jobs": [(FRAMED, ORDER, WEIGHTS)], "threads": 1, "names": ["a"]}),
    (
        compiled.fit,
        {
            "model": NETWORK,
            "x": X,
            "y": Y,
            "epochs": 2,
            "batch_size": 2,
            "shuffle": False,
            "rng": rng(),
            "weights": WEIGHTS,
            "state": None,
            "optimizer_state": None,
            "device": None,
        },
    ),
]


@pytest.mark.parametrize(("function", "arguments"), CALLS, ids=lambda part: getattr(part, "__qualname__", ""))
def test_a_hostile_argument_is_taken_or_refused_in_one_line(function, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = {}
    for name in arguments:
        for place, value in enumerate(HOSTILE):
            try:
                function(**arguments | {name: value})
            except (ValueError, TrainingDiverged) as refusal:
                if len(str(refusal).splitlines()) != 1 or len(str(refusal)) > 700:
                    wrong[name, place] = refusal
            except FileNotFoundError:
                pass
            except Exception as error:
                wrong[name, place] = error
    assert not wrong


HUGE = 10**12
NUMBERS = echo.pairs([5, 6, 7, 8], classes=9)
VIEW, CODE_VIEW = (np.broadcast_to(kind(0), (10**5, 10**5)) for kind in (np.float32, np.int8))  # one number each


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: echo.draw(HUGE, rng()), "num_sequences is 1000000000000 and length 25: this would take 546 TiB"),
        (lambda: echo.fresh(HUGE, rng()), "epochs is 1000000000000, with 1 sequence(s) of length 25: this would take"),
        (lambda: echo.pairs([1, 10**9], classes=10**9 + 1), "1000000001 classes: this would take 59.6 GiB"),
        (lambda: echo.one_hot(range(10**5), 10**5), "one-hot rows of 100000 classes: this would take 37.2 GiB"),
        (lambda: alphabet.prefixes("AB" * 20_000), "text of 40000 symbols: every prefix of it: this would take"),
        (lambda: alphabet.random_runs(HUGE, rng()), "num_runs is 1000000000000 and longest 5"),
        (lambda: cues.fresh(HUGE, rng(), length=4, lag=2, every=4), "epochs is 1000000000000, sequences 1"),
        (lambda: memory.long_lag(HUGE), "p is 1000000000000: this would take"),
        (lambda: series.sine(HUGE), "num_values is 1000000000000: this would take"),
        (lambda: framing.padded(LETTERS, HUGE), "4 sequences of length 1000000000000: this would take"),
        (lambda: preparing.pad([[1]], HUGE), "1 sequences of length 1000000000000: this would take"),
        (lambda: schedule.in_batches().schedule(FRAMED, HUGE), "epochs is 1000000000000 and batch_size 1, with 4 sam"),
        (lambda: schedule.in_batches().schedule(FRAMED, 1, HUGE), "epochs is 1 and batch_size 1000000000000"),
        (lambda: models.lstm_classifier(HUGE, 5).initial_weights(1, 1, rng()), "weights: this would take"),
        (lambda: NETWORK.initial_weights(1, HUGE, rng()), "weights: this would take"),
        (lambda: models.lstm_classifier(3, 5, layers=HUGE), "layers is 1000000000000: this would take"),
        (lambda: NETWORK.check_room(1, HUGE, 1), "batches of 1 samples of 1000000000000 time steps"),
        (lambda: compiled.fit(NETWORK, X, Y, weights=WEIGHTS, batch_size=HUGE), "batch_size 1000000000000"),
        (lambda: compiled.fit(NETWORK, X, Y, weights=WEIGHTS, epochs=HUGE), "epochs is 1000000000000"),
        (lambda: preparing.Categories(range(HUGE)), "labels is range(0, 1000000000000): this would take"),
        (lambda: LABELS.integers(np.broadcast_to("a", HUGE)), "data is array("),
        (lambda: preparing.pad(range(HUGE)), "sequences is range(0, 1000000000000): this would take"),
        (lambda: echo.one_hot(range(10**30)), "values is range(0, 1000000000000000000000000000000): this would take"),
        (lambda: series.to_supervised([1, 2, 3], variables=range(HUGE)), "variables is range(0, 1000000000000): this"),
        (lambda: memory.pairs([range(HUGE), range(HUGE)]), "sequences are [range(0, 1000000000000), range"),
        (lambda: memory.alphabet([range(HUGE)]), "sequences are [range(0, 1000000000000)]: this would take"),
        (lambda: framing.Framed(VIEW[:, :, None], VIEW), "inputs with 10000000000 numbers: this would take 74.5 GiB"),
        (lambda: Pairs(CODE_VIEW, CODE_VIEW, ("a",)), "inputs with 10000000000 numbers"),
        (lambda: preparing.Scaler().fit(VIEW), "with 10000000000 numbers: this would take 74.5 GiB"),
        (lambda: preparing.Scaler().fit(range(10**30)), "numbers: this would take"),
        (lambda: compiled.fit(NETWORK, VIEW[:, :, None], Y, weights=WEIGHTS), "x with 10000000000 numbers"),
        (lambda: compiled.fit(NETWORK, X, VIEW, weights=WEIGHTS), "y with 10000000000 numbers"),
        (lambda: PREDICT(CODE_VIEW[:, :, None]), "codes with 10000000000 numbers"),
        (lambda: FRAMED.codec.text(CODE_VIEW[: 10**3]), "the text of 100000000 codes"),
        (lambda: options.seeds_of(None, HUGE), "--seeds 1000000000000: this would take 3.6 PiB"),
    ],
)
def test_what_would_take_too_much_memory_says_so_and_is_not_made(make, says):
    tracemalloc.start()
    try:
        with refused(re.escape(says)) as error:
            make()
        assert "above the bound of 1 GiB; use " in str(error.value)
        assert tracemalloc.get_traced_memory()[1] < 2**26
    finally:
        tracemalloc.stop()


def test_the_bound_is_one_that_may_be_raised(monkeypatch):
    monkeypatch.setenv("LSTM_LAB_MEMORY", "0.001")
    with refused(r"above the bound of 1 MiB; use fewer"):
        series.sine(10**5)
    with refused(r"sequences is repeat\(\[1\]\), of 8,\d+ items or more: this would take .*above the bound of 1 MiB"):
        preparing.pad(itertools.repeat([1]))
    for wrong in ("much", "inf", "nan", "-1", "0"):
        monkeypatch.setenv("LSTM_LAB_MEMORY", wrong)
        with refused(f"LSTM_LAB_MEMORY is '{wrong}': need a number of GiB above 0"):
            series.sine(10**5)
    monkeypatch.setenv("LSTM_LAB_MEMORY", "2")
    assert len(series.sine(10**5)) == 10**5


MASKED = np.ma.masked_array([1, 999], [False, True])
NANOSECONDS = np.array(["2020-01-01", "2021-01-01"], "datetime64[ns]")
WIDE = preparing.Scaler(outside="allow", high=1e38).fit([0.0, 1e-3])
ZONES = [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)]
TWO = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [5, 6, 7]})


class Unequal:
    __hash__ = object.__hash__

    def __eq__(self, other):
        raise RuntimeError("not comparable")


STATEFUL = models.lstm_regressor(2, stateful=True)
STATEFUL_WEIGHTS = STATEFUL.initial_weights(1, 1, rng())
STATED = compiled.Predictor(STATEFUL, STATEFUL_WEIGHTS)
SOFTMAX = models.Dense(5, "softmax")
EMBEDDED = models.lstm_classifier(3, 5, embedding=2)
EMBEDDED_WEIGHTS = EMBEDDED.initial_weights(1, 1, rng())
CODES = np.array([[0], [1], [2], [3]])


def fitted(x=CODES, y=Y):
    return compiled.fit(EMBEDDED, x, y, weights=EMBEDDED_WEIGHTS)


def trained_from(iterations, kept):
    start = compiled.OptimizerState(iterations, kept)
    return compiled.train(NETWORK, FRAMED, ORDER, WEIGHTS, optimizer_state=start)


def kept(make):
    return [(make(array), make(array)) for array in WEIGHTS]


def carried(value):
    return STATED(X[:1], [(np.full((1, 2), value),) * 2])


def built(*layers):
    return lambda: models.Architecture((*layers, SOFTMAX))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: fitted(CODES + 2**32), "x[0, 0] is 4294967296: need a code from 0 to 4"),
        (lambda: fitted((CODES - 1).astype(np.uint64)), "x[0, 0] is 18446744073709551615: need a code from 0 to 4"),
        (lambda: fitted(y=Y + 2**32), "y[0] is 4294967296: need a code from 0 to 4"),
        (lambda: fitted(CODES * 1j), "x of type complex128: need numbers"),
        (lambda: fitted(y=Y.astype("datetime64[D]")), "y of type datetime64[D]: need numbers"),
        (lambda: fitted(y=Y.astype(str)), "y is array(['0', '1', '2', '3'], dtype='<U21'): need numbers"),
        (lambda: Pairs(CODES + 2**32, Y, tuple("ABCD")), "inputs[0, 0] is 4294967296: need a code from -1 to 3"),
        (lambda: Pairs(CODES, (Y - 1).astype(np.uint64), tuple("ABCD")), "targets[0] is 18446744073709551615"),
        (lambda: FRAMED.codec.encode(np.array([[[2**32]]])), "code 4294967296 has no symbol: need -1 to 4"),
        (lambda: FRAMED.codec.encode(np.array([[[0.5]]])), "codes of type float64: need integers"),
        (lambda: framing.split_windows(np.ones((9, 2, 1)) * 1j, np.ones((9, 1)), 4), "x of type complex128"),
        (lambda: series.to_supervised([1.5, 2, 3], dtype=int), "dtype is int64: 1.5 in data would be another number"),
        (lambda: preparing.pad([[2**32]], dtype="int32"), "dtype is int32: 4294967296 in the sequences would be"),
        (lambda: preparing.pad([[1.5]], dtype="int32"), "dtype is int32: 1.5 in the sequences would be another"),
        (lambda: preparing.pad([[1, 2], MASKED]), "sequence 1 has masked values: fill them"),
        (lambda: preparing.pad(TWO), "need a list of sequences, as in [[1, 2, 3], [1]]"),
        (lambda: Pairs(MASKED[:, None], CODES[:2, 0], tuple("ABCD")), "Pairs.inputs has masked values: fill them"),
        (lambda: Pairs(CODES[:2], MASKED, tuple("ABCD")), "Pairs.targets has masked values: fill them"),
        (lambda: STATED(MASKED[None, :, None]), "inputs has masked values: fill them"),
        (
            lambda: STATED(np.zeros((1, 0, 1))),
            "inputs of shape (1, 0, 1): need [batch, time steps, features or codes], one",
        ),
        (lambda: preparing.Scaler().fit(MASKED), "the training data has masked values: fill them"),
        (lambda: WIDE.transform(np.float32([1e-3, 1])), "row 1 is 1: no float holds what it becomes"),
        (lambda: preparing.Scaler().fit(pd.DataFrame), "the training data of shape (): need [rows]"),
        (lambda: SCALER.inverse([[1], [1, 2]]), "data is [[1], [1, 2]]: need an array of numbers"),
        (lambda: SCALER.inverse(np.zeros((3, 3, 0))), "data of shape (0, 1) is empty"),
        (lambda: preparing.Categories.of(NANOSECONDS), "label 2020-01-01T00:00:00.000000000 is finer than a micros"),
        (lambda: preparing.Categories(NANOSECONDS), "label 2020-01-01T00:00:00.000000000 is finer than a microsecond"),
        (lambda: preparing.Categories.of(ZONES), "they cannot be sorted together, use one kind"),
        (lambda: preparing.Categories([Unequal(), "a"]), "is a Unequal: use text or numbers"),
        (lambda: preparing.Categories(["\ud800", "a"]).save("labels.json"), "UTF-8 has nothing for '\\ud800'"),
        (lambda: LABELS.save("\ud800.json"), "path is '\\ud800.json': no file can have that name"),
        (lambda: echo.read_integers(FileContent("x", b"1\n2")), "FileContent.path is 'x': need a Path"),
        (lambda: series.sine(5, period=1e-310), "period is 1e-310: need 1.11e-15 or more for 5 values"),
        (
            lambda: series.wave_windows(rng(), slice("a", "b"), 3),
            "rows is slice('a', 'b', None): need a slice of whole",
        ),
        (lambda: series.to_supervised(TWO, variables=[pd.NA]), "variables has <NA>: choose one or more"),
        (lambda: series.to_supervised(TWO, variables=[([],)]), "variables has ([],): choose one or more"),
        (lambda: SCALER.inverse([0.5], column=([],)), "column is ([],): the scaler has 0"),
        (lambda: series.to_arrays(pd.DataFrame({"t-1": ["x"], "t": ["y"]})), "frame is array([['x', 'y']]"),
        (lambda: series.to_arrays(pd.DataFrame({"t-1": [], "t": []})), "with one row or more"),
        (lambda: echo.decode([[0, 1], [np.nan, 1]]), "row 1 is not finite: it has no largest value"),
        (lambda: series.to_arrays(pd.DataFrame), "need a frame that to_supervised made"),
        (
            lambda: cues.fresh(1, rng(), length=4, lag=2, every=4, cues=1001),
            "cues is 1001: need a whole number, 2 to 1000",
        ),
        (lambda: preparing.Categories.of(pd.DataFrame({"a": ["x", "y"]})), "need a list of labels, or one column"),
        (lambda: preparing.Scaler().fit([1, np.longdouble("1e400")]), "row 1 of the training data is"),
        (
            lambda: preparing.Scaler().fit(TWO).inverse(TWO[["a"]], "b"),
            "data has column 'a', and column is 'b': use the",
        ),
        (lambda: preparing.Scaler().fit([-1e308, 1e308]), "goes from -1e+308 to 1e+308: too far apart or too near"),
        (lambda: preparing.Scaler("standardise").fit([-1e308, 1e308]), "goes from -1e+308 to 1e+308: too far apart"),
        (lambda: preparing.Scaler("standardise").fit([0, 1e-200]), "goes from 0 to 1e-200: too far apart or too near"),
        (
            lambda: preparing.Scaler(outside="allow").fit([0, 1e-9]).transform([1e308]),
            "row 0 is 1e+308: no float holds",
        ),
        (lambda: models.Adam(float("nan")), "Adam.learning_rate is nan: need a finite number"),
        (lambda: models.SGD(1e39), "SGD.learning_rate is 1e+39: need a finite number"),
        (lambda: models.SGD(-0.1), "SGD.learning_rate is -0.1: need 0 or more"),
        (lambda: models.SGD(0.1, momentum=1.0), "SGD.momentum is 1.0: need 0 or more, and less than 1"),
        (lambda: models.Adam(beta_2=-0.1), "Adam.beta_2 is -0.1: need 0 or more, and less than 1"),
        (lambda: models.RMSprop(epsilon=-1.0), "RMSprop.epsilon is -1.0: need 0 or more"),
        (lambda: models.Adam(clipnorm=float("inf")), "Adam.clipnorm is inf: need a finite number or None"),
        (
            lambda: models.mlp_classifier(3, 5, learning_rate=0.1, optimizer=models.SGD()),
            "learning_rate is 0.1, beside optimizer SGD(learning_rate=0.01",
        ),
        (lambda: models.lstm_classifier(3, 5, kind="Dense"), "kind is 'Dense': use LSTM, GRU or SimpleRNN"),
        (lambda: models.lstm_classifier(3, 5, kind="GRU", forget_bias=2.0), "forget_bias is 2.0: only an LSTM has one"),
        (lambda: compiled.fit(NETWORK, X, Y, weights=WEIGHTS, batch_size=0), "batch_size is 0: need a whole number, 1"),
        (lambda: compiled.fit(NETWORK, X, Y, weights=WEIGHTS, shuffle=True, rng=3), "rng is 3: need a NumPy generator"),
        (
            lambda: models.lstm_classifier(3, 5, stateful=True).to_keras((np.int32(2**30), 1, 1)),
            "batches of 1073741824",
        ),
        (lambda: STATEFUL.checked_state([(range(10**10),) * 2], 1), "state with 10000000000 numbers: this would take"),
        (lambda: compiled.train(NETWORK, FRAMED, ORDER, WEIGHTS, state=""), "state is '': need a list or None"),
        (
            lambda: framing.Codec(("a", "b"), scale=1e-46),
            "Codec.scale is 1e-46 and Codec.offset 0: the features of its 2",
        ),
        (lambda: framing.Codec(("a", "b"), offset=10**400), "are infinite or alike; use numbers nearer 1"),
        (lambda: framing.Codec(("a", "b"), scale=1e9, offset=10**18), "are infinite or alike; use numbers nearer 1"),
        (lambda: framing.codec_of(LETTERS, offset=10**400), "need a finite number"),
        (
            lambda: framing.Codec(("a", "b"), "embedding").encode(CODES[:1, None] + [0, 1]),
            "need [samples, time steps, 1]",
        ),
        (lambda: FRAMED.take([5]), "samples are [5]: there are 0 to 3"),
        (lambda: FRAMED.x([5]), "samples are [5]: there are 0 to 3"),
        (lambda: schedule.Schedule(ORDER.batches, ORDER.reset_before, np.array([0, 0, 7, 7])), "the same or one more"),
        (built(models.LSTM(4), models.LSTM(4)), "LSTM is layer 2: it takes time steps, and is given one row a sample"),
        (built(models.LSTM(4), models.Flatten()), "Flatten is layer 2: it takes time steps"),
        (built(models.LSTM(4), models.Dense(4, time_distributed=True)), "Dense is layer 2: it takes time steps"),
        (built(models.RepeatVector(2)), "RepeatVector is layer 1: it takes one row a sample, and is given time steps"),
        (built(models.LSTM(4, True), models.Masking()), "Masking is layer 2: it can only be the first"),
        (built(models.Embedding(5, 2), models.Embedding(5, 2)), "Embedding is layer 2: it can only be the first"),
        (built(layers.Layer()), "Layer is layer 1: it has no arithmetic"),
        (lambda: compiled.Predictor(STATEFUL, [1.0, 2.0, 3.0, 4.0, 5.0])(X), "weights of shapes [(), (), (), (), ()]"),
        (
            lambda: compiled.Predictor(STATEFUL, [*STATEFUL_WEIGHTS[:4], np.zeros(3)])(X),
            "weights of shapes [(1, 8), (2, 8), (8,), (2, 1), (3,)]: this network on 1 feature(s) needs",
        ),
        (lambda: carried(1j), "state of type complex128: need numbers"),
        (lambda: carried(np.nan), "state[0, 0] is nan: need finite numbers"),
        (lambda: carried("a"), "need numbers"),
        (lambda: compiled.Predictor(EMBEDDED, EMBEDDED_WEIGHTS), "but the inputs' coding is float: an Embedding and"),
        (
            lambda: serve(EMBEDDED, EMBEDDED_WEIGHTS, framing.Codec(tuple("ABCDEF"), "embedding")),
            "the codec has 6 symbols, but the Embedding 5 rows",
        ),
        (
            lambda: compiled.train(NETWORK, FRAMED, ORDER, [1j * array for array in WEIGHTS]),
            "weights[0] of type complex",
        ),
        (
            lambda: compiled.fit(
                STATEFUL, X, Y, batch_size=4, weights=STATEFUL_WEIGHTS, state=[(np.zeros((4, 2)) * 1j,) * 2]
            ),
            "state of type complex128: need numbers",
        ),
        (
            lambda: trained_from(2**70, kept(np.zeros_like)),
            "iterations is 1180591620717411303424: need 9007199254740992",
        ),
        (lambda: trained_from(0, None), "kept is None: need for each weight array what is kept of it"),
        (lambda: trained_from(0, kept(lambda array: np.full(array.shape, "a"))), "need numbers"),
        (lambda: trained_from(0, kept(lambda array: array + np.inf)), "kept[0][0, 0] is inf: need finite numbers"),
        (
            lambda: compiled.fit(
                models.lstm_regressor(2, return_sequences=True),
                np.zeros((4, 3, 1)),
                np.zeros((4, 1)),
                weights=STATEFUL_WEIGHTS,
            ),
            "targets of shape (4, 1, 1): this network answers at 3 steps",
        ),
        (lambda: compiled.train_seeds(NETWORK, [(FRAMED, ORDER, WEIGHTS)], stop=5), "stop is 5: need a Event or None"),
        (lambda: reference("train")(NETWORK, FRAMED, ORDER, WEIGHTS[:2]), "weights of shapes [(1, 12), (3, 12)]"),
    ],
)
def test_what_would_go_wrong_in_silence_is_refused_by_name(call, says):
    with refused(re.escape(says)):
        call()


def reference(name):
    return getattr(importlib.import_module("lstm_lab.trainers.keras"), name)


@pytest.mark.parametrize("kind", [int, bool, np.float16, np.float64, list, np.ma.array])
def test_weights_of_any_numbers_are_taken_as_float32(kind):
    """JAX would refuse some in thirty lines of its own, or compute with others."""
    cast = kind if kind in (list, np.ma.array) else lambda array: array.astype(kind)
    trained = compiled.train(NETWORK, FRAMED, ORDER, [cast(array) for array in WEIGHTS])
    assert {array.dtype for array in trained.weights} == {np.dtype(np.float32)}


def test_an_optimizer_that_overflows_diverged():
    """Its weights are still numbers: they would not be after the next update."""
    start = compiled.OptimizerState(1, kept(np.zeros_like))
    compiled.Trained(WEIGHTS, [], {}, start)
    start.kept[0][1][0, 0] = np.inf
    with pytest.raises(TrainingDiverged, match="what the optimizer keeps"):
        compiled.Trained(WEIGHTS, [], {}, start)


DIVERGING = models.lstm_regressor(2, optimizer=models.SGD(1e38))


@pytest.mark.parametrize("trainer", ["compiled", "keras"])
def test_a_training_that_ends_with_weights_that_are_no_numbers_diverged(trainer):
    framed = framing.Framed(np.ones((2, 1, 1), np.float32), np.full((2, 1), 1e6, np.float32))
    order = schedule.in_batches().schedule(framed, 1, 2)  # one update: its loss is that before it
    weights = DIVERGING.initial_weights(1, 1, rng())
    train = importlib.import_module(f"lstm_lab.trainers.{trainer}").train
    with pytest.raises(TrainingDiverged, match="the last update made weights or state NaN or infinite"):
        train(DIVERGING, framed, order, weights)
    assert np.isfinite(
        train(dataclasses.replace(DIVERGING, optimizer=models.SGD()), framed, order, weights).weights[0]
    ).all()


def test_a_model_whose_training_diverges_is_left_as_it_was():
    import keras

    model = keras.Sequential([keras.Input((1, 1)), keras.layers.LSTM(2), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(1e38))
    before = model.get_weights()
    with pytest.raises(TrainingDiverged):
        compiled.fit(model, np.ones((2, 1, 1)), np.full((2, 1), 1e6))
    assert all(np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True))
    assert int(model.optimizer.iterations.numpy()) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0;0\n1;1\n", "line 1: '0;0' is not an integer; separate the values by commas, not by ';'"),
        ("a\tb\n1\t2\n", "line 1: 'a\\tb' is not an integer; separate the values by commas, not by tabs"),
        ('"1,5"\n"2,5"\n', "line 1: '1,5' is not an integer"),
        ("1\n\0\n", "line 2: '\\x00' is not an integer"),
        ("1\n2.5\n", "line 2: '2.5' is not an integer"),
        (
            "day;sales\n1;3,5\n",
            "more than one value, but the first line has one; separate the values by commas",
        ),
        ("inf\n1\n2\n", "line 1: 'inf' is not an integer"),
        ('1\n"2\n3\n', "after line 3: a quotation mark is not closed"),
        ("1\n" + 9999 * "9", "999 is out of range, need 0 to 2147483646"),
        ("1\n" + 9999 * "x", "xxx' is not an integer"),
        ("größe\n1\n".encode("latin-1"), "is not a CSV file in UTF-8, after line 0: 'utf-8' codec can't decode"),
    ],
)
def test_a_file_of_numbers_is_refused_with_what_is_wrong_in_it(tmp_path, text, says):
    path = tmp_path / "numbers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with refused(re.escape(says)) as error:
        echo.read_integers(path)
    assert len(str(error.value)) < 400


def test_numbers_with_a_point_and_a_byte_order_mark_are_read(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("\ufeffn,m\n1.0,7\n 2. ,8\n3,9,\n\n", encoding="utf-8")
    assert echo.read_integers(path, column="n").tolist() == [1, 2, 3]


def test_a_named_column_of_a_ragged_file_or_one_with_another_separator_is_refused(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    with refused("numbers.csv, line 3: 3 values, but the first line has 2"):
        echo.read_integers(path, column="b")
    path.write_text("a;b\n1;2\n3;4\n")
    with refused("names a;b, choose one of them with --set column=NAME; separate the values by commas, not by ';'"):
        echo.read_integers(path, column="b")


HEAD = 'title = "Guess"\nsource = "somewhere"\n'
UNITS = '[settings]\nunits = { value = 4, about = "LSTM units." }\n'
CLAIM = '[[claims]]\nwords = "it guesses all right"\nsource = "somewhere"\nmeasure = "right"\ncondition = '


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('[settings]\nday = { value = 2020-01-01, about = "Day." }', "settings.day.value is datetime.date(2020, 1, 1)"),
        ('[settings]\nday = { value = {}, about = "Day." }', "settings.day.value: it should be a number, a text"),
        ('[settings]\nday = { value = nan, about = "Day." }', "setting day is nan: it should be a finite number"),
        ('[settings]\nday = { value = "x", about = "Day.", least = 1 }', "day is 'x': least = 1 is no bound for that"),
        ('[settings]\nreplace = { value = 1, about = "Day." }', "setting 'replace' cannot be called so"),
        ('[settings]\n"a b" = { value = 1, about = "Day." }', "setting 'a b' cannot be called so"),
        ("x = " + 10**5 * "[", "0900_guess.toml: it is nested too deep"),
        ("x = " + 30 * "[" + 30 * "]", "0900_guess.toml: it is nested too deep"),
        (
            f"[published.right]\nright = 1\nasked = {10**400}",
            f"0900_guess.toml: 'published.right.asked' is {str(10**400)[:98]}",
        ),
        (CLAIM + f'"at least 0.5"\nceiling = -{10**400}', "0900_guess.toml: 'claims.0.ceiling' is -1000"),
        (f"keras_seeds = [1, 0x{6000 * 'f'}]", "'keras_seeds.1' is <int>: a whole number in TOML has 64 bits"),
        (f"x = 1\ny = {6000 * '9'}", "0900_guess.toml: line 4: Exceeds the limit (4300 digits)"),
        (
            "seeds = 200000000",
            "seeds is 200000000: this would take 763 GiB of memory, above the bound of 1",
        ),
        (
            UNITS + "".join(f"[variants.v{i}]\n" for i in range(14_000)),
            "14,000 variants, with 20 seeds each: this would take 1 GiB of memory, above the bound of 1 GiB",
        ),
        (UNITS + "[grid]\nunits = [8, 16, 8]", "grid.units is [8, 16, 8]: use each value once"),
        (
            '[settings]\nrate = { value = 0.5, about = "R." }\n[grid]\nrate = [1, 1.0]',
            "grid: rate=1 and rate=1.0 are the same settings, use each value once",
        ),
        (UNITS + '[grid]\nunits = [8]\n[variants."units=8"]', "variant 'units=8' has the name of a cell of the grid"),
        (
            '[settings]\nunits = { value = 5, about = "U.", file = "a.csv" }',
            "settings.units: its value is 5: a setting with a file needs a text",
        ),
        (UNITS + "[variants.main]\nset = { units = 3 }", "variant 'main' cannot be called so"),
        (UNITS + "[variants.all]\nset = { units = 3 }", "variant 'all' cannot be called so"),
        ("published_section = true\nvariants = 3", "setting variants is 3: it should be a valid dictionary"),
        ("claims = [3]", "claim 1: it is 3: it should be a valid dictionary"),
        ("keras_seeds = [-1]", "setting keras_seeds.0 is -1: it should be 0 or more"),
        ('seeds = "7"', "setting seeds is '7': it should be a whole number"),
        ('path = "x"', "setting 'path' is unknown"),
        (f"{9999 * 'x'} = 1", "' is unknown: use one of"),
        ("[published.right]\nright = 26\nasked = 25", "26 right of 25 asked: no more can be right than were asked"),
        (
            "[published.right]\nright = -1\nasked = 25",
            "published.right.right is -1: it should be 0 or more",
        ),
        ("[published.right]\nright = 1\nasked = 5\nvalue = 1.5", "a figure is a count, a text or a value: give one"),
        ('[measures]\nright = "A."\n[published.rihgt]\nvalue = 1.5', "measure 'rihgt' is unknown: did you mean right?"),
        (
            '[measures]\nrigth = "A."\n' + CLAIM + '"all right"',
            "claim 1: measure 'right' is unknown: did you mean rigth",
        ),
        (CLAIM + '"all right"\ncontrol = "main"', "claim 1: control is 'main': name another variant"),
        (CLAIM + '"all right"\ncontrol = "0900"', "claim 1: control is '0900', the claim's own: name another"),
        (CLAIM + '"all right"\ncontrol = "0900/deaf"', "claim 1: variant 'deaf' is unknown"),
        (CLAIM + '"all right"\nvariant = "deaf"', "claim 1: variant 'deaf' is unknown"),
        (
            CLAIM + '"at least 90"\nthreshold = "chosen: x"\n[published.right]\nright = 9\nasked = 10',
            "claim 1: condition is 'at least 90': the measure is a count (9/10 (90 %)), judged by the share",
        ),
        (
            '[settings]\nx = { value = 1, about = "X." }\ny = { value = 1, about = "Y." }\n'
            f"[grid]\nx = {list(range(2000))}\ny = {list(range(2000))}",
            "a grid of 4,000,000 cells, with 20 seeds each: this would take 305 GiB of memory, above the bound of 1",
        ),
    ],
)
def test_a_toml_file_is_refused_with_its_entry(tmp_path, toml, says):
    path = tmp_path / "0900_guess.toml"
    path.write_text(HEAD + toml + "\n")
    with refused(re.escape(says)) as error:
        read_config(path)
    assert str(error.value).startswith("0900_guess.toml: ")
    assert len(str(error.value)) < 700


def test_a_toml_file_that_is_no_text_or_no_file_is_refused(tmp_path):
    path = tmp_path / "0900_guess.toml"
    path.write_bytes(HEAD.encode("utf-16"))
    with refused("0900_guess.toml: it is no text in UTF-8"):
        read_config(path)
    path.unlink()
    path.mkdir()
    with refused("0900_guess.toml: .* is a folder: give a file's name"):
        read_config(path)
    path.rmdir()
    os.mkfifo(path)  # to open it would wait for ever
    with refused("0900_guess.toml: .* is no plain file: give a file's name"):
        read_config(path)


def test_a_setting_that_the_script_does_not_read_is_named(tmp_path):
    root = made_up.checkout(tmp_path)
    coin = root / "configs" / "0910_coin.toml"
    coin.write_text(coin.read_text().replace("[smoke]", 'thorws = { value = 1, about = "How often." }\n[smoke]'))
    with refused("0910_coin.toml: setting 'thorws' is not read by the script: did you mean throws"):
        _ = Lesson(str(root / "experiments" / "0910_coin.py"), show=list, measures=dict).config


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        (
            "[published.tails]\nright = 1\nasked = 2",
            "measure 'tails' is not asked: use one of heads; the runs are kept",
        ),
        ("[published.heads]\nvalue = 0.5", r"published heads is 0.5: the measure is of another kind \(\d+/10"),
        (CLAIM.replace('"right"', '"heads"') + '"equals AB"', "the measure is no text"),
    ],
)
def test_figures_and_claims_that_the_runs_say_nothing_about_are_named_and_the_runs_kept(tmp_path, tables, says):
    root = made_up.checkout(tmp_path)
    with open(root / "configs" / "0910_coin.toml", "a") as file:
        file.write(tables + "\n")
    lesson = catalogue.load_script(root / "experiments" / "0910_coin.py")
    with refused(f"0910_coin.toml: .*{says}"):
        run(lesson, Request(), root / "results")
    assert len(Store(root / "results", "0910_coin").records()) == 1
    assert run(lesson, Request(overrides={"throws": 3}), root / "results")  # other settings may ask other things


GOOD = {"kind": "Scaler", "version": 1, "method": "normalise", "low": 0, "high": 1, "outside": "refuse"}
GOOD |= {"columns": None, "coefficients": {"minimum": [0], "maximum": [1]}}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (10**5 * "[", "is not JSON (maximum recursion depth exceeded"),
        ("3", "does not hold a Scaler"),
        (json.dumps(GOOD | {"version": 10**5 * "9"}), "is of version '999"),
        (json.dumps(GOOD | {"method": []}), "method is []: use normalise or standardise"),
        (
            json.dumps(GOOD | {"coefficients": {"minimum": [False], "maximum": ["1"]}}),
            "minimum is [False]: need a list",
        ),
        (json.dumps(GOOD | {"columns": [True]}), "columns are [True], need different names"),
        (json.dumps(GOOD | {"columns": ["a", "a"]}), "columns are ['a', 'a'], need different names"),
        (json.dumps(GOOD | {"columns": 3}), "columns are 3, need a list of names"),
        (json.dumps(GOOD | {"coefficients": 3}), "does not hold a usable scaler"),
        (json.dumps(GOOD | {"coefficients": {"minimum": [-1e308], "maximum": [1e308]}}), "no float holds the range"),
        (json.dumps(GOOD | {"coefficients": {"minimum": [{}], "maximum": [1]}}), "does not hold a usable scaler"),
    ],
)
def test_a_scaler_file_is_refused_with_its_name(tmp_path, content, says):
    path = tmp_path / "scaler.json"
    path.write_text(content)
    with refused(f"{re.escape(str(path))} .*{re.escape(says)}"):
        preparing.Scaler.load(path)


@pytest.mark.parametrize("saved", [SCALER, LABELS])
def test_a_folder_that_is_not_there_is_not_made(tmp_path, saved):
    with refused("there is no folder .*none, make it first"):
        saved.save(tmp_path / "none" / "saved.json")
    assert not (tmp_path / "none").exists()


def test_numpys_integers_are_counted_as_pythons():
    """Their products wrap round: 2**29 epochs of 32 updates would be none."""
    framed = framing.time_steps(alphabet.pairs(1))
    with refused("epochs is 536870912 .* GiB"):
        schedule.in_sequence(reset="epoch").schedule(framed, epochs=np.int32(2**29))
    made = schedule.in_sequence(reset="epoch").schedule(framed, epochs=1, batch_size=np.uint8(5))
    assert made.batches.shape == (5, 5)
    assert type(layers.LSTM(np.int32(8)).units) is int


@pytest.mark.parametrize("labels", [pd.array(["a", None], "string"), ["a", pd.NA], ["a", float("nan")], ["a", None]])
def test_a_missing_label_is_refused_whatever_stands_for_it(labels):
    for make in (preparing.Categories, preparing.Categories.of):
        with refused("is a missing value"):
            make(labels)


def test_a_label_that_holds_a_list_is_refused():
    with refused(r"label \(\[1\],\) is a tuple"):
        preparing.Categories([([1],), "a"])


def test_predictions_of_float32_come_back_in_their_own_units_exactly():
    """A float32 cannot tell one second from the next: 1577836800 to 1577836900 would be two values."""
    seconds = np.array([1577836800.0, 1577836850.0, 1577836900.0])
    scaler = preparing.Scaler().fit(seconds)
    scaled = scaler.transform(seconds).astype(np.float32)
    assert (
        scaler.inverse(scaled).tolist() == scaler.inverse(scaled[None, :, None])[0, :, 0].tolist() == seconds.tolist()
    )
    assert preparing.Scaler().fit([0.0, 1.0]).transform(scaled).dtype == np.float32


def test_fractions_and_numpys_floats_are_pythons():
    assert series.sine(5, period=fractions.Fraction(25, 2)).tolist() == series.sine(5, period=12.5).tolist()
    assert type(models.Adam(np.float16(0.5)).learning_rate) is float
