"""The memory tutorial's data, its controls' ceilings, and what must be refused before any training."""

import doctest
import importlib
from dataclasses import replace

import numpy as np
import pytest
from refusing import refused

from lstm_lab import compiled, framing, layers, models, probes, schedule
from lstm_lab.datasets import memory
from lstm_lab.models.predictor import Predictor
from lstm_lab.probes import Asked
from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import LegacyDraws

EXPERIMENTS = [name for name in catalogue.names() if name.startswith("03")]


def test_docstrings_draw_what_is_made():
    assert doctest.testmod(memory).failed == 0


def test_the_tutorials_pairs():
    pairs = memory.pairs()
    assert pairs.inputs.tolist() == [[3], [0], [1], [2], [4], [0], [1], [2]]
    assert pairs.targets.tolist() == [0, 1, 2, 3, 0, 1, 2, 4]
    assert pairs.symbols == ("0", "1", "2", "3", "4")
    assert pairs.per_sequence == 4
    assert pairs.loss_mask is None
    assert pairs.per_epoch is None


def test_long_lag_is_the_tutorials_at_four_and_has_the_sizes_of_1997_at_a_hundred():
    assert memory.long_lag(4) == [list(sequence) for sequence in memory.TUTORIAL]
    x, y = memory.long_lag(100)
    assert x[0] == x[-1] != y[0] == y[-1]
    assert x[1:-1] == y[1:-1] == list(range(99))
    assert len(memory.alphabet([x, y])) == 101  # p + 1 symbols
    pairs = memory.long_lag_pairs(100)
    assert (len(pairs), pairs.per_sequence, pairs.loss_mask) == (200, 100, None)
    assert pairs.targets[99::100].tolist() == pairs.inputs[::100, 0].tolist() == [99, 100]


@pytest.mark.parametrize(("stride", "inputs", "targets"), [
    (1, [[3, 0], [0, 1], [1, 2]], [1, 2, 3]),
    (2, [[3, 0], [1, 2]], [1, 3]),
    (3, [[1, 2]], [3]),
])  # fmt: skip
def test_two_symbols_of_context_overlap_or_abut_and_always_end_with_the_last(stride, inputs, targets):
    pairs = memory.pairs(context=2, stride=stride)
    assert pairs.inputs[: pairs.per_sequence].tolist() == inputs
    assert pairs.targets[: pairs.per_sequence].tolist() == targets


def test_only_the_last_target_counts_where_asked():
    pairs = memory.pairs(last_only=True)
    assert pairs.loss_mask.tolist() == [False, False, False, True] * 2


def test_letters_and_words_are_symbols_too():
    assert memory.pairs(["PABCP", "QABCQ"]).symbols == ("A", "B", "C", "P", "Q")
    words = memory.pairs([["up", "one", "up"], ["down", "one", "down"]])
    assert words.symbols == ("down", "one", "up")
    assert words.targets.tolist() == [1, 2, 1, 0]


@pytest.mark.parametrize("length", [3, 5, 40])
@pytest.mark.parametrize("draws", [np.random.default_rng(3), LegacyDraws(3)])
def test_a_random_pair_conflicts_whatever_its_length(length, draws):
    for classes, repeats in ((length + 7, False), (3, True)):
        one, other = memory.random_pair(draws, length, classes, repeats)
        assert one[0] == one[-1] != other[0] == other[-1]
        assert one[1:-1] == other[1:-1]
        assert {one[0], other[0]}.isdisjoint(one[1:-1])
        assert max(one + other) < classes
        assert repeats or len(set(one)) == length - 1
        assert len(memory.pairs([one, other], classes)) == 2 * (length - 1)


def test_random_sequences_come_in_twos_that_conflict_and_differ_from_each_other():
    drawn = memory.random_sequences(40, np.random.default_rng(1), length=12, classes=6)
    assert {tuple(sequence[:1] + sequence[-1:]) for sequence in drawn} == {(4, 4), (5, 5)}
    assert all(one[1:-1] == other[1:-1] for one, other in zip(drawn[::2], drawn[1::2], strict=True))
    assert len({tuple(sequence) for sequence in drawn}) == 40
    assert {symbol for sequence in drawn for symbol in sequence[1:-1]} == {0, 1, 2, 3}


