"""What a network keeps in its state, step by step: the steps a text stands for, the states, and the command's words."""

import json
import re

import numpy as np
import pytest

from lstm_lab import framing, models
from lstm_lab.cli import states
from lstm_lab.datasets import alphabet
from lstm_lab.framing import Framed
from lstm_lab.models import GRU, LSTM, Dense, Embedding, Flatten, RepeatVector
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.predictor import Predictor
from lstm_lab.probes import read_text, step_through

ONE = framing.time_steps(alphabet.pairs(1))
THREE = framing.time_steps(alphabet.pairs(3))
WORDS = framing.time_steps(alphabet.pairs(1, ["the", "coat", "and"]), coding="embedding")
NUMBERS = Framed(np.array([[[0.0]], [[0.25]]], np.float32), np.zeros((2, 1), np.float32))


def network(*layers, stateful=False) -> Architecture:
    return Architecture((*layers, Dense(26, "softmax")), stateful=stateful)


def weights_of(architecture, framed):
    return architecture.initial_weights(framed.steps, framed.features, np.random.default_rng(0))


def stepped(text, framed, architecture):
    given, inputs = read_text(text, framed, architecture)
    return step_through(architecture, weights_of(architecture, framed), framed, given, inputs)


def test_a_stateful_networks_state_is_that_of_the_predictor_given_one_letter_after_the_other():
    architecture = network(LSTM(3, return_sequences=True), LSTM(2), stateful=True)
    seen, predict, state = (
        stepped("CAB", ONE, architecture),
        Predictor(architecture, weights_of(architecture, ONE), ONE.codec),
        None,
    )
    assert (seen.given, seen.resets, seen.each_step) == (["C", "A", "B"], [True, False, False], True)
    assert [list(layer.arrays) for layer in seen.layers] == [["h", "c"], ["h", "c"]]
    for step, code in enumerate([2, 0, 1]):
        outputs, state = predict(np.array([[[code]]]), state)
        for layer, arrays in zip(seen.layers, state, strict=True):
            for ours, theirs in zip(layer.arrays.values(), arrays, strict=True):
                np.testing.assert_allclose(ours[step], theirs[0], rtol=1e-5)
        symbol, probability = seen.answers[step]
        assert symbol == alphabet.pairs().symbols[outputs[0].argmax()]
        assert probability == pytest.approx(outputs[0].max(), rel=1e-5)


def test_a_stateless_network_starts_each_sample_from_zeros():
    architecture = network(GRU(3))
    seen = stepped("ABCAB", THREE, architecture)
    assert seen.resets == [True, False, False, True, False]
    h = seen.layers[0].arrays["h"]
    assert list(seen.layers[0].arrays) == ["h"]
    np.testing.assert_array_equal(h[3:], h[:2])
    assert not np.array_equal(h[2], h[0])
    whole, _ = Predictor(architecture, weights_of(architecture, THREE), THREE.codec)(np.array([[[0], [1], [2]]]))
    assert seen.answers[2][1] == pytest.approx(whole[0].max())  # after the last step it is what training asks for


@pytest.mark.parametrize(("side", "given"), [("pre", ["· × 23", "A", "B"]), ("post", ["A", "B", "· × 23"])])
def test_a_text_is_padded_as_the_samples_are(side, given):
    framed = framing.padded(alphabet.prefixes(), steps=25, side=side, offset=1)
    architecture = network(LSTM(3))
    seen = stepped("AB", framed, architecture)
    assert seen.given == given
    assert seen.resets == [True, False, False]
    assert seen.steps == ([23, 24, 25] if side == "pre" else [1, 2, 25])
    padded = np.array([[*[-1] * 23, 0, 1]] if side == "pre" else [[0, 1, *[-1] * 23]])[:, :, None]
    _, state = Predictor(architecture, weights_of(architecture, framed), framed.codec)(padded)
    np.testing.assert_allclose(seen.layers[0].arrays["c"][-1], state[0][1][0], rtol=1e-5)
    assert read_text("A" * 25, framed, architecture)[0] == ["A"] * 25
    with pytest.raises(ValueError, match="it has 26 steps, and a sample has 25"):
        read_text("A" * 26, framed, architecture)


def test_a_window_is_given_at_each_step():
    seen = stepped("ABCD", framing.window(alphabet.pairs(3)), network(LSTM(2)))
    assert seen.given == ["ABC", "BCD"]
    assert seen.resets == [True, True]


def test_a_decoder_has_steps_of_its_own():
    decoder = Architecture((LSTM(3), RepeatVector(3), LSTM(4, return_sequences=True), Dense(26, "softmax")))
    seen = stepped("ABC", THREE, decoder)
    assert [layer.steps for layer in seen.layers] == [["A", "B", "C"], ["output 1", "output 2", "output 3"]]
    assert [layer.of_input for layer in seen.layers] == [True, False]
    assert (len(seen.answers), seen.each_step) == (3, False)
    assert next(labels for *_, labels in states.panels(seen)) == ["A", "B", "C"]
    assert all(label.startswith("output 1\n→ ") for *_, (label, *_) in list(states.panels(seen))[2:])
    assert [row.get("answer") for row in states.answer_rows(seen)][:3] == [None] * 3
    with pytest.raises(ValueError, match="answers to 3 steps at once, and here are 2"):
        read_text("AB", THREE, decoder)


def test_longer_symbols_and_numbers_have_commas_or_spaces_between_them():
    words = Architecture((Embedding(3, 2), LSTM(2), Dense(3, "softmax")), stateful=True)
    assert stepped("coat, the and", WORDS, words).given == ["coat", "the", "and"]
    assert read_text("A, C", ONE, network(LSTM(2)))[1].tolist() == [[0], [2]]
    series = models.lstm_regressor(2, 1)
    seen = stepped("0.5, -1e-3", NUMBERS, series)
    assert seen.given == ["0.5", "-1e-3"]
    assert seen.answers[0][1] is None
    assert re.fullmatch(r"-?[\d.]+(e-\d+)?", seen.answers[0][0])


