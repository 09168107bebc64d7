"""Each statistic on numbers worked out by hand."""

import math

import numpy as np
import pytest

from lstm_lab.judging import measures, statistics
from lstm_lab.judging.measures import Count, Number, Text
from lstm_lab.judging.statistics import Interval


@pytest.mark.parametrize(("successes", "seeds"), [(0, 30), (7, 10), (30, 30), (96, 100)])
def test_success_rate_is_wilsons_formula(successes, seeds):
    z, p = 1.959963984540054, successes / seeds
    middle = (p + z**2 / (2 * seeds)) / (1 + z**2 / seeds)
    half = z / (1 + z**2 / seeds) * math.sqrt(p * (1 - p) / seeds + z**2 / (4 * seeds**2))
    rate = statistics.success_rate(successes, seeds)
    assert rate.estimate == p
    assert (rate.low, rate.high) == pytest.approx((middle - half, middle + half), abs=1e-9)


def test_interquartile_mean_leaves_out_the_outer_quarters():
    scores = [0.0, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 100.0]
    assert statistics.interquartile_mean(scores).estimate == pytest.approx((0.2 + 0.4 + 0.6 + 0.8) / 4)


def test_bootstrapped_interval_is_about_as_wide_as_the_standard_error_says():
    """The interquartile mean of normal scores has about 1.09 times the standard error of their mean."""
    scores = np.random.default_rng(1).normal(5, 1, 400)
    middle = statistics.interquartile_mean(scores)
    error = 1.09 * scores.std() / math.sqrt(400)
    assert middle.low == pytest.approx(middle.estimate - 1.96 * error, abs=0.3 * error)
    assert middle.high == pytest.approx(middle.estimate + 1.96 * error, abs=0.3 * error)


def test_a_comparison_counts_seeds_and_leaves_ties_out_of_the_sign_test():
    """Nine of ten untied seeds: 2 · (1 + 10) / 2 ** 10."""
    first = [1.0] * 9 + [0.0] + [0.5] * 5
    found = statistics.paired(first, [0.5] * 15)
    assert (found.wins, found.ties, found.losses) == (9, 5, 1)
    assert found.p == pytest.approx(22 / 1024)


def test_one_wild_seed_does_not_hide_the_others_of_a_comparison():
    found = statistics.paired([0.1] * 39 + [-5.6], [0.0] * 40)
    assert found.difference.estimate == pytest.approx(0.1)
    assert found.difference.low == pytest.approx(0.1)


def test_seeds_that_agree_show_no_difference():
    found = statistics.paired([0.5, 0.25], [0.5, 0.25 + 1e-12])
    assert (found.wins, found.ties, found.losses, found.p) == (0, 2, 0, 1.0)


def test_holms_method_by_hand():
    """In order: 0.01 ≤ 0.05/4, 0.015 ≤ 0.05/3, 0.02 ≤ 0.05/2, 0.03 ≤ 0.05/1; but 0.03 > 0.05/2 ends the second."""
    assert statistics.holm([0.03, 0.01, 0.02, 0.015]) == [True, True, True, True]
    assert statistics.holm([0.04, 0.01, 0.03, 0.015]) == [False, True, False, True]
    assert statistics.holm([0.5]) == [False]
    assert statistics.holm([]) == []


def test_intervals_are_the_same_every_time():
    scores = np.random.default_rng(2).random(20).tolist()
    assert statistics.interquartile_mean(scores) == statistics.interquartile_mean(scores)


def test_pairing_takes_out_what_the_seeds_share():
    """Both vary widely from seed to seed, but one is always a quarter above the other."""
    second = np.linspace(0, 0.75, 10)
    assert statistics.paired(second + 0.25, second).difference.low == pytest.approx(0.25)


def test_scores_that_agree_have_no_width():
    assert statistics.interquartile_mean([0.5] * 3) == Interval(0.5, 0.5, 0.5)


def test_quantiles_on_a_straight_line():
    assert statistics.quantiles(range(41)) == pytest.approx([1, 10, 20, 30, 39])


def test_scores():
    assert measures.scores([Count(3, 4), Number(2)]) == [0.75, 2.0]
    assert math.isnan(Count(0, 0).score)
    with pytest.raises(ValueError, match="needs counts or numbers"):
        measures.scores([Text("BCDEF")])


@pytest.mark.parametrize("stored", [[9, 10], "BCD", 0.5, 3, [0, 0]])
def test_a_measure_is_stored_as_it_was_read(stored):
    measure = measures.read(stored)
    assert measure.stored == stored
    assert type(measure.stored) is type(stored)
    assert measures.read(measure) is measure


@pytest.mark.parametrize("stored", [None, [1], [1, 2, 3], ["a", 2], {"right": 1}])
def test_what_is_no_measure_is_refused(stored):
    with pytest.raises(ValueError, match="should be a count"):
        measures.read(stored)


@pytest.mark.parametrize(
    ("measure", "shown"),
    [
        (Count(21, 25), "21/25 (84 %)"),
        (Count(3.6667, 4), "3.7/4 (91.7 %)"),
        (Count(9999, 10000), "9999/10000 (99.99 %)"),
        (Count(0, 0), "0/0"),
        (Text("BCD"), "BCD"),
        (Number(4.60517), "4.605"),
    ],
)
def test_each_measure_knows_how_it_is_shown(measure, shown):
    assert measure.shown == shown


@pytest.mark.parametrize(
    "call",
    [
        lambda: statistics.success_rate(0, 0),
        lambda: statistics.interquartile_mean([]),
        lambda: statistics.quantiles([]),
        lambda: statistics.paired([], []),
    ],
)
def test_no_seeds_are_refused(call):
    with pytest.raises(ValueError, match="needs one seed or more"):
        call()


def test_a_comparison_needs_pairs():
    with pytest.raises(ValueError, match="3 scores against 2: a comparison needs the same seeds"):
        statistics.paired([1, 2, 3], [1, 2])
