"""The condition of a claim: what one seed's measure must be. It is parsed once, when the TOML file is read."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from lstm_lab.common.checks import shown
from lstm_lab.judging.measures import Count, Number, Text, Value
from lstm_lab.judging.statistics import SAME

_FORMS = (
    '"all right", "none right", "at least 0.9", "at most 0.1", "equals ABC", '
    '"above control", "below control" or "same as control"'
)
_RELATIONS: dict[str, Callable[..., bool]] = {
    "least": operator.ge,
    "most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
    "same": partial(math.isclose, rel_tol=0, abs_tol=SAME),
}


@dataclass(frozen=True)
class Condition:
    """A relation between a measure's score and another's; against None: the control's, on the same seed.

    Texts have no score: they are the same or not.
    """

    words: str
    relation: str
    against: Value | None

    @property
    def paired(self) -> bool:
        """Whether a seed's measure is held against the control's."""
        return self.against is None

    @property
    def compares(self) -> bool:
        """Whether it says that one thing is better or worse than another, which many seeds tell and no single one."""
        return self.paired and self.relation != "same"

    @property
    def threshold(self) -> float | None:
        """The number in "at least 0.9" and "at most 0.1"; None in other conditions."""
        return self.against.value if isinstance(self.against, Number) and self.relation != "same" else None

    def met(self, value: Value, control: Value | None = None) -> bool:
        """Whether a seed's measure meets it."""
        other = control if self.against is None else self.against
        if other is None or value.score is None or other.score is None:
            return value == other
        return bool(_RELATIONS[self.relation](value.score, other.score))

    def check(self, value: Value) -> None:
        """ValueError where no measure of this kind can be judged so."""
        if isinstance(value, Text):
            if self.relation != "same" or isinstance(self.against, Number):
                raise ValueError(f"condition is {shown(self.words)}: a text ({value.shown}) has no order; write equals")
        elif isinstance(self.against, Text):
            raise ValueError(
                f"condition is {shown(self.words)}: the measure is no text ({value.shown}); write at least"
            )
        elif isinstance(value, Number) and self.relation == "same" and self.against is not None:
            raise ValueError(
                f"condition is {shown(self.words)}: the measure ({value.shown}) is no count of right answers"
            )
        elif isinstance(value, Count) and isinstance(self.against, Number) and not 0 <= self.against.value <= 1:
            raise ValueError(
                f"condition is {shown(self.words)}: the measure is a count ({value.shown}), judged by the share that "
                "is right; write a number from 0 to 1, as 0.9 for 90 %"
            )


def parse(words: str) -> Condition:
    """The condition that a TOML file states; ValueError for any other words, and a threshold that is no number.

    >>> parse("at least 0.9")
    Condition(words='at least 0.9', relation='least', against=Number(value=0.9))
    """
    match words.split() if isinstance(words, str) else ():
        case ["all" | "none" as share, "right"]:
            return Condition(words, "same", Number(float(share == "all")))
        case ["at", ("least" | "most") as relation, number]:
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?", number) or math.isinf(float(number)):
                raise ValueError(f"{shown(number)} is not a number")
            return Condition(words, relation, Number(float(number)))
        case ["equals", *text] if text:
            return Condition(words, "same", Text(" ".join(text)))
        case ["above" | "below" as relation, "control"] | ["same" as relation, "as", "control"]:
            return Condition(words, relation, None)
    raise ValueError(f"it should be {_FORMS}")
