"""Whether published figures and claims are about something that the runs were asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lstm_lab.common.checks import listed, shown
from lstm_lab.judging.claims import Claim, Published
from lstm_lab.judging.measures import Value


def check_asked(published: Mapping[str, Published], claims: Iterable[Claim], asked: Mapping[str, Value]) -> None:
    """ValueError for a published figure or a claim on a measure that is not asked, or that is of another kind.

    asked: the measures of the runs that the figures and claims are about

    >>> from lstm_lab.judging.measures import Number
    >>> check_asked({"loss": Published(right=1, asked=2)}, [], {"loss": Number(0.5)})
    Traceback (most recent call last):
    ValueError: published loss is 1/2 (50 %): the measure is of another kind (0.5)
    """
    for measure in (*published, *(claim.measure for claim in claims)):
        if measure not in asked:
            raise ValueError(f"measure {shown(measure)} is not asked: use one of {listed(asked)}")
    for name, one in published.items():
        if one.measure is not None and type(one.measure) is not type(asked[name]):
            raise ValueError(
                f"published {name} is {one.measure.shown}: the measure is of another kind ({asked[name].shown})"
            )
    for claim in claims:
        claim.condition.check(asked[claim.measure])
