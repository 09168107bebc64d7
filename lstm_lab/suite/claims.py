"""Sentences of the sources, judged by the runs; and published figures, placed among our seeds.

The rule, stated once. A claim's condition is met or not met on each seed, which makes a rate. The claim

    holds                 if the lower end of the rate's Wilson interval is 0.9 or more
    fails                 if its upper end is 0.1 or less
    depends on the seed   otherwise
    too few seeds         under 30 seeds

A claim that holds is worth as much as its control: where the control does not fail the same condition, the verdict says
so. A lesson trains nothing, so it has no seeds to depend on: its claims hold if they are met, and fail if not.
A published figure is *typical* when it lies in the central 95 % of our seeds; a published text, which has no order,
when at least one seed in twenty says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lab.judging.claims import Claim, Published
from lstm_lab.judging.statistics import LEVEL, Interval, quantiles, score, success_rate
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import Config
from lstm_lab.suite.values import suggest

HOLDS, FAILS, DEPENDS, TOO_FEW = "holds", "fails", "depends on the seed", "too few seeds"
FEWEST_SEEDS = 30
COMMON_TEXT = 0.05


@dataclass(frozen=True)
class Verdict:
    """A condition judged over seeds; rate is None where no seed was asked."""

    verdict: str
    met: int
    seeds: int
    rate: Interval | None


def check(name: str, config: Config) -> None:
    """Refuse claims that could never be judged: a variant or control that does not exist, a condition without one."""
    for number, claim in enumerate(config.claims, 1):
        where = f"{name}.toml: claim {number}"
        if claim.variant not in config.variant_names():
            raise ValueError(
                f"{where}: variant {claim.variant!r} is unknown: {suggest(claim.variant, config.variant_names())}"
            )
        if claim.condition.endswith("control") and claim.control is None:
            raise ValueError(f'{where}: condition is {claim.condition!r}: name the control, as in control = "0150"')
        try:
            _threshold(claim.condition)
            control(claim, name, config)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None


def control(claim: Claim, name: str, config: Config) -> tuple[str, str] | None:
    """(experiment's name, variant) of a claim's control: a variant of its own, "NNNN" or "NNNN/variant"."""
    if claim.control is None:
        return None
    if claim.control in config.variant_names():
        return name, claim.control
    try:
        return catalogue.variant(claim.control)
    except ValueError as error:
        raise ValueError(f"control {claim.control!r}: {error}") from None


def judge(claim: Claim, runs: Sequence[Record], controls: Sequence[Record]) -> tuple[Verdict, Verdict | None]:
    """The verdict on a claim, and the same condition judged on its control, which should not hold.

    runs      recorded runs of the claim's variant        controls  those of its control, empty if there is none
    A condition that compares with the control is paired seed by seed; the control then has no verdict of its own.
    """
    own = _values(runs, claim.measure, claim.from_seed)
    other = _values(controls, claim.measure, claim.from_seed)
    if claim.condition.endswith("control"):
        shared = [seed for seed in own if seed in other]
        return _verdict([_compare(claim.condition, own[seed], other[seed]) for seed in shared], _exact(runs)), None
    verdict = _verdict([_met(claim.condition, value) for value in own.values()], _exact(runs))
    if claim.control is None:
        return verdict, None
    return verdict, _verdict([_met(claim.condition, value) for value in other.values()], _exact(controls))


def worded(own: Verdict, control: Verdict | None) -> str:
    """A verdict in words, with what its control takes away from it: "holds, and so does its control"."""
    if own.verdict != HOLDS or control is None or not control.seeds or control.verdict == FAILS:
        return own.verdict
    what = "and so does its control" if control.verdict == HOLDS else f"its control {control.verdict}"
    return f"{HOLDS}, {what}"


def typical(published: Published, values: Sequence[Any]) -> bool | None:
    """Is a published figure one our seeds would give? None under 30 seeds, or where the source prints no figure."""
    if len(values) < FEWEST_SEEDS:
        return None
    if published.text is not None:
        return sum(value == published.text for value in values) / len(values) >= COMMON_TEXT
    if published.right is not None and published.asked is not None:
        figure = published.right / published.asked
    elif published.value is not None:
        figure = published.value
    else:
        return None
    low, high = quantiles([score(value) for value in values], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return low <= figure <= high


def _values(runs: Sequence[Record], measure: str, from_seed: int) -> dict[int, Any]:
    """One measure by seed."""
    asked = (run for run in runs if measure in run["measures"] and run["seed"] >= from_seed)
    return {run["seed"]: run["measures"][measure] for run in asked}


def _exact(runs: Sequence[Record]) -> bool:
    return bool(runs) and all(run["trainer"] == "none" for run in runs)


def _verdict(met: Sequence[bool], exact: bool) -> Verdict:
    seeds, count = len(met), sum(met)
    if not seeds:
        return Verdict(TOO_FEW, 0, 0, None)
    rate = success_rate(count, seeds)
    if exact and count in (0, seeds):
        return Verdict(HOLDS if count else FAILS, count, seeds, rate)
    if seeds < FEWEST_SEEDS:
        return Verdict(TOO_FEW, count, seeds, rate)
    if rate.low >= 0.9:
        return Verdict(HOLDS, count, seeds, rate)
    return Verdict(FAILS if rate.high <= 0.1 else DEPENDS, count, seeds, rate)


def _met(condition: str, value: Any) -> bool:
    """Whether one seed's measure meets a condition that needs no control."""
    if condition.startswith("equals "):
        if not isinstance(value, str):
            raise ValueError(f"condition is {condition!r}: the measure is a number; ask at least or at most")
        return value == condition.removeprefix("equals ")
    if condition == "all right":
        return score(value) == 1
    if condition == "none right":
        return score(value) == 0
    threshold = _threshold(condition)
    assert threshold is not None
    return score(value) >= threshold if condition.startswith("at least") else score(value) <= threshold


def _compare(condition: str, own: Any, other: Any) -> bool:
    if condition == "same as control":
        return own == other if isinstance(own, str) else bool(np.isclose(score(own), score(other), rtol=0, atol=1e-9))
    return score(own) > score(other) if condition.startswith("above") else score(own) < score(other)


def _threshold(condition: str) -> float | None:
    """The number in "at least 0.9"; ValueError for one like 0.9.9."""
    if not condition.startswith("at "):
        return None
    text = condition.split()[-1]
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"condition is {condition!r}: {text} is not a number") from None
