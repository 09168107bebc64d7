"""Orders as arrays: which sample each slot learns at each update, and where its state is set to zero."""

from dataclasses import replace

import numpy as np
import pytest
from refusing import refused

from lstm_lab import framing
from lstm_lab.datasets import Pairs, alphabet
from lstm_lab.framing.schedule import (
    EMPTY,
    Order,
    Schedule,
    evaluation,
    form,
    in_batches,
    in_sequence,
    shuffled,
    truncated,
)

RNG = np.random.default_rng


def letters(count: int, per_sequence: int | None = None, per_epoch: int | None = None) -> framing.Framed:
    """So many samples of one step, that may be in sequences and in epochs of their own."""
    inputs = (np.arange(count, dtype=np.int32) % 26)[:, None]
    symbols = alphabet.pairs().symbols
    return framing.time_steps(Pairs(inputs, inputs[:, 0], symbols, per_sequence=per_sequence, per_epoch=per_epoch))


def resets(schedule: Schedule) -> list[list[int]]:
    """For each slot, the updates that begin from zeros."""
    return [np.flatnonzero(column).tolist() for column in schedule.reset_before.T]


def test_stateless_training_resets_before_every_update():
    schedule = in_batches().schedule(letters(4), epochs=2, batch_size=2)
    assert schedule.batches.tolist() == [[0, 1], [2, 3], [0, 1], [2, 3]]
    assert schedule.reset_before.all()
    assert not schedule.carries
    assert schedule.epoch.tolist() == [0, 0, 1, 1]
    assert (schedule.updates, schedule.batch_size, schedule.epoch[-1]) == (4, 2, 1)


def test_the_last_batch_may_be_partial_where_no_state_is_carried():
    schedule = in_batches().schedule(letters(5), epochs=2, batch_size=3)
    assert schedule.batches.tolist() == [[0, 1, 2], [3, 4, EMPTY], [0, 1, 2], [3, 4, EMPTY]]


@pytest.mark.parametrize(
    ("reset", "first"),
    [("batch", [0, 1, 2, 3, 4, 5, 6, 7]), ("sequence", [0, 2, 4, 6]), ("epoch", [0, 4]), ("never", [0])],
)
def test_when_state_is_reset(reset, first):
    schedule = in_sequence(reset=reset).schedule(letters(4, per_sequence=2), epochs=2)
    assert schedule.batches[:, 0].tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert resets(schedule) == [first]
    assert schedule.carries == (reset != "batch")


def test_dealt_slots_see_every_second_sample():
    schedule = in_sequence(reset="sequence").schedule(letters(8, per_sequence=4), epochs=1, batch_size=2)
    assert schedule.batches.T.tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]
    assert resets(schedule) == [[0, 2], [0, 2]]


def test_runs_give_every_slot_its_own_sequence():
    schedule = in_sequence(reset="sequence", slots="runs").schedule(letters(8, per_sequence=4), epochs=2, batch_size=2)
    assert schedule.batches.T.tolist() == [[0, 1, 2, 3] * 2, [4, 5, 6, 7] * 2]
    assert resets(schedule) == [[0, 4], [0, 4]]


def test_two_sequences_to_a_run():
    schedule = in_sequence(reset="sequence", slots="runs").schedule(letters(8, per_sequence=2), epochs=1, batch_size=2)
    assert resets(schedule) == [[0, 2], [0, 2]]


def test_sequences_of_unequal_length_reset_where_they_begin():
    framed = replace(letters(6), starts=np.array([1, 0, 0, 1, 1, 0], bool))
    schedule = in_sequence(reset="sequence").schedule(framed, epochs=2)
    assert resets(schedule) == [[0, 3, 4, 6, 9, 10]]
    assert resets(in_sequence(reset="epoch").schedule(framed, epochs=2)) == [[0, 6]]
    with pytest.raises(ValueError, match="unequal length"):
        in_sequence(reset="sequence").schedule(framed, epochs=1, batch_size=2)
    with pytest.raises(ValueError, match="unequal length"):
        in_sequence(shuffle="sequences").schedule(framed, epochs=1, rng=RNG(0))