@pytest.mark.parametrize(("make", "complaint"), [
    (lambda: memory.pairs([[3, 0, 1, 3], [4, 2, 5, 4]]), "do not conflict: every symbol has one successor"),
    (lambda: memory.pairs([[0, 1, 2, 3]]), "trivial"),
    (lambda: memory.pairs([[3, 0, 1, 3], [3, 1, 0, 3]], last_only=True), "do not conflict"),
    (lambda: memory.pairs(classes=4), r"symbol 4 at place 0 of sequence 2 is not in the alphabet of 4 symbols, 0 to 3"),
    (lambda: memory.pairs([[0, 1, 0, 2], [1, 0]]), r"sequences of lengths \[4, 2\]"),
    (lambda: memory.pairs([["a", 1, "a"], ["b", 1, "b"]]), "use numbers only, or text only"),
    (lambda: memory.pairs([1, 2]), r"sequences are \[1, 2\]: use lists of symbols"),
    (lambda: memory.pairs([]), r"sequences of lengths \[\]"),
    (lambda: memory.pairs(context=5), "context is 5: sequences of 5 symbols allow 4"),
    (lambda: memory.pairs(stride=0), "stride is 0: need a whole number"),
    (lambda: memory.long_lag(1), "p is 1"),
    (lambda: memory.random_pair(np.random.default_rng(0), 2), "length is 2"),
    (lambda: memory.random_pair(np.random.default_rng(0), 6, 5), "classes is 5: sequences of 6 symbols need 6 or more"),
    (lambda: memory.random_sequences(3, np.random.default_rng(0)), "num_sequences is 3: use an even number"),
    (lambda: memory.random_sequences(2, np.random.default_rng(0), classes=2), "classes is 2"),
    (lambda: memory.random_sequences(2, np.random.default_rng(0), length=2), "length is 2"),
])  # fmt: skip
def test_bad_input_is_one_line_that_says_what_would_do(make, complaint):
    with refused(complaint):
        make()


@pytest.mark.parametrize(("form", "expected"), [("1,n", (1, None)), ("n,n", (None, None)), ("2, 5", (2, 5))])
def test_forms_of_truncated_bptt_are_part_of_an_order(form, expected):
    framed = framing.sequences(memory.pairs(memory.long_lag(7)), coding="one_hot")
    made = schedule.truncated(*schedule.form(form)).schedule(framed, epochs=1)
    assert (made.k1, made.k2) == expected


@pytest.mark.parametrize("form", ["1", "n,m", "0,1", "1,2,3", ""])
def test_a_form_that_is_none_is_refused(form):
    with pytest.raises(ValueError, match="form is"):
        schedule.form(form)


def test_a_batch_that_does_not_divide_the_samples_is_refused_before_training():
    declared = catalogue.load("0342_memory_batches")
    with pytest.raises(ValueError, match="batch_size is 3: it does not divide the 4 samples of a sequence"):
        declared.job(declared.config.resolve(overrides={"batch_size": 3}), seed=0)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_variant_builds(name):
    declared = catalogue.load(name)
    for variant in [name for name in declared.config.variant_names() if "1000" not in name]:
        declared.of(variant).job(declared.config.resolve(variant, smoke=True), seed=0)


def test_the_memoryless_ceiling_is_seven_of_eight_and_half_of_the_last():
    framed = framing.time_steps(memory.pairs(), coding="one_hot")
    guessed = probes.lookup_table(framed, framed)
    assert (guessed == framed.targets).sum() == 7
    last = framing.time_steps(memory.pairs(last_only=True), coding="one_hot")
    right = probes.lookup_table(framed, last) == last.targets
    assert (right & last.loss_mask).sum() == 1