@pytest.mark.parametrize(
    ("text", "framed", "layers", "says"),
    [
        ("", ONE, [LSTM(2)], "text is '': there is nothing to give; write ABC, for example"),
        (" ,", ONE, [LSTM(2)], "there is nothing to give"),
        ("AbCd", ONE, [LSTM(2)], "text is 'AbCd': 'b', 'd' are no symbol here; use A, B, C"),
        ("A" * 1001, ONE, [LSTM(2)], "it has 1001 steps; write 1000 or fewer"),
        ("AB", framing.window(alphabet.pairs(3)), [LSTM(2)], "a step is given 3 symbols, and here are 2; write 3"),
        ("ABC", THREE, [Flatten()], "the network has no recurrent layer"),
        ("cat", WORDS, [LSTM(2)], "'cat' is no symbol here; use and, coat, the, with commas between them"),
        ("AB", NUMBERS, [LSTM(2)], "write numbers with commas between them, as the network is given them, for exam"),
        ("nan", NUMBERS, [LSTM(2)], "the series is of numbers"),
        ("1e38", NUMBERS, [LSTM(2)], "the series is of numbers"),
        ("", NUMBERS, [LSTM(2)], "there is nothing to give; write 0,0.25, for example"),
        (
            "1",
            Framed(np.zeros((2, 1, 7), np.float32), np.zeros((2, 1), np.float32)),
            [LSTM(2)],
            "a step is given 7 numbers, which a text cannot say",
        ),
    ],
)  # fmt: skip
def test_a_text_that_will_not_do_is_refused(text, framed, layers, says):
    with pytest.raises(ValueError) as error:
        read_text(text, framed, network(*layers))
    assert says in str(error.value)
    assert len(str(error.value)) < 450


def test_the_units_shown_are_those_whose_h_has_the_widest_range_from_zero():
    seen = stepped("AB", ONE, network(LSTM(4), stateful=True))
    h = seen.layers[0].arrays["h"]
    h[:] = [[-0.9, 0.1, -0.2, 0.0], [-0.8, 0.0, 0.2, 0.0]]  # the first has moved from zero to -0.9
    assert seen.layers[0].most_moved(2) == [0, 2]
    assert seen.layers[0].most_moved(9) == [0, 1, 2, 3]


@pytest.fixture
def lab(from_the_checkout, lab, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    return lab


def test_the_command_trains_prints_and_draws_and_records_nothing(lab, tmp_path):
    plot = tmp_path / "seen.svg"
    arguments = ("state", "0150", "--text", "ABC", "--set", "epochs=1", "--set", "units=10", "--plot", str(plot))
    status, out, err = lab(*arguments)
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "settings changed: units=10, epochs=1" in out
    assert re.search(r"^1 +zero +A +\w +[\d.]+ %", out, re.MULTILINE)
    assert re.search(r"^3 +kept +C ", out, re.MULTILINE)
    assert "shown: the 8 whose h has the widest range; --units 10 shows all" in out
    for name in "hc":
        assert re.search(rf"^{name} after( +unit \d){{8}}", out, re.MULTILINE)
    assert out.count("\n  unit ") == 2 * 8  # a line of blocks each
    assert all(word in plot.read_text() for word in (">A<", "→ ", "0150, seed 7: the state after each step"))
    every_unit = lab(*arguments[:-2], "--units", "10")[1]
    assert len(re.findall(r"unit \d", every_unit.partition("a block")[0])) == 2 * 10


def test_the_states_are_those_of_the_network_that_run_trains(lab, tmp_path):
    """The walk from A that `run` records is what `state` answers when it is given the walk."""
    settings = ("--set", "epochs=2", "--set", "carry=no")
    lab("run", "0150", *settings, "--results", str(tmp_path), "--seed", "3")
    line = (tmp_path / "0150_alphabet_stateful" / "runs.jsonl").read_text().splitlines()[1]
    said = json.loads(line)["measures"]["walk_A"]
    out = lab("state", "0150", *settings, "--seed", "3", "--text", "A" + said[:5])[1]
    answers = re.findall(r"^\d +\w+ +[A-Z] +([A-Z]) ", out, re.MULTILINE)
    assert "".join(answers) == said[:6]
    assert "The network is stateless: every sample, of 1 step, starts from a zero state." in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("0210", "--text", "A"), "0210 is a lesson and trains nothing"),
        (("0150", "--text", "abc"), "'a', 'b', 'c' are no symbol here"),
        (("0150", "--text", "A", "--plot", "seen.jpeg"), "its ending should be one of .svg"),
        (("0150", "--text", "A", "--plot", "no/seen.svg"), "there is no folder no"),
        (("0150", "--text", "A", "--units", "0"), "--units"),
        (("0150/nope", "--text", "A"), "variant 'nope' is unknown"),
        (("0150/no_carried_state", "--text", "A", "--variant", "main", "--set", "units=0"), "setting units is 0"),
        (("0150/no_carried_state", "--text", "A", "--variant", "keras1"), "names its variant already"),
        (("0150",), "--text is missing: say what the network is given, for example --text ABC"),
        (("0266",), "for example --text 7,3,4"),
    ],
)
def test_the_command_refuses_before_it_trains(lab, monkeypatch, arguments, says):
    from lstm_lab.trainers import compiled

    monkeypatch.setattr(compiled, "train", None)
    status, out, err = lab("state", *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert says in err
