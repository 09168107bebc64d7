"""The claims of the experiments, beside the recorded runs that judge them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lstm_lab.judging import verdicts
from lstm_lab.judging.claims import CHANCE, LOOKUP_TABLE, Claim
from lstm_lab.judging.measures import Count, Number, Text, Value, scores
from lstm_lab.judging.statistics import LEVEL, holm
from lstm_lab.judging.verdicts import Comparison, Rate, Verdict
from lstm_lab.report import tables
from lstm_lab.report.selection import LESSON, Recorded, kind_of
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import MAIN
from lstm_lab.suite.values import suggest


@dataclass(frozen=True)
class Judged:
    """A claim and what the runs say to it; control is the control's rate, None where there is none to judge.

    points  whether the measure is a share, whose differences are points
    doubt   what makes the control worth less than it seems; empty where nothing does
    """

    claim: Claim
    verdict: Verdict
    control: Rate | None
    points: bool = False
    doubt: str = ""

    @property
    def said(self) -> str:
        """The verdict in words."""
        return verdicts.worded(self.verdict, self.control)

    @property
    def asked(self) -> str:
        """Measure and condition in words: "`in_order` above `in_order` of rows_permuted"."""
        claim, words = self.claim, self.claim.condition.words
        if claim.condition.paired:
            other = "" if claim.control_measure is None else f"`{claim.control_measure}` of "
            words = words.removesuffix("control") + other + str(claim.control)
        return f"`{claim.measure}` {words}" + (f" in {claim.variant}" if claim.variant != MAIN else "")

    @property
    def origin(self) -> str:
        """Where the number in the condition comes from; empty where it has none."""
        threshold = self.claim.threshold
        return f"{threshold.origin}: {threshold.because}" if threshold else ""

    @property
    def counted(self) -> str:
        """How many seeds say so: "97 of 100", or wins, ties and losses with the typical difference."""
        if not isinstance(self.verdict, Comparison) or self.verdict.difference is None:
            return self.verdict.shown
        return f"{self.verdict.shown}; difference {tables.signed(self.verdict.difference, self.points)}"

    @property
    def control_said(self) -> str:
        """What the control should not do, and did or did not; empty where there is none."""
        if self.control is None:
            return self.doubt
        measure = f", `{self.claim.control_measure}`" if self.claim.control_measure else ""
        said = f"Control {self.claim.control}{measure}: it should not {_did(self.control)}."
        return f"{said} {self.doubt}" if self.doubt else said


def _did(control: Rate) -> str:
    """What a control should not do, and did or did not: "do this, and does not (0 of 40)"."""
    if not control.seeds:
        return "do this; it has no runs with the same questions yet"
    if control.met == control.seeds:
        did = "do this, but does"
    elif control.verdict != verdicts.FAILS:
        did = "do this, " + ("but does on some seeds" if control.met else "and does not, but on too few seeds to tell")
    elif control.exact and control.met:  # an identity is refuted all the same
        did = "always do this, and does not"
    else:
        did = "do this, and does not"
    return f"{did} ({control.shown})"


def judged(name: str, recorded: Recorded) -> list[Judged]:
    """The verdict on each claim of an experiment."""
    return [judge(claim, name, recorded) for claim in recorded.config(name).claims]


def judge(claim: Claim, name: str, recorded: Recorded) -> Judged:
    """The verdict on one claim of an experiment."""
    runs = recorded.reference(name, claim.variant)
    controls = _controls(claim, name, recorded, runs)
    values, others = tables.by_seed(runs, claim.measure), tables.by_seed(controls, claim.measure_of_control)
    lessons = (kind_of(records) == LESSON for records in (runs, controls))
    verdict, control = verdicts.judge(claim, values, others, *lessons)
    share = any(isinstance(value, Count) for value in values.values())
    return Judged(claim, verdict, control, share, _doubt(claim, values, others))


def counts(all_judged: Sequence[Judged]) -> dict[str, int]:
    """How often each verdict is given, in words, the commonest first."""
    return dict(Counter(judged.said for judged in all_judged).most_common())


def origins(all_judged: Sequence[Judged]) -> dict[str, int]:
    """How many thresholds come from where, the commonest origin first."""
    thresholds = (judged.claim.threshold for judged in all_judged)
    return dict(Counter(threshold.origin for threshold in thresholds if threshold).most_common())


def surviving(all_judged: Sequence[Judged]) -> list[bool | None]:
    """Whether each verdict stays when all are corrected for the number of tests; None where nothing is decided.

    A test that decides nothing counts too: it could have. To leave it out would correct only for what was found.
    """
    given = [judged.verdict for judged in all_judged]
    p_values = [1.0 if verdict.p is None else verdict.p for verdict in given if verdict.tested]
    stays = iter(holm(p_values))
    kept = [next(stays) if verdict.tested else None for verdict in given]
    return [None if verdict.p is None else stay for verdict, stay in zip(given, kept, strict=True)]


def tests(all_judged: Sequence[Judged]) -> int:
    """How many claims are judged by a test: neither exact nor without runs."""
    return sum(judged.verdict.tested for judged in all_judged)


def wrong_by_chance(all_judged: Sequence[Judged]) -> float:
    """The largest number of verdicts that chance alone is expected to get wrong, over all tests that were made.

    A sign test errs with 5 % at most, a rate as often as `chance_to_err` says.
    """
    tested = [judged.verdict for judged in all_judged if judged.verdict.tested]
    return sum(1 - LEVEL if isinstance(one, Comparison) else verdicts.chance_to_err(one.seeds) for one in tested)


def check(name: str, recorded: Recorded) -> None:
    """Refuse claims that can never be judged: of a variant or control that does not exist, or, where there are runs,
    of a measure that they were not asked, that the condition does not fit, or that its threshold cannot tell apart."""
    config = recorded.config(name)
    for number, claim in enumerate(config.claims, 1):
        try:
            config.check_variant(claim.variant)
            if _control(claim, name, recorded) == (name, claim.variant) and claim.measure_of_control == claim.measure:
                raise ValueError(f"control is {claim.control!r}, the claim's own: name another")
            if claim.from_seed >= config.seeds_of(claim.variant):
                last = config.seeds_of(claim.variant) - 1
                raise ValueError(f"from_seed is {claim.from_seed}, but {claim.variant} has the seeds 0 to {last} only")
            runs = recorded.reference(name, claim.variant)
            values = _asked(runs, claim.measure)
            for value in values.values():
                claim.condition.check(value)
            _check_threshold(claim, runs)
            controls = _asked(_controls(claim, name, recorded, runs), claim.measure_of_control)
            for value in controls.values():
                claim.condition.check(value)
            if claim.condition.paired and {Text} < {type(value) for value in (*values.values(), *controls.values())}:
                raise ValueError(f"condition is {claim.condition.words!r}: one is a text and the other is not")
        except ValueError as error:
            raise ValueError(f"{name}.toml: claim {number}: {error!s:.400}") from None


def _asked(runs: Sequence[Record], measure: str) -> dict[int, Value]:
    """A measure by seed; ValueError where there are runs that were not asked it."""
    names = tables.measures(runs)
    if runs and measure not in names:
        raise ValueError(f"measure {measure!r} is not asked: {suggest(measure, names)}")
    return tables.by_seed(runs, measure)


def _check_threshold(claim: Claim, runs: Sequence[Record]) -> None:
    """Hold a threshold against the baseline or the ceiling that it is said to come from."""
    number, origin = claim.condition.threshold, claim.threshold.origin if claim.threshold else None
    values = tables.by_seed(runs, claim.measure)
    if number is None or not values:
        return
    if origin in (CHANCE, LOOKUP_TABLE) and isinstance(next(iter(values.values())), Count):
        known = tables.baseline_share(runs, claim.measure, origin.replace(" ", "_"))
        if known is None:
            raise ValueError(f"threshold is from {origin}, but no {origin} is recorded for {claim.measure}")
        if (number <= known) if claim.condition.relation == "least" else (number < known):
            raise ValueError(f"condition is {claim.condition.words!r}, but {origin} alone gets {known:.3g}")
    if claim.ceiling is not None:
        top = (
            max(scores(list(_asked(runs, claim.ceiling).values()))) if isinstance(claim.ceiling, str) else claim.ceiling
        )
        if number > top:
            raise ValueError(f"condition is {claim.condition.words!r}, but no value can be above {top:.3g}")


def _doubt(claim: Claim, values: Mapping[int, Value], controls: Mapping[int, Value]) -> str:
    """A control that shares no seed cannot be compared with. One that is the same number on every seed may be so by
    construction, and then refutes nothing."""
    if claim.condition.paired and values and controls and not values.keys() & controls.keys():
        return f"Control {claim.control} has other seeds: run both on the same, as with --seeds 35."
    numbers = {value.value for value in controls.values() if isinstance(value, Number)}
    if claim.exact or len(controls) < 2 or len(numbers) != 1:
        return ""
    return f"The control is {numbers.pop():.4g} on every seed. If it cannot be another number, it refutes nothing."


def _control(claim: Claim, name: str, recorded: Recorded) -> tuple[str, str] | None:
    """(experiment's name, variant) of a claim's control: a variant of its own, "NNNN" or "NNNN/variant"."""
    if claim.control is None:
        return None
    if claim.control in recorded.config(name).variant_names():
        return name, claim.control
    try:
        place = recorded.place(claim.control)
        recorded.config(place[0]).check_variant(place[1])
        return place
    except ValueError as error:
        raise ValueError(f"control {claim.control!r}: {error}") from None


def _controls(claim: Claim, name: str, recorded: Recorded, runs: Sequence[Record]) -> list[Record]:
    """The control's runs, of the same kind as the claim's where there are such."""
    try:
        place = _control(claim, name, recorded)
    except ValueError:  # `lstm-lab report` refuses such a claim; a run that has just ended is reported all the same
        return []
    return recorded.reference(*place, kind=kind_of(runs)) if place else []