def test_no_network_without_state_answers_both_conflicting_pairs():
    """Whatever its weights: the same input, the same answer."""
    framed = framing.time_steps(memory.pairs(), coding="one_hot")
    for seed in range(20):
        for network in (models.lstm_classifier(8, 5, activation="sigmoid"), models.mlp_classifier(8, 5)):
            weights = [w * 5 for w in network.initial_weights(1, 5, np.random.default_rng(seed))]
            answers = Predictor(network, weights, framed.codec)(framed.inputs)[0].argmax(-1)
            assert answers[3] == answers[7]
            assert (answers == framed.targets).sum() <= 7


def test_a_slot_of_a_dealt_batch_never_sees_the_first_symbol_and_a_run_does():
    framed = framing.time_steps(memory.pairs(), coding="one_hot")
    codes = framed.inputs[:, 0, 0]
    dealt = schedule.in_sequence(reset="sequence").schedule(framed, 1, batch_size=2)
    runs = schedule.in_sequence(reset="sequence", slots="runs").schedule(framed, 1, batch_size=2)
    assert codes[dealt.batches].T.tolist() == [[3, 1, 4, 1], [0, 2, 0, 2]]
    assert dealt.reset_before[:, 0].tolist() == [True, False, True, False]
    assert codes[runs.batches].T.tolist() == [[3, 0, 1, 2], [4, 0, 1, 2]]
    assert runs.reset_before[:, 0].tolist() == [True, False, False, False]


def test_outputs_by_hand_are_the_networks_and_with_the_gates_misread_are_not():
    by_hand = _script("0350_memory_by_hand").by_hand
    network = models.lstm_classifier(6, 5, stateful=True, activation="sigmoid")
    weights = [w * 2 for w in network.initial_weights(1, 5, np.random.default_rng(5))]
    codes = np.array([3, 0, 1, 2])
    run, state, outputs = Predictor(network, weights, framing.codec_of(memory.pairs(), "one_hot")), None, []
    for code in codes:
        answer, state = run(np.array([[[code]]], np.int32), state)
        outputs.append(answer[0])
    assert np.abs(by_hand(weights, codes) - outputs).max() < 1e-6
    assert np.abs(by_hand(weights, codes, gates="ifog") - outputs).max() > 1e-2
    candidate = (weights[0][3] + weights[2])[12:18]  # the block of g, from a zero state
    sums = by_hand(weights, codes, gates="none")
    assert np.allclose(sums[0], candidate @ weights[3] + weights[4], atol=1e-5)
    assert np.abs(sums - outputs).max() > 1e-2


def test_a_forget_bias_is_where_training_begins_and_nothing_else_moves():
    plain, opened = (models.lstm_classifier(4, 5, forget_bias=bias) for bias in (1.0, 6.0))
    one, other = (network.initial_weights(1, 5, np.random.default_rng(2)) for network in (plain, opened))
    assert other[2].tolist() == [0] * 4 + [6] * 4 + [0] * 8
    assert all(np.array_equal(a, b) for i, (a, b) in enumerate(zip(one, other, strict=True)) if i != 2)
    keras_bias = opened.to_keras((None, 1, 5)).get_weights()[2]
    assert keras_bias.tolist() == other[2].tolist()


def test_0310s_loss_is_that_of_each_symbol_before_its_own_update_in_the_last_pass_of_sequence_1():
    declared = catalogue.load("0310_memory_two_sequences")
    job = declared.job(declared.config.resolve(overrides={"epochs": 2}), seed=0)
    expected = []
    for done in range(8, 12):  # the second epoch's updates on sequence 1
        rows = {name: getattr(job.schedule, name)[:done] for name in ("batches", "reset_before", "epoch")}
        trained = compiled.train(job.architecture, job.framed, replace(job.schedule, **rows), job.weights)
        state = None if done == 8 else trained.state
        outputs, _ = Predictor(job.architecture, trained.weights, job.framed.codec)(
            job.framed.inputs[[done - 8]], state
        )
        wanted = np.arange(5) == job.framed.targets[done - 8]
        expected.append(-np.log(np.where(wanted, outputs[0], 1 - outputs[0])).mean())
    asked = Asked(job.framed, job.order, job.architecture, job.settings, None, job.weights, None, None, None)
    measured = _script("0310_memory_two_sequences").loss_of_last_pass(asked)["loss_of_last_pass"].value.value
    assert measured == pytest.approx(np.mean(expected), rel=1e-5)
    assert len({round(float(loss), 5) for loss in expected}) == 4  # so that no other four losses would do


