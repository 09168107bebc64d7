"""Networks and data on which a verdict could be wrong, or surer than the data allow; and figures computed directly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_networks import SYMBOLS, Machine

from lstm_lab import datasets, framing, models, schedule
from lstm_lab.inspecting.use import verdict
from lstm_lab.inspecting.use.asking import Asking
from lstm_lab.inspecting.use.making import TESTS, ask
from lstm_lab.inspecting.use.resampling import estimate
from lstm_lab.inspecting.use.sequences import of_samples
from lstm_lab.judging.statistics import Interval
from lstm_lab.probes.memory import as_sequences

QUICK = [test for test in TESTS if test != "gradient"]
X = np.random.default_rng(0).integers(SYMBOLS, size=(40, 24))
ONE_BACK = Machine(lambda held, symbol: symbol, lambda held, symbol: held)
ADDER = Machine(lambda held, symbol: held + symbol, lambda held, symbol: held + symbol, None)
READING_CLOCK = Machine(lambda held, symbol: held + 1, lambda held, symbol: (held + symbol) % SYMBOLS)
FIRST_KEPT = Machine(
    lambda held, symbol: np.where(held, held, symbol + 1), lambda held, symbol: np.maximum(held - 1, 0)
)


def back(steps):
    """Says the symbol so many steps back."""
    return Machine(
        lambda held, symbol: (held * SYMBOLS + symbol) % SYMBOLS**steps,
        lambda held, symbol: held // SYMBOLS ** (steps - 1),
    )


def sequences(network, x, y=None):
    y = network.right(x) if y is None else y
    numbers = network.classes is None
    return of_samples(
        np.eye(SYMBOLS, dtype="float32")[x.ravel()][:, None],
        y.reshape(-1, 1) if numbers else y.ravel(),
        (1 if numbers else network.classes,),
        carries=True,
        slots=1,
        per_sequence=x.shape[1],
    )


def asked(network, x=X, y=None, tests=QUICK):
    return ask(network, sequences(network, x, y), tests=tests)


def lstm(pairs, stateful=True):
    return models.lstm_classifier(3, classes=len(pairs.symbols), stateful=stateful)


def fires(draw, seeds=200):
    """How often a mean that is 0 is said to be above 0; draw(rng) gives values [sequences, answers]."""
    asking = Asking(None, None, None)
    return sum(asking.estimate(draw(np.random.default_rng(seed)), difference=True).low > 0 for seed in range(seeds))


@pytest.mark.parametrize("rows", [1, 40])
def test_a_sum_of_the_inputs_is_no_clock_though_it_grows_with_the_steps(rows):
    use = asked(ADDER, X[:rows])
    assert use.clock.place.low > 0.5
    assert use.verdict.kind == verdict.TRAINED


@pytest.mark.parametrize("rows", [1, 40])
def test_a_clock_that_also_reads_its_input_is_a_clock(rows):
    use = asked(READING_CLOCK, X[:rows])
    assert use.clock.place.high < 0.5
    assert use.verdict.kind == verdict.CLOCK
    assert "how many steps have gone by" in str(use.verdict)


def test_a_memory_that_few_answers_need_is_no_clock():
    network = Machine(FIRST_KEPT.move, lambda held, symbol: np.where(symbol == 3, np.maximum(held - 1, 0), symbol))
    x = np.where(np.random.default_rng(1).random(X.shape) < 0.1, 3, X % 3)
    use = asked(network, x)
    assert use.resets.adds.low > 0
    assert use.verdict.kind == verdict.TRAINED
    assert "no earlier one, up to 12 steps back, is seen" in str(use.verdict)


def test_the_commonest_class_for_everything_is_no_better_than_chance():
    y = (np.random.default_rng(0).random(X.shape) < 0.2).astype(int)
    use = asked(Machine(ONE_BACK.move, lambda held, symbol: 0 * symbol), y=y, tests=[])
    assert use.chance == pytest.approx((y == 0).mean())
    assert use.verdict.kind == verdict.CHANCE


@pytest.mark.parametrize(
    ("steps", "says"),
    [(7, "an input 7 to 8 steps back."), (12, "an input 9 to 12 steps back, and perhaps farther ones")],
)
def test_no_lag_goes_unasked(steps, says):
    assert says in str(asked(back(steps), tests=["resets", "reach"]).verdict)


def test_two_steps_are_enough_to_look_one_back():
    use = asked(ONE_BACK, X[:, :2])
    assert use.reach.used == [1]
    assert use.not_made == {}
    assert use.verdict.kind == verdict.REMEMBERS


def test_a_difference_within_doubt_is_not_said_to_be_none():
    y = ONE_BACK.right(X[:6])
    y[:2] = 0  # of two sequences the answers from a zero state are right
    use = replace(asked(ONE_BACK, X[:6], y, tests=["resets", "warm_up"]), right=Interval(0.9, 0.8, 1.0))
    assert use.resets.adds.low <= 0 < use.resets.adds.estimate
    assert use.verdict.kind == verdict.NOTHING
    assert "a difference within doubt" in str(use.verdict)
    within = replace(use, warm_up=replace(use.warm_up, adds=Interval(0.3, 0.2, 0.4)))
    assert within.verdict.kind == verdict.SAMPLE
    assert "not shown to be less right" in str(within.verdict)


def test_where_no_test_of_memory_was_made_the_verdict_says_so():
    use = asked(ONE_BACK, tests=["reach"])
    assert str(use.verdict) == "No evidence of memory. No test of memory was made. It uses the input 1 step back."


def test_chance_seldom_passes_for_something_whatever_the_number_of_sequences():
    for rows in (5, 40):  # 2.5 % of 200 are 5; the bootstrap alone says so 18 times with five sequences
        assert fires(lambda rng, rows=rows: rng.normal(0, 1, (rows, 1)) + rng.normal(0, 1, (rows, 12))) <= 12


def test_answers_of_a_series_go_together():
    def series(rng):
        noise = rng.normal(size=164)
        return np.convolve(noise, 0.8 ** np.arange(25), "valid")[None]

    assert fires(series) <= 20  # answers taken one by one: 55 times


def test_windows_that_overlap_are_no_sequences_of_their_own():
    series = np.random.default_rng(0).integers(SYMBOLS, size=129)
    windows = np.lib.stride_tricks.sliding_window_view(series, 10)
    found = of_samples(np.eye(SYMBOLS)[windows], windows[:, -2], (SYMBOLS,), carries=False, slots=1, per_sequence=1)
    use = ask(ONE_BACK, found, tests=[])
    assert use.right.estimate == 1
    assert use.right.low == pytest.approx(estimate(np.ones(12), np.arange(12)).low)  # 120 windows, 12 apart


def test_a_mean_is_that_of_all_answers_however_they_are_resampled():
    values = np.array([1.0] * 24 + [0.0])
    assert estimate(values, np.zeros(25, int)).estimate == pytest.approx(0.96)
    assert estimate(values, np.zeros(25, int)).high <= 1


def test_the_last_few_answers_of_a_stream_decide_nothing():
    use = asked(FIRST_KEPT, X[:, :23])
    ends = [*use.served.same.at[1:], use.served.steps]
    assert ends[-1] - ends[-2] >= ends[-2] / 2


def test_the_figures_are_those_of_a_direct_computation():
    network = back(2)
    asking = Asking(network, sequences(network, X), np.random.default_rng(0))
    places = Asking(network, asking.sequences, np.random.default_rng(0)).places()

    def said(symbols):
        return network.right(np.array([symbols]))[0]

    usual = np.array([said(row) for row in X])
    use = asked(network, tests=[])
    assert use.right.estimate == 1
    cut = [said(row[start : start + 4]) for row in X for start in range(0, 24, 4)]
    every = asked(network, tests=["resets"]).resets.every
    assert every[4].estimate == pytest.approx((np.array(cut).reshape(40, 24) == usual).mean())
    states = asking.states_before(places.steps, places.rows)[0][:, 0]
    held = [X[row, step - 2] * SYMBOLS + X[row, step - 1] for row, step in zip(places.rows, places.steps, strict=True)]
    assert states.tolist() == held
    for before in (0, 1, 2):
        cold = [said(X[row, step - before : step + 1])[-1] for row, step in zip(places.rows, places.steps, strict=True)]
        found = asking.last(places.windows(asking.sequences.x, before))
        assert found.tolist() == cold


def test_sequences_without_a_common_target_are_refused():
    found = sequences(ONE_BACK, X)
    with pytest.raises(ValueError, match="no step has a target in every sequence"):
        ask(ONE_BACK, replace(found, due=np.zeros(24, bool)))


@pytest.mark.parametrize("slots", [1, 2])
def test_targets_that_do_not_count_are_not_asked_about(slots):
    pairs = datasets.memory.pairs(last_only=True)
    framed = framing.time_steps(pairs, coding="one_hot")
    found = as_sequences(framed, schedule.in_sequence(reset="epoch"), slots, lstm(pairs))
    counted = framed.loss_mask.reshape(-1, slots).any(axis=1)  # a slot without a target is left out
    assert found.due.tolist() == counted.tolist()
    assert as_sequences(framed, schedule.in_batches(), 1, lstm(pairs, False)).count == framed.loss_mask.sum()
