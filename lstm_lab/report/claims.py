"""The claims of the experiments, beside the recorded runs that judge them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lstm_lab.judging.claims import DEPENDS, FAILS, HOLDS, TOO_FEW, Claim, Verdict, judge, worded
from lstm_lab.report import tables
from lstm_lab.report.selection import LESSON, Recorded, kind_of
from lstm_lab.suite import catalogue
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import MAIN
from lstm_lab.suite.values import suggest

_CONTROL_DID = {
    HOLDS: "but does",
    FAILS: "and does not",
    DEPENDS: "but does on some seeds",
    TOO_FEW: "but there are too few seeds to say",
}


@dataclass(frozen=True)
class Judged:
    """A claim and what the runs say to it; control is the control's verdict, None where there is none to judge."""

    claim: Claim
    verdict: Verdict
    control: Verdict | None

    @property
    def said(self) -> str:
        """The verdict in words."""
        return worded(self.verdict, self.control)

    @property
    def asked(self) -> str:
        """Measure and condition in words: "in_order above rows_permuted"."""
        condition = self.claim.condition
        words = condition.words
        if condition.paired:
            words = words.removesuffix("control") + str(self.claim.control)
        return f"`{self.claim.measure}` {words}" + (f" in {self.claim.variant}" if self.claim.variant != MAIN else "")

    @property
    def control_said(self) -> str:
        """What the control should not do, and did or did not; empty where there is none."""
        if self.control is None:
            return ""
        if not self.control.seeds:
            return f"Control {self.claim.control}: no runs that were asked the same."
        did, seeds = _CONTROL_DID[self.control.verdict], f"{self.control.met} of {self.control.seeds}"
        return f"Control {self.claim.control}: it should not do this, {did} ({seeds})."


def judged(name: str, recorded: Recorded) -> list[Judged]:
    """The verdict on each claim of an experiment."""
    found = []
    for claim in recorded.config(name).claims:
        runs = recorded.reference(name, claim.variant)
        controls = _controls(claim, name, recorded, runs)
        values, control_values = (tables.by_seed(records, claim.measure) for records in (runs, controls))
        exact = (kind_of(records) == LESSON for records in (runs, controls))
        found.append(Judged(claim, *judge(claim, values, control_values, *exact)))
    return found


def check(name: str, recorded: Recorded) -> None:
    """Refuse claims that can never be judged: of a variant or control that does not exist, or, where there are runs,
    of a measure that they were not asked or that the condition does not fit."""
    config = recorded.config(name)
    for number, claim in enumerate(config.claims, 1):
        try:
            config.resolve(claim.variant)  # refuses a variant that is not there
            _control(claim, name, recorded)
            runs = recorded.reference(name, claim.variant)
            asked = tables.measures(runs)
            if runs and claim.measure not in asked:
                raise ValueError(f"measure {claim.measure!r} is not asked: {suggest(claim.measure, asked)}")
            for value in tables.values(runs, claim.measure)[:1]:
                claim.condition.check(value)
        except ValueError as error:
            raise ValueError(f"{name}.toml: claim {number}: {error}") from None


def _control(claim: Claim, name: str, recorded: Recorded) -> tuple[str, str] | None:
    """(experiment's name, variant) of a claim's control: a variant of its own, "NNNN" or "NNNN/variant"."""
    if claim.control is None:
        return None
    if claim.control in recorded.config(name).variant_names():
        return name, claim.control
    try:
        return catalogue.variant(claim.control)
    except ValueError as error:
        raise ValueError(f"control {claim.control!r}: {error}") from None


def _controls(claim: Claim, name: str, recorded: Recorded, runs: Sequence[Record]) -> list[Record]:
    """The control's runs, of the same kind as the claim's where there are such."""
    try:
        place = _control(claim, name, recorded)
    except ValueError:  # `lstm-lab report` refuses such a claim; a run that has just ended is reported all the same
        return []
    return recorded.reference(*place, kind=kind_of(runs)) if place else []
