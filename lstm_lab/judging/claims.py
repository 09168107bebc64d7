"""Sentences and figures of the sources, as a TOML file states them, and how they are judged over seeds.

The rule, stated once. A claim's condition is met or not met on each seed, which makes a rate. The claim

    holds                 if the lower end of the rate's Wilson interval is 0.9 or more
    fails                 if its upper end is 0.1 or less
    depends on the seed   otherwise
    too few seeds         under 35 seeds

A claim that holds is worth as much as its control: where the control does not fail the same condition, the verdict says
so. A lesson trains nothing, so it has no seeds to depend on: its claims hold if they are met, and fail if not.
A published figure is *typical* when it lies in the central 95 % of our seeds; a published text, which has no order,
when at least one seed in twenty says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from lstm_lab.judging.conditions import Condition, parse
from lstm_lab.judging.measures import Count, Number, Text, Value, scores
from lstm_lab.judging.statistics import LEVEL, quantiles, success_rate

HOLDS, FAILS, DEPENDS, TOO_FEW = "holds", "fails", "depends on the seed", "too few seeds"
FEWEST_SEEDS = 35  # with fewer, Wilson's interval of "always" begins below 0.9
COMMON_TEXT = 0.05


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Published(_Strict):
    """What the source reports for a measure: a count, a number, or the symbols of a walk; and where it says so."""

    right: NonNegativeInt | None = None
    asked: PositiveInt | None = None
    text: str | None = None
    value: float | None = None
    note: str = ""

    @model_validator(mode="after")
    def _is_a_count(self) -> Published:
        if (self.right is None) != (self.asked is None):
            raise ValueError("a count needs both `right` and `asked`")
        if self.right is not None and self.asked is not None and self.right > self.asked:
            raise ValueError(f"{self.right} right of {self.asked} asked: no more can be right than were asked")
        return self

    @property
    def measure(self) -> Value | None:
        """The figure as a measure; None where the source prints none."""
        if self.right is not None and self.asked is not None:
            return Count(self.right, self.asked)
        if self.text is not None:
            return Text(self.text)
        return None if self.value is None else Number(self.value)


class Claim(_Strict):
    """A sentence of a source, in our words, and what would bear it out or refute it.

    condition  for one seed's measure: "all right", "none right", "at least 0.9", "at most 0.1", "equals ABC", or,
               paired with the control's measure on the same seed, "above control", "below control", "same as control"
    from_seed  judge only seeds from this one on: those a choice of settings was not made with
    control    what could refute it: "NNNN", "NNNN/variant", or a variant of the same experiment
    """

    words: str = Field(min_length=10)
    source: str = Field(min_length=3)
    measure: str
    condition: Annotated[Condition, BeforeValidator(parse)]
    control: str | None = None
    variant: str = "main"
    from_seed: NonNegativeInt = 0

    @model_validator(mode="after")
    def _has_its_control(self) -> Claim:
        if self.condition.paired and self.control is None:
            raise ValueError(f'condition is {self.condition.words!r}: name the control, as in control = "0150"')
        return self


@dataclass(frozen=True)
class Verdict:
    """A condition judged over seeds: the verdict, and how many of the seeds met it."""

    verdict: str
    met: int
    seeds: int


def judge(
    claim: Claim,
    values: Mapping[int, Value],
    control_values: Mapping[int, Value],
    exact: bool = False,
    control_exact: bool = False,
) -> tuple[Verdict, Verdict | None]:
    """The verdict on a claim, and the same condition judged on its control, which should not hold.

    values  seed → the claim's measure        control_values  the control's, empty if there is none
    exact   whether the values are a lesson's, which trains nothing
    A condition that compares with the control is paired seed by seed; the control then has no verdict of its own.
    """
    own = {seed: value for seed, value in values.items() if seed >= claim.from_seed}
    other = {seed: value for seed, value in control_values.items() if seed >= claim.from_seed}
    condition = claim.condition
    if condition.paired:
        return _verdict([condition.met(own[seed], other[seed]) for seed in own if seed in other], exact), None
    verdict = _verdict([condition.met(value) for value in own.values()], exact)
    if claim.control is None:
        return verdict, None
    return verdict, _verdict([condition.met(value) for value in other.values()], control_exact)


def worded(own: Verdict, control: Verdict | None) -> str:
    """A verdict in words, with what its control takes away from it: "holds, and so does its control"."""
    if own.verdict != HOLDS or control is None or not control.seeds or control.verdict == FAILS:
        return own.verdict
    what = "and so does its control" if control.verdict == HOLDS else f"its control {control.verdict}"
    return f"{HOLDS}, {what}"


def typical(published: Published, values: Sequence[Value]) -> bool | None:
    """Is a published figure one our seeds would give? None under 35 seeds, or where the source prints no figure."""
    figure = published.measure
    if figure is None or len(values) < FEWEST_SEEDS:
        return None
    if isinstance(figure, Text):
        return sum(value == figure for value in values) / len(values) >= COMMON_TEXT
    low, high = quantiles(scores(values), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return low <= figure.score <= high


def _verdict(met: Sequence[bool], exact: bool) -> Verdict:
    seeds, count = len(met), sum(met)
    if exact and seeds and count in (0, seeds):
        verdict = HOLDS if count else FAILS
    elif seeds < FEWEST_SEEDS:
        verdict = TOO_FEW
    else:
        rate = success_rate(count, seeds)
        verdict = HOLDS if rate.low >= 0.9 else FAILS if rate.high <= 0.1 else DEPENDS
    return Verdict(verdict, count, seeds)
