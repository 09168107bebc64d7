"""The condition of a claim: what one seed's measure must be. It is parsed once, when the TOML file is read."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

from lstm_lab.judging.measures import Count, Text, Value

_FORMS = (
    '"all right", "none right", "at least 0.9", "at most 0.1", "equals ABC", '
    '"above control", "below control" or "same as control"'
)
_RELATIONS = {"least": operator.ge, "most": operator.le, "exactly": operator.eq}


@dataclass(frozen=True)
class Level:
    """The score against a number: at least, at most or exactly."""

    words: str
    relation: str
    threshold: float

    def met(self, value: Value) -> bool:
        return value.score is not None and bool(_RELATIONS[self.relation](value.score, self.threshold))

    def check(self, value: Value) -> None:
        """ValueError where a measure of this kind cannot be judged so."""
        if isinstance(value, Text):
            raise ValueError(f"condition is {self.words!r}: the measure is a text ({value.shown}); write equals")
        if isinstance(value, Count) and not 0 <= self.threshold <= 1:
            raise ValueError(
                f"condition is {self.words!r}: the measure is a count ({value.shown}), judged by the share that is "
                "right; write a number from 0 to 1, as 0.9 for 90 %"
            )


@dataclass(frozen=True)
class Says:
    """A text, symbol by symbol."""

    words: str
    text: Text

    def met(self, value: Value) -> bool:
        return value == self.text

    def check(self, value: Value) -> None:
        """ValueError where a measure of this kind cannot be judged so."""
        if not isinstance(value, Text):
            raise ValueError(f"condition is {self.words!r}: the measure is no text ({value.shown}); write at least")


@dataclass(frozen=True)
class Paired:
    """The score against the control's on the same seed: above, below or same."""

    words: str
    relation: str

    def met(self, value: Value, control: Value) -> bool:
        if value.score is None or control.score is None:
            return value == control
        if self.relation == "same":
            return math.isclose(value.score, control.score, rel_tol=0, abs_tol=1e-9)
        return value.score > control.score if self.relation == "above" else value.score < control.score

    def check(self, value: Value) -> None:
        """ValueError where a measure of this kind cannot be judged so."""
        if isinstance(value, Text) and self.relation != "same":
            raise ValueError(f"condition is {self.words!r}: a text ({value.shown}) has no order; write same as control")


Condition = Level | Says | Paired


def parse(words: str) -> Condition:
    """The condition that a TOML file states; ValueError for any other words, and a threshold that is no number.

    >>> parse("at least 0.9")
    Level(words='at least 0.9', relation='least', threshold=0.9)
    """
    match words.split() if isinstance(words, str) else ():
        case ["all", "right"]:
            return Level(words, "exactly", 1)
        case ["none", "right"]:
            return Level(words, "exactly", 0)
        case ["at", ("least" | "most") as relation, number]:
            return Level(words, relation, _number(number))
        case ["equals", text]:
            return Says(words, Text(text))
        case ["above" | "below" as relation, "control"] | ["same" as relation, "as", "control"]:
            return Paired(words, relation)
    raise ValueError(f"it should be {_FORMS}")


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a number")
    return number
