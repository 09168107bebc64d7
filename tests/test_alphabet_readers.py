"""The experiments on what readers of the alphabet tutorial asked, against what is worked out here by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from test_alphabet import _script, framed_of, settings_of

from lstm_lab import framing, models
from lstm_lab.datasets import BLANK, alphabet
from lstm_lab.models.predictor import Predictor
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import stream


def values(measures) -> dict:
    return {name: measure.value.stored for name, measure in measures.items()}


def sure_of(codes, classes=26):
    """The outputs of a network that is sure of its answers."""
    return np.eye(classes, dtype=np.float32)[codes]


def counting(inputs, state):
    """A network that counts places and never looks at its input."""
    place = np.zeros(len(inputs), int) if state is None else state
    return sure_of(np.minimum(place + 1, 25)), place + 1


def reading(inputs, state):
    """A network that answers with the letter after its input, and has no state."""
    return sure_of((inputs[:, -1, 0] + 1) % 26), None


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (counting, {"cold_says_second": [25, 25], "cold_successor": [1, 25], "fed_random_place": [1000, 1000]}),
        (reading, {"cold_says_second": [1, 25], "cold_successor": [25, 25], "fed_random_successor": [1000, 1000]}),
    ],
)
def test_a_clock_and_a_reader_of_letters_are_told_apart(network, expected):
    asked = SimpleNamespace(settings=settings_of("0152"), rng=np.random.default_rng(0), predictor=network)
    found = values(_script("0152").clock(asked))
    assert {name: found[name] for name in expected} == expected
    other = "fed_random_successor" if network is counting else "fed_random_place"
    assert found[other][0] < 100


def test_in_the_readers_text_a_letter_may_be_followed_by_one_of_two():
    asked = SimpleNamespace(
        settings=settings_of("0152", "readers_text"),
        rng=np.random.default_rng(0),
        predictor=lambda inputs, state: (sure_of(np.full(len(inputs), 6), 9), None),  # always X, number 6 of 9
    )
    assert values(_script("0152").clock(asked))["cold_successor"] == [1, 8]  # after C, but not after the 7 others


def test_how_the_clocks_runs_begin():
    assert np.flatnonzero(framed_of("0152").starts).tolist() == [0]
    assert (framed_of("0152", "blind").inputs == 0).all()
    resets = framed_of("0152", "one_hot_resets")
    assert resets.samples == 250
    assert np.flatnonzero(resets.starts)[:6].tolist() == [0, 7, 14, 21, 25, 28]
    starting = framed_of("0152", "random_starts")
    assert starting.starts.sum() == 100
    assert len(set(starting.inputs[starting.starts, 0, 0])) > 15
    mixed = framed_of("0152", "random_order")
    assert np.array_equal(mixed.targets, mixed.inputs[:, 0, 0] + 1)
    assert not np.array_equal(mixed.inputs[:25, 0, 0], np.arange(25))


def test_runs_that_are_kept_out_are_never_trained_on():
    script, settings = _script("0171"), settings_of("0171")
    out = {row.tobytes() for row in script.held_out(settings, None).inputs}
    assert len(out) == 30
    for seed in (0, 1):
        trained = {row.tobytes() for row in script.trained_on(settings, stream(seed, "data")).inputs}
        assert len(trained) > 80
        assert not trained & out
    longer = script.trained_on(settings_of("0171", "batches_of_three"), stream(0, "data"))
    assert (longer.inputs != BLANK).sum(axis=1).min() == 3


def test_a_dictionary_of_a_text_that_repeats_letters_holds_their_last_places():
    framed = framed_of("0183")
    assert set(framed.inputs[framed.inputs != BLANK]) == {23, 26, 28, 29}
    assert set(framed.targets) == {23, 26, 28, 29}
    assert framed.codec.encode(np.array([[[29]]])).item() == pytest.approx(29 / 30)
    two = framed_of("0183", "two_letters")
    assert set(two.inputs[two.inputs != BLANK]) == {30, 31}
    assert set(framed_of("0183", "two_letters_sorted").targets) == {0, 1}


@pytest.mark.parametrize(
    ("variant", "inputs", "letters"),
    [("main", "ABC", "BCD"), ("next_two", "ABCD", "EF"), ("next_three", "ABCD", "EFG"), ("reversed", "ABC", "CBA")],
)
def test_output_neurons_are_the_numbers_of_letters(variant, inputs, letters):
    framed = framed_of("0181", variant)
    assert framed.codec.text(framed.inputs[0]) == inputs
    assert framed.codec.text(np.rint(26 * framed.targets[0]).astype(int)) == letters
    assert framed.targets.max() <= 25 / 26


def test_answers_are_rounded_to_the_nearest_letter():
    framed = framed_of("0181")
    said = framed.targets + np.float32(0.4 / 26)
    said[0, 0] += np.float32(0.2 / 26)
    asked = SimpleNamespace(order=SimpleNamespace(carries=False), predictor=lambda inputs, state: (said, None))
    measure = _script("0181").rounded("letters_right", lambda asked: framed)
    assert values(measure(asked)) == {"letters_right": [framed.targets.size - 1, framed.targets.size]}


def test_the_window_and_single_letters_are_asked_the_same_letters():
    shared = _script("0120").shared_letters(None, None)
    assert np.array_equal(shared.targets, framed_of("0120").targets)
    assert np.array_equal(shared.inputs[:, 0, 0], alphabet.pairs(3).inputs[:, -1])


@pytest.mark.parametrize(("variant", "same"), [("main", 25), ("three_steps", 0)])
def test_one_step_makes_no_use_of_a_recurrent_kernel(variant, same):
    job = catalogue.load(catalogue.find("0114")).job(settings_of("0114", variant), seed=0)
    asked = SimpleNamespace(
        trained=SimpleNamespace(weights=job.weights),
        settings=job.settings,
        architecture=job.architecture,
        framed=job.framed,
        rng=np.random.default_rng(0),
        predictor=Predictor(job.architecture, job.weights, job.framed.codec),
    )
    assert values(_script("0114").without_recurrence(asked))["without_recurrence"][0] == same


def test_states_other_than_zeros_change_the_outputs():
    framed = framing.time_steps(alphabet.pairs(3))
    network = models.lstm_classifier(8, 26)
    weights = network.initial_weights(3, 1, np.random.default_rng(0))
    asked = SimpleNamespace(
        framed=framed, rng=np.random.default_rng(0), predictor=Predictor(network, weights, framed.codec)
    )
    found = values(_script("0116").from_other_states(asked))
    assert found["same_twice"] == [23, 23]
    assert found["same_from_two_random_states"] == [0, 23]


@pytest.mark.parametrize(("variant", "first"), [("main", None), ("letter_A", 0), ("one_hot_empty", BLANK)])
def test_what_stands_before_a_run_of_one_letter(variant, first):
    script, settings = _script("0176"), settings_of("0176", variant, samples=500)
    runs = alphabet.random_runs(500, np.random.default_rng(0))
    before = script.padded(runs, settings, np.random.default_rng(1)).inputs[runs.inputs == BLANK].ravel()
    assert set(before) == (set(range(26)) if first is None else {first})


def test_a_network_that_keeps_the_phase_continues_the_wave():
    """One that says the same value again, or has no state, does not."""
    settings = settings_of("0194")
    step = 2 * np.pi / settings.period

    def turning(inputs, state):
        place = 1 if state is None else state + 1
        return np.sin(step * place).reshape(1, 1, 1), place

    def errors(network, carries=True):
        asked = SimpleNamespace(
            settings=settings, order=SimpleNamespace(carries=carries), predictor=network, rng=np.random.default_rng(0)
        )
        return values(_script("0194").errors(asked))

    kept, repeated = errors(turning), errors(lambda inputs, state: (inputs, state))
    assert max(kept[name] for name in ("error_one_step_ahead", "error_from_one_value", "error_warmed_up")) < 1e-6
    assert kept["error_from_another_phase"] > 0.5
    assert repeated["error_from_one_value"] == pytest.approx(np.sqrt(0.5), abs=1e-6)
    assert errors(turning, carries=False)["error_from_one_value"] > 0.5
