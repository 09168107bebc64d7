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
    scores = np.random.default_rng(1).normal(5, 1, 400)
    difference = statistics.paired_difference(scores, np.zeros(400))
    error = scores.std() / math.sqrt(400)
    assert difference.estimate == pytest.approx(scores.mean())
    assert difference.low == pytest.approx(scores.mean() - 1.96 * error, abs=0.2 * error)
    assert difference.high == pytest.approx(scores.mean() + 1.96 * error, abs=0.2 * error)


def test_intervals_are_the_same_every_time():
    scores = np.random.default_rng(2).random(20).tolist()
    assert statistics.interquartile_mean(scores) == statistics.interquartile_mean(scores)


def test_pairing_takes_out_what_the_seeds_share():
    """Both vary widely from seed to seed, but one is always a quarter above the other."""
    second = np.linspace(0, 0.75, 10)
    assert statistics.paired_difference(second + 0.25, second).low == pytest.approx(0.25)


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
        lambda: statistics.paired_difference([], []),
    ],
)
def test_no_seeds_are_refused(call):
    with pytest.raises(ValueError, match="needs one seed or more"):
        call()


def test_paired_difference_needs_pairs():
    with pytest.raises(ValueError, match="3 scores against 2: a paired difference needs the same seeds"):
        statistics.paired_difference([1, 2, 3], [1, 2])
