"""Probes ask predictors whose answers are known: one that counts, one that looks up, one that always says A."""

import re
from dataclasses import replace

import numpy as np
import pytest
from refusing import refused

from lstm_lab import framing, models, probes, schedule
from lstm_lab.datasets import BLANK, Pairs, alphabet
from lstm_lab.judging.measures import Count, Number, Text
from lstm_lab.probes import Asked, answers
from lstm_lab.suite.values import Settings
from lstm_lab.trainers.trained import Trained


def one_hot(answers, classes: int) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[np.asarray(answers)]


def next_letter(inputs, state):
    """Knows what follows the last letter, and needs no memory for it."""
    return one_hot((inputs[:, -1, -1] + 1) % 26, 26), state or []


def counts_calls(inputs, state):
    """Says A the first time, B the second, …: its memory is how often it was asked since the reset."""
    count = np.zeros(len(inputs), np.float32) if state is None else state[0][0][:, 0]
    return one_hot(count.astype(int) % 26, 26), [((count + 1)[:, None], (count + 1)[:, None])]


def always_a(inputs, state):
    return one_hot(np.zeros(len(inputs), int), 26), state or []


def asked(predictor, framed, order=None, weights=None, before=None, batch_size=1) -> Asked:
    order = order or schedule.in_batches()
    architecture = models.lstm_classifier(2, framed.target_codec.classes, stateful=order.carries)
    before = (
        architecture.initial_weights(framed.steps, framed.features, np.random.default_rng(0))
        if before is None
        else before
    )
    return Asked(
        framed=framed,
        order=order,
        architecture=architecture,
        settings=Settings(batch_size=batch_size, epochs=9),
        trained=Trained(before if weights is None else weights, [], {"loss": np.array([3.0, 0.5])}),
        before=before,
        predictor=predictor,
        rng=np.random.default_rng(0),
        redraw=lambda settings: framed,
    )


ONE = framing.time_steps(alphabet.pairs(1))


def test_many_samples_are_asked_in_parts(monkeypatch):
    def few(inputs, state):
        assert len(inputs) <= 4
        return next_letter(inputs, state)

    monkeypatch.setattr(answers, "AT_ONCE", 4)
    assert probes.in_order()(asked(few, ONE))["in_order"].value == Count(25, 25)


def test_in_order_counts_and_its_baselines():
    found = probes.in_order()(asked(next_letter, ONE))["in_order"]
    assert found.value == Count(25, 25)
    assert found.chance == pytest.approx(25 / 26)
    assert found.lookup_table == 25
    assert found.lines[0] == "A → B"
    wrong = probes.in_order()(asked(always_a, ONE))["in_order"]
    assert wrong.value == Count(0, 25)
    assert wrong.lines[0] == "A → A   (B)"


def test_unseen_leaves_out_what_was_trained_on():
    first_ten = ONE.take(np.arange(10))
    found = probes.unseen(lambda settings, rng: ONE)(asked(next_letter, first_ten))["unseen"]
    assert found.value == Count(15, 15)
    assert found.lines[0] == "K → L"


LAST_ONLY = models.lstm_classifier(2, 26)
FIRST = LAST_ONLY.initial_weights(1, 1, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda seen: probes.walk([]), "start is []: need a symbol or more"),
        (lambda seen: probes.walk(5), "start is 5: need a text or a list of texts"),
        (lambda seen: probes.walk("A", steps=1.5), "steps is 1.5: need a whole number, 0 to 10000"),
        (lambda seen: probes.walk("A", steps=10**9), "steps is 1000000000: need a whole number, 0 to 10000"),
        (lambda seen: probes.warmed_up("J…A", "K"), "before is 'J…A': J comes after A"),
        (lambda seen: probes.random_order(10**10), "num is 10000000000: need a whole number, 1 to 10000"),
        (lambda seen: probes.unseen(None), "make is None: need a function"),
        (lambda seen: probes.on("made", 3), "make is 3: need a function"),
        (lambda seen: probes.epochs_to_learn(float("nan")), "accuracy is nan: need a finite number"),
        (lambda seen: probes.epochs_to_learn(over=0), "over is 0: need a whole number, 1 or more"),
        (lambda seen: probes.read_text(5, ONE, LAST_ONLY), "text is 5: need a text"),
        (lambda seen: probes.reach_of_gradient(LAST_ONLY, FIRST, ONE), "the network answers once, after its last step"),
        (lambda seen: probes.looks_back(LAST_ONLY, ONE.x(), seen.rng), "the network answers once, after its last step"),
        (lambda seen: probes.side_by_side(seen, FIRST, np.zeros((2, 3, 1), int)), "two sequences that differ in their"),
        (lambda seen: probes.side_by_side(seen, FIRST, np.zeros((3, 3, 1), int)), "inputs of shape (3, 3, 1)"),
        (lambda seen: probes.lookup_table(ONE, framing.window(alphabet.pairs(3))), "samples of 3 codes a step"),
    ],
)
def test_a_question_that_has_no_answer_is_refused_by_name(ask, says):
    with refused(re.escape(says)):
        ask(asked(next_letter, ONE))