def test_fresh_data_is_walked_through():
    schedule = in_sequence(reset="epoch").schedule(letters(6, per_epoch=2), epochs=3)
    assert schedule.batches[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert schedule.epoch.tolist() == [0, 0, 1, 1, 2, 2]
    assert resets(schedule) == [[0, 2, 4]]
    with pytest.raises(ValueError, match="epochs is 4: there is fresh data for 3 epochs only"):
        in_sequence().schedule(letters(6, per_epoch=2), epochs=4)


def test_shuffled_samples_are_each_learnt_once_an_epoch():
    schedule = shuffled().schedule(letters(20), epochs=3, batch_size=5, rng=RNG(0))
    epochs = schedule.batches.reshape(3, 20)
    assert [sorted(epoch) for epoch in epochs.tolist()] == [list(range(20))] * 3
    assert len({tuple(epoch) for epoch in epochs.tolist()}) == 3
    again = shuffled().schedule(letters(20), epochs=3, batch_size=5, rng=RNG(0))
    assert np.array_equal(again.batches, schedule.batches)


def test_shuffled_fresh_samples_stay_in_their_epoch():
    schedule = shuffled().schedule(letters(12, per_epoch=4), epochs=3, rng=RNG(0))
    assert np.array_equal(schedule.batches[:, 0] // 4, schedule.epoch)
    assert sorted(schedule.batches[:, 0]) == list(range(12))


def test_shuffled_sequences_stay_whole():
    order = in_sequence(reset="sequence", shuffle="sequences")
    schedule = order.schedule(letters(12, per_sequence=3), epochs=4, rng=RNG(0))
    rows = schedule.batches.reshape(-1, 3)
    assert np.array_equal(rows - rows[:, :1], np.tile([0, 1, 2], (16, 1)))
    assert sorted(rows[:4, 0]) == [0, 3, 6, 9]
    assert any(rows[i : i + 4, 0].tolist() != [0, 3, 6, 9] for i in range(0, 16, 4))


def test_evaluation_is_one_unshuffled_pass_with_the_resets_of_training():
    order = in_sequence(reset="sequence", shuffle="sequences")
    schedule = evaluation(order, letters(24, per_sequence=3), batch_size=1)
    assert schedule.batches[:, 0].tolist() == list(range(24))
    assert resets(schedule) == [list(range(0, 24, 3))]
    assert evaluation(order, letters(6, per_sequence=1, per_epoch=2), 1).epoch[-1] == 2


def test_truncation_reaches_the_schedule():
    framed = framing.sequences(alphabet.pairs(1))
    schedule = truncated(5, 10).schedule(framed, epochs=2)
    assert (schedule.k1, schedule.k2) == (5, 10)
    assert schedule.reset_before.all()
    assert not schedule.carries
    schedule.check(framed)
    with pytest.raises(ValueError, match="k2 is 26: the sequences have 25 time steps"):
        truncated(1, 26).schedule(framed, epochs=1).check(framed)


@pytest.mark.parametrize(
    ("k1", "k2", "expected"),
    [(3, 5, (3, 5)), ("n", None, (None, None)), ("1", " n", (1, None)), ("10", "10", (10, 10))],
)
def test_the_steps_of_truncation_are_whole_numbers_or_n(k1, k2, expected):
    order = truncated(k1, k2, slots="runs")
    assert (order.k1, order.k2, order.slots, order.reset) == (*expected, "runs", "batch")


def test_a_form_is_both_numbers_as_text():
    assert form("1, n") == (1, None)
    assert form("20,5") == (20, 5)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: in_sequence().schedule(letters(25), 1, batch_size=4),
            "batch_size is 4: it does not divide the 25 sam.* 1, 5",
        ),
        (
            lambda: in_sequence(reset="sequence").schedule(letters(8, per_sequence=2), 1, batch_size=4),
            "does not divide the 2 samples of a sequence",
        ),
        (
            lambda: in_sequence(reset="sequence", slots="runs").schedule(letters(12, per_sequence=6), 1, batch_size=3),
            "runs of 4 samples do not fit sequences of 6",
        ),
        (lambda: in_batches().schedule(letters(5), 0), "epochs is 0"),
        (lambda: in_batches().schedule(letters(5), -3), "epochs is -3"),
        (lambda: in_batches().schedule(letters(5), 1, batch_size=0), "batch_size is 0"),
        (lambda: shuffled().schedule(letters(5), 1), "needs a random generator, rng"),
        (lambda: in_sequence(shuffle="samples"), "but state is carried from sample to sample"),
        (lambda: Order(shuffle="samples", reset="sequence"), "shuffle is 'samples' and reset 'sequence': shuffled sam"),
        (lambda: truncated(0, 1), "k1 is 0: use a whole number of time steps, 1 or more, or n"),
        (lambda: truncated(1, "m"), "k2 is 'm': use a whole number"),
        (lambda: truncated(1, 2.0), "k2 is 2.0"),
        (lambda: truncated(True, 2), "k1 is True"),
        (lambda: truncated("n", ""), "k2 is ''"),
        (lambda: form("n"), "form is 'n': write k1,k2"),
        (lambda: form("1,0"), "form is '1,0': k2 is '0'"),
    ],
)
def test_what_does_not_fit_is_one_clear_line(make, says):
    with refused(says):
        make()


def test_a_schedule_of_ones_own_is_checked():
    good = {"batches": np.array([[0], [1]]), "reset_before": np.ones((2, 1), bool), "epoch": np.array([0, 0])}
    Schedule(**good).check(letters(2))
    with pytest.raises(ValueError, match="asks for sample 1: there are samples 0 to 0"):
        Schedule(**good).check(letters(1))
    with pytest.raises(ValueError, match="asks for sample -2"):
        Schedule(**good | {"batches": np.array([[0], [-2]])}).check(letters(2))
    with pytest.raises(ValueError, match="each the same or one more"):
        Schedule(**good | {"epoch": np.array([1, 0])})
    with pytest.raises(ValueError, match="reset_before of shape"):
        Schedule(**good | {"reset_before": np.ones((1, 1), bool)})
    with pytest.raises(ValueError, match="that slot's state would be out of date"):
        Schedule(**good | {"batches": np.array([[0], [EMPTY]])}, carries=True)
    with pytest.raises(ValueError, match="neither of them 0"):
        Schedule(np.zeros((0, 1)), np.zeros((0, 1), bool), np.zeros(0))


@pytest.mark.parametrize(
    ("epochs", "batch_size", "instead"),
    [(10**8, 1, "use fewer epochs"), (1, 10**9, "use fewer epochs or a smaller batch")],
)
def test_a_schedule_too_large_for_memory_says_what_would_do(epochs, batch_size, instead):
    with refused(f"above the bound of 1 GiB; {instead}$"):
        shuffled().schedule(letters(4), epochs, batch_size)


def test_orders_say_whether_they_carry():
    assert not Order().carries
    assert in_sequence(reset="never").carries
