"""Hostile arguments: each public function takes them, or refuses them in one line before it makes anything large."""

import numpy as np
import pytest

from lstm_lab import framing, models, preparing, schedule
from lstm_lab.datasets import Pairs, alphabet, cues, echo, memory, series
from lstm_lab.framing.schedule import Order, evaluation
from lstm_lab.models.server import serve
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
    (NETWORK.check_state, {"state": [], "batch": 1}),
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