def test_two_sequences_side_by_side_are_apart_until_a_reset():
    architecture = models.lstm_classifier(2, 26)
    weights = architecture.initial_weights(1, 1, np.random.default_rng(0))
    both = np.array([[[0], [5], [5], [5]], [[9], [5], [5], [5]]], np.int32)
    seen = asked(always_a, ONE)
    apart, answers = probes.side_by_side(seen, weights, both)
    assert apart[0] == 1
    assert (np.diff(apart) < 0).all()  # untrained, it forgets step by step
    assert answers.shape == (2,)
    apart, answers = probes.side_by_side(seen, weights, both, reset_at=2)
    assert (apart[:2] > 0).all()
    assert apart[2:].tolist() == [0, 0]
    assert answers[0] == answers[1]


def counting(per_sequence: int, sequences: int, known=None) -> framing.Framed:
    """Sequences to be answered A, B, C, …: only a predictor that counts from the reset can do it."""
    targets = np.tile(np.arange(per_sequence, dtype=np.int32), sequences)
    inputs = np.zeros((len(targets), 1), np.int32)
    return framing.time_steps(Pairs(inputs, targets, ONE.codec.symbols, known, per_sequence=per_sequence))


@pytest.mark.parametrize(("reset", "right"), [("sequence", 12), ("epoch", 4), ("batch", 3)])
def test_in_order_carries_and_resets_state_as_training_did(reset, right):
    found = probes.in_order()(asked(counts_calls, counting(4, 3), schedule.in_sequence(reset=reset)))["in_order"]
    assert found.value == Count(right, 12)
    assert found.lookup_table == 3


def test_sequences_of_unequal_length_and_slots_of_their_own():
    framed = replace(counting(3, 2), per_sequence=0, starts=np.array([1, 0, 0, 1, 0, 0], bool))
    found = probes.in_order()(asked(counts_calls, framed, schedule.in_sequence(reset="sequence")))["in_order"]
    assert found.value == Count(6, 6)
    order = schedule.in_sequence(reset="sequence", slots="runs")
    assert probes.in_order()(asked(counts_calls, counting(2, 4), order, batch_size=2))["in_order"].value == Count(8, 8)


class Staggered(schedule.Order):
    """Two slots, of which the second forgets halfway and the first does not."""

    def schedule(self, *arguments, **names):
        made = super().schedule(*arguments, **names)
        reset = made.reset_before.copy()
        reset[2, 1] = True
        return replace(made, reset_before=reset)


def test_one_slot_may_forget_while_another_remembers():
    framed = replace(counting(4, 2), targets=np.array([0, 1, 2, 3, 0, 1, 0, 1], np.int32))
    order = Staggered(reset="sequence", slots="runs")
    assert probes.in_order()(asked(counts_calls, framed, order, batch_size=2))["in_order"].value == Count(8, 8)


def test_each_sequence_has_a_count_of_its_own():
    framed = replace(counting(4, 2), targets=np.array([0, 1, 2, 3, 0, 0, 0, 0], np.int32))
    found = probes.in_order(per_sequence=True)(asked(counts_calls, framed, schedule.in_sequence(reset="sequence")))
    assert {name: measure.value for name, measure in found.items()} == {
        "in_order_1": Count(4, 4),
        "in_order_2": Count(1, 4),
    }