def test_0312_only_the_window_tells_a_feed_forward_network_which_sequence_it_is_in():
    declared = catalogue.load("0312_memory_other_networks")
    job = declared.of("window").job(declared.config.resolve("window"), seed=0)
    one, other = job.framed.inputs[[3, 7], :, 0]
    assert (one.tolist(), other.tolist()) == ([3, 0, 1, 2], [4, 0, 1, 2])
    assert not any(layer.has_state for layer in job.architecture.layers)


@pytest.mark.parametrize("mixed", [False, True])
def test_0332_two_symbols_are_never_first_in_training_and_always_in_the_other_test(mixed):
    script = _script("0332_memory_markers")
    settings = catalogue.config("0332_memory_markers").resolve(overrides={"mixed": mixed, "epochs": 300})
    drawn = script.sequences(settings, np.random.default_rng(0), 300, script.trained(settings))
    assert {first for first, *_ in drawn} == set(range(8))
    assert all(
        one[0] != other[0] and one[1:-1] == other[1:-1] for one, other in zip(drawn[::2], drawn[1::2], strict=True)
    )
    assert all(sequence[0] == sequence[-1] for sequence in drawn)
    assert min(min(sequence[1:-1]) for sequence in drawn) == (0 if mixed else 10)
    others = script.sequences(settings, np.random.default_rng(0), 20, script.others(settings))
    assert {first for first, *_ in others} == {8, 9}


def test_0354_a_second_round_goes_on_from_the_last_symbol_which_is_the_first():
    script = _script("0354_memory_next_output")
    settings = catalogue.config("0354_memory_next_output").resolve("two_rounds")
    framed = script.rounds(settings)
    assert framed.inputs[:8, 0, 0].tolist() == [3, 0, 1, 2, 3, 0, 1, 2]
    assert framed.targets[8:].tolist() == [0, 1, 2, 4, 0, 1, 2, 4]
    assert framed.per_sequence == 8


@pytest.mark.parametrize(
    ("wrong", "after_last", "second_round"), [([], 2, 8), ([4], 1, 7), ([5, 15], 2, 6), ([0, 3], 2, 8)]
)
def test_0354_counts_the_second_round_and_its_first_answer(monkeypatch, wrong, after_last, second_round):
    script = _script("0354_memory_next_output")
    answers = script.rounds(catalogue.config("0354_memory_next_output").resolve("two_rounds")).targets.copy()
    answers[wrong] = 4 - answers[wrong]
    answers[wrong] += answers[wrong] == 2  # 2 is its own mirror image
    monkeypatch.setattr(probes, "answer", lambda asked, framed: answers)
    settings = catalogue.config("0354_memory_next_output").resolve()
    measures = script.next_output(Asked(None, None, None, settings, None, None, None, None, None))
    assert measures["after_last"].value.stored == [after_last, 2]
    assert measures["second_round"].value.stored == [second_round, 8]


def test_0360_a_small_start_replaces_the_recurrent_weights_and_nothing_else():
    script = _script("0360_memory_long_lag_1997")
    settings = catalogue.config("0360_memory_long_lag_1997").resolve()
    plain, small = (
        script.plain_rnn(settings, kind).initial_weights(100, 101, np.random.default_rng(1))
        for kind in (layers.SimpleRNN, script.SmallStart)
    )
    assert np.array_equal(plain[0], small[0])
    assert np.allclose(plain[1] @ plain[1].T, np.eye(20), atol=1e-5)
    assert 0.15 < np.abs(small[1]).max() <= 0.2


def _script(name):
    path = catalogue.root() / "experiments" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
