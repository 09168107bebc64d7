"""How claims are judged over seeds.

The rule, stated once. A claim's condition is met or not met on each seed, which makes a rate. The claim

    holds                 if the rate's Wilson interval lies at or above 0.9
    fails                 if it lies at or below 0.1
    depends on the seed   if it lies between the two
    undecided             if it straddles 0.9 or 0.1: more seeds would decide

A claim that one thing is better than another is judged on the seeds that both have, by how many times the one has the
higher measure. A sign test says *higher*, *lower*, or *no difference shown*. Many seeds show a difference however small
it is, so the verdict also says where it is only *a little*: under one percentage point, or one percent of the control.
A claim that is exact, and every claim of a lesson, which trains nothing, needs no rate. It is *exact* if every seed
meets it, and a single seed that does not refutes it.

A claim that holds is worth as much as its control: where the control meets the same condition, the verdict says so.
A published figure is *typical* when it lies in the central 95 % of our seeds; a published text, which has no order,
when at least one seed in twenty says the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

from lstm_lab.judging.claims import Claim, Published
from lstm_lab.judging.measures import Count, Text, Value, scores
from lstm_lab.judging.statistics import (
    LEVEL,
    Interval,
    chance_of_fewer,
    middle_mean,
    paired,
    quantiles,
    success_rate,
)

HOLDS, FAILS, DEPENDS, UNDECIDED = "holds", "fails", "depends on the seed", "undecided"
EXACT, NOT_RUN = "exact", "not run"
HIGHER, LOWER, NO_DIFFERENCE = "higher", "lower", "no difference shown"

ALWAYS, NEVER = 0.9, 0.1  # a rate as high counts as always, one as low as never
COMMON_TEXT = 0.05
A_LITTLE = 0.01  # of all that was asked, or, of a number, of the control's
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
FEWEST_SEEDS = math.ceil(Z**2 * ALWAYS / (1 - ALWAYS))  # with fewer, Wilson's interval of "always" begins below 0.9


@dataclass(frozen=True)
class Rate:
    """On how many seeds a condition is met; exact, if a single seed that does not meet it refutes it."""

    met: int
    seeds: int
    exact: bool = False

    @property
    def verdict(self) -> str:
        if not self.seeds:
            return NOT_RUN
        if self.exact:
            return EXACT if self.met == self.seeds else FAILS
        rate = success_rate(self.met, self.seeds)
        if rate.low >= ALWAYS:
            return HOLDS
        if rate.high <= NEVER:
            return FAILS
        return DEPENDS if rate.low >= NEVER and rate.high <= ALWAYS else UNDECIDED

    @property
    def tested(self) -> bool:
        """Whether chance is in it: an undecided rate was tested too, and could have been found to hold by chance."""
        return bool(self.seeds) and not self.exact

    @property
    def p(self) -> float | None:
        """How probable such a rate is if the verdict is wrong; None where nothing is decided, or no chance is in it."""
        above = 1 - chance_of_fewer(self.met - 1, self.seeds, NEVER)
        below = chance_of_fewer(self.met, self.seeds, ALWAYS)
        many = 1 - chance_of_fewer(self.met - 1, self.seeds, ALWAYS)
        few = chance_of_fewer(self.met, self.seeds, NEVER)
        return None if self.exact else {HOLDS: many, FAILS: few, DEPENDS: max(above, below)}.get(self.verdict)

    @property
    def shown(self) -> str:
        return f"{self.met} of {self.seeds}"


@dataclass(frozen=True)
class Comparison:
    """Two measures on the same seeds: on how many the first is higher, the same, lower, and what a sign test says.

    claimed     HIGHER or LOWER, as the claim has it
    difference  the interquartile mean of first − second; None where no seed has both
    small       whether the difference is one that hardly matters
    """

    claimed: str
    wins: int = 0
    ties: int = 0
    losses: int = 0
    p_value: float = 1.0
    difference: Interval | None = None
    small: bool = False

    @property
    def seeds(self) -> int:
        return self.wins + self.ties + self.losses

    @property
    def verdict(self) -> str:
        if not self.seeds:
            return NOT_RUN
        if self.p_value > 1 - LEVEL:
            return NO_DIFFERENCE
        return HIGHER if self.wins > self.losses else LOWER

    @property
    def said(self) -> str:
        """The verdict with its degree: "a little higher"."""
        return f"a little {self.verdict}" if self.small and self.verdict in (HIGHER, LOWER) else self.verdict

    @property
    def tested(self) -> bool:
        return bool(self.seeds)

    @property
    def p(self) -> float | None:
        """The probability of so uneven a split if neither is better; None where no difference is shown."""
        return self.p_value if self.verdict in (HIGHER, LOWER) else None

    @property
    def shown(self) -> str:
        return f"{self.wins} higher, {self.ties} the same, {self.losses} lower"


Verdict = Rate | Comparison


def judge(
    claim: Claim,
    values: Mapping[int, Value],
    control_values: Mapping[int, Value],
    lesson: bool = False,
    control_lesson: bool = False,
) -> tuple[Verdict, Rate | None]:
    """The verdict on a claim, and the same condition judged on its control, which should not meet it.

    values  seed → the claim's measure        control_values  the control's, empty if there is none
    lesson  whether the values are a lesson's, which trains nothing
    A comparison leaves out a seed on which one of the two was asked nothing, so that its score is NaN.
    A condition that names the control is paired seed by seed; the control then has no verdict of its own.
    """
    own = {seed: value for seed, value in values.items() if seed >= claim.from_seed}
    other = {seed: value for seed, value in control_values.items() if seed >= claim.from_seed}
    condition, exact = claim.condition, claim.exact or lesson
    both = [seed for seed in own if seed in other]
    if condition.compares:
        both = [seed for seed in both if not any(math.isnan(side[seed].score or 0) for side in (own, other))]
        claimed = HIGHER if condition.relation == "above" else LOWER
        if not both:
            return Comparison(claimed), None
        found = paired(*(scores([side[seed] for seed in both]) for side in (own, other)))
        small = abs(found.difference.estimate) < A_LITTLE * _whole([other[seed] for seed in both])
        return Comparison(claimed, found.wins, found.ties, found.losses, found.p, found.difference, small), None
    if condition.paired:
        return _rate([condition.met(own[seed], other[seed]) for seed in both], exact), None
    verdict = _rate([condition.met(value) for value in own.values()], exact)
    if claim.control is None:
        return verdict, None
    return verdict, _rate([condition.met(value) for value in other.values()], claim.exact or control_lesson)


def worded(own: Verdict, control: Rate | None) -> str:
    """A verdict in words, with what its control takes away from it: "holds, and so does its control"."""
    said = own.verdict
    if isinstance(own, Comparison):
        if said not in (HIGHER, LOWER):
            return said
        return f"{own.said}, as claimed" if said == own.claimed else f"{own.said}, the opposite of the claim"
    if said not in (HOLDS, EXACT) or control is None or control.verdict == FAILS:
        return said
    if control.verdict == NOT_RUN:
        return f"{said}, but its control is not run"
    if control.verdict in (HOLDS, EXACT):
        return f"{said}, and so does its control"
    if not control.met:
        return f"{said}, but its control has too few seeds"
    return f"{said}, but on some seeds its control meets it too"


def typical(published: Published, values: Sequence[Value]) -> bool | None:
    """Is a published figure one our seeds would give? None with too few seeds, or where the source prints no figure."""
    figure = published.measure
    if figure is None or len(values) < FEWEST_SEEDS:
        return None
    if isinstance(figure, Text):
        return sum(value == figure for value in values) / len(values) >= COMMON_TEXT
    low, high = quantiles(scores(values), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return low <= figure.score <= high


def as_published(published: Published, values: Sequence[Value], exact: bool = False) -> bool | None:
    """Does a published figure come out? Exact: as every value, where nothing is drawn; else if it is typical.

    None where the source prints no figure, or with too few seeds.
    """
    if exact and published.measure is not None:
        return all(value == published.measure for value in values)
    return typical(published, values)


def all_as_published(published: Mapping[str, Published], runs: Sequence[Mapping[str, Value]]) -> Rate | None:
    """On how many seeds every published count is reached and every published text said; None under two such figures.

    A number, such as a loss, comes out the same on no other seed, and does not count.
    """
    figures = {name: one.measure for name, one in published.items() if one.right is not None or one.text is not None}
    asked = [run for run in runs if all(name in run for name in figures)]
    if len(figures) < 2 or not asked:
        return None
    return _rate([all(_reached(run[name], figure) for name, figure in figures.items()) for run in asked], False)


def chance_to_hold(rate: float, seeds: int) -> float:
    """How probable it is that a claim whose true rate is `rate` is found to hold with so many seeds.

    >>> round(chance_to_hold(0.95, 100), 2), round(chance_to_hold(0.95, 36), 2)
    (0.44, 0.16)
    """
    enough = next((met for met in range(seeds + 1) if Rate(met, seeds).verdict == HOLDS), seeds + 1)
    return 1 - chance_of_fewer(enough - 1, seeds, rate)


@cache
def chance_to_err(seeds: int) -> float:
    """How probable a wrong verdict on a rate is at most, whatever the true rate: the most is at 0.9, and alike at 0.1.

    A true rate of 0.9 is wrongly said to depend on the seed, one just below it wrongly to hold; either may be said to
    fail. It is more than half of 5 %, because Wilson's interval is exact only on the average over true rates.

    >>> round(chance_to_err(100), 3)
    0.04
    """
    said = dict.fromkeys((HOLDS, FAILS, DEPENDS, UNDECIDED), 0.0)
    for met in range(seeds + 1):
        said[Rate(met, seeds).verdict] += chance_of_fewer(met, seeds, ALWAYS) - chance_of_fewer(met - 1, seeds, ALWAYS)
    return said[FAILS] + max(said[HOLDS], said[DEPENDS])


def _reached(value: Value, figure: Value | None) -> bool:
    if value.score is None or figure is None or figure.score is None:
        return value == figure
    return value.score >= figure.score


def _whole(values: Sequence[Value]) -> float:
    """What a difference is a part of: all that was asked, or, where that is no share, the figure itself."""
    return 1.0 if isinstance(values[0], Count) else abs(middle_mean(scores(values)))


def _rate(met: Sequence[bool], exact: bool) -> Rate:
    return Rate(sum(met), len(met), exact)