def test_targets_that_cannot_be_known_are_not_counted():
    known = np.array([False, True, True, True] * 2)
    found = probes.in_order()(asked(always_a, counting(4, 2, known), schedule.in_sequence(reset="sequence")))[
        "in_order"
    ]
    assert found.value == Count(0, 6)
    assert found.chance == pytest.approx(6 / 26)
    assert found.lookup_table == 2


def test_with_fresh_data_the_last_epoch_is_asked():
    inputs = np.arange(6, dtype=np.int32)[:, None]
    targets = np.array([9, 9, 9, 9, 5, 6], np.int32)
    framed = framing.time_steps(Pairs(inputs, targets, ONE.codec.symbols, per_epoch=2))
    assert probes.in_order()(asked(next_letter, framed))["in_order"].value == Count(2, 2)


def test_fresh_sequences_are_so_many_epochs_worth():
    # As many samples as the settings say epochs, so that three epochs' worth can be told from nine.
    context = replace(asked(next_letter, ONE), redraw=lambda settings: ONE.take(np.arange(settings.epochs)))
    assert probes.fresh_sequences(3)(context)["fresh"].value == Count(3, 3)


def test_own_samples_are_made_from_the_probes_randomness():
    probe = probes.on("own", lambda settings, rng: ONE.take(rng.integers(25, size=settings.batch_size)))
    assert probe(asked(next_letter, ONE, batch_size=7))["own"].value == Count(7, 7)


def test_random_order_asks_training_samples_without_state():
    assert probes.random_order(20)(asked(next_letter, ONE))["random_order"].value == Count(20, 20)
    first_only = probes.random_order(20)(asked(counts_calls, counting(4, 1), schedule.in_sequence()))["random_order"]
    drawn = np.random.default_rng(0).integers(4, size=20)
    assert first_only.value == Count(int((drawn == 0).sum()), 20)


def test_a_stateful_walk_carries_its_state():
    found = probes.walk("A", steps=4)(asked(counts_calls, ONE, schedule.in_sequence()))
    assert found["walk_A"].value == Text("ABCD")
    assert found["walk_A"].lines == ["A → ABCD"]


def test_a_walk_feeds_its_answers_back():
    assert probes.walk("X", steps=4)(asked(next_letter, ONE, schedule.in_sequence()))["walk_X"].value == Text("YZAB")
    assert probes.cold_start("K")(asked(next_letter, ONE))["cold_start_K"].value == Text("LMNOP")


def test_a_walk_goes_where_its_answers_lead():
    def every_other_letter(inputs, state):
        return one_hot((inputs[:, -1, -1] + 2) % 26, 26), state or []

    for order in (schedule.in_sequence(), schedule.in_batches()):
        assert probes.walk("A", steps=4)(asked(every_other_letter, ONE, order))["walk_A"].value == Text("CEGI")


def test_warming_up_feeds_one_letter_at_a_time():
    stateful = asked(counts_calls, ONE, schedule.in_sequence())
    assert probes.warmed_up("A…J", "K")(stateful)["warmed_up_K"].value == Text(
        "K"
    )  # ten letters before: the eleventh answer
    short = probes.warmed_up("AB", "K")(stateful)["warmed_up_K"]
    assert (short.value, short.lines) == (Text("C"), ["ABK → C"])


class Listens:
    """Notes what it is given."""

    def __init__(self):
        self.given = []

    def __call__(self, inputs, state):
        self.given.append(inputs[0].tolist())
        return next_letter(inputs, state)


def test_a_stateless_walk_shows_what_fits_into_the_framing():
    as_steps, as_features = Listens(), Listens()
    padded = framing.padded(alphabet.prefixes("ABCDE"), steps=4)
    probes.walk("A", steps=3)(asked(as_steps, replace(padded, codec=ONE.codec, target_codec=ONE.codec)))
    assert as_steps.given == [
        [[BLANK], [BLANK], [BLANK], [0]],
        [[BLANK], [BLANK], [0], [1]],
        [[BLANK], [0], [1], [2]],
    ]
    probes.walk(list("ABC"), steps=2)(asked(as_features, framing.window(alphabet.pairs(2))))
    assert as_features.given == [[[1, 2]], [[2, 3]]]


def test_lookup_table_knows_the_last_symbol_and_no_more():
    framed = framing.time_steps(alphabet.pairs(2, "cabacabad"))
    assert framed.codec.text(framed.inputs[:, -1]) == "abacaba"
    assert framed.target_codec.text(probes.lookup_table(framed, framed)) == "bababab"  # after a: b, c, b, d


def test_of_targets_that_came_as_often_the_lookup_table_says_the_one_that_came_first():
    pairs = Pairs(np.array([[0], [0], [1], [0], [0], [2]]), np.array([4, 3, 2, 4, 3, 2], np.int32), tuple("ABCDE"))
    training = framing.time_steps(pairs)
    about = framing.time_steps(replace(pairs, inputs=np.array([[0], [1], [3]]), targets=np.zeros(3, np.int32)))
    # After A came E and D, twice each, E first. D (code 3) never was an input: E, D and C are the targets twice each.
    assert probes.lookup_table(training, about).tolist() == [4, 2, 4]
    assert probes.lookup_table(training.take([1, 0, 2, 3, 4, 5]), about).tolist() == [3, 2, 3]


def test_the_lookup_table_knows_the_training_samples_alone():
    others = replace(ONE, targets=(ONE.targets + 1) % 26)  # what it has learnt is wrong for all of them
    found = probes.on("others", lambda settings, rng: others)(asked(next_letter, ONE))["others"]
    assert found.lookup_table == 0


def test_lookup_table_sees_through_padding_and_guesses_at_what_it_never_saw():
    framed = framing.padded(alphabet.prefixes("ABCD"), steps=3, side="post")
    assert probes.lookup_table(framed, framed).tolist() == [1, 2, 3]
    never_c = framed.take([0, 0, 1])
    assert probes.lookup_table(never_c, framed).tolist() == [1, 2, 1]


def test_lookup_table_takes_a_missing_value_as_missing():
    inputs = np.array([[0, 1], [2, BLANK], [0, 1]], np.int32)
    framed = framing.time_steps(Pairs(inputs, np.array([0, 2, 0], np.int32), tuple("ABC")), holes=True)
    asked_about = framing.time_steps(
        Pairs(np.array([[1, BLANK]], np.int32), np.array([1], np.int32), tuple("ABC")), True
    )
    assert probes.lookup_table(framed, asked_about).tolist() == [2]  # what came with nothing, not what came with B


def test_lookup_table_hears_all_before_a_decoder_speaks():
    inputs = np.array([[[0], [1], [2]], [[1], [2], [0]]], np.int32)
    targets = np.array([[2, 1, 0], [0, 2, 1]], np.int32)
    codec = framing.Codec(tuple("ABC"))
    framed = framing.Framed(inputs, targets, codec, codec)
    assert probes.lookup_table(framed, framed, each_step=False).tolist() == targets.tolist()
    assert probes.lookup_table(framed, framed, each_step=True).tolist() != targets.tolist()


def test_lookup_table_at_every_step():
    known = np.array([False, True, True, True])
    pairs = Pairs(np.array([[0], [1], [0], [1]]), np.array([2, 0, 1, 0]), tuple("ABC"), known, per_sequence=2)
    framed = framing.sequences(pairs)
    assert probes.lookup_table(framed, framed).tolist() == [[1, 0], [1, 0]]


def test_kernels_moved_and_unmoved():
    context = asked(next_letter, ONE)
    total = 2 * 8 + 1 * 2 + 2  # recurrent kernel, and the forget gate's part of kernel and bias
    assert probes.kernel_unmoved()(context)["recurrent_kernel_unmoved"].value == Count(total, total)
    moved = [array.copy() for array in context.before]
    moved[1][0, 0] += 1e-6
    moved[0][0, 0] += 1.0  # the input gate's part may move
    moved[2][2] += 1.0
    after = replace(context, trained=replace(context.trained, weights=moved))
    assert probes.kernel_unmoved()(after)["recurrent_kernel_unmoved"].value == Count(total - 2, total)


def test_the_final_loss_is_the_last_epochs():
    assert probes.final_loss()(asked(next_letter, ONE))["loss"].value == Number(0.5)
