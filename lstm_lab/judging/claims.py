"""Sentences and figures of the sources, as a TOML file states them: what a claim says, and what would refute it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from lstm_lab.common.checks import check_choice, shown
from lstm_lab.judging.conditions import Condition, parse
from lstm_lab.judging.measures import Count, Number, Text, Value

CHANCE, LOOKUP_TABLE, CEILING, OTHER_SEEDS = "chance", "lookup table", "ceiling", "other seeds"
ORIGINS = ("source", CHANCE, LOOKUP_TABLE, CEILING, OTHER_SEEDS, "chosen")
_EXAMPLE = 'threshold = "chance: guessing gets 1 %"'


class Strict(BaseModel):
    """What is read from a TOML file: no unknown entry, and nothing that is cast."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, str_strip_whitespace=True)


class Published(Strict):
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
        if sum(figure is not None for figure in (self.right, self.text, self.value)) > 1:
            raise ValueError("a figure is a count, a text or a value: give one of them")
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


@dataclass(frozen=True)
class Threshold:
    """Where the number in a condition comes from.

    origin   "source": the source says it · "chance": what guessing gets · "lookup table": what a table without memory
             gets · "ceiling": the best that can be had · "other seeds": set on seeds that are not judged · "chosen": we
             chose it
    because  the reason, a phrase
    """

    origin: str
    because: str


def read_threshold(words: str | Threshold) -> Threshold:
    """ "chance: guessing gets 1 %" → its origin and its reason; ValueError for another origin, or none.

    >>> read_threshold("chance: guessing gets 1 %")
    Threshold(origin='chance', because='guessing gets 1 %')
    """
    if isinstance(words, Threshold):
        return words
    origin, colon, because = words.partition(":") if isinstance(words, str) else ("", "", "")
    if not (colon and because.strip()):
        raise ValueError(f"it should say where the number comes from and why, as in {CHANCE}: guessing gets 1 %")
    check_choice("its origin", origin.strip(), *ORIGINS)
    return Threshold(origin.strip(), because.strip())


def _read_ceiling(given: Any) -> Any:
    """ValueError for a ceiling that is neither a number nor a name."""
    finite = isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
    if not (given is None or finite or isinstance(given, str)):
        raise ValueError("it should be a number, or the name of a measure")
    return given


class Claim(Strict):
    """A sentence of a source, in our words, and what would bear it out or refute it.

    condition        for one seed's measure: "all right", "none right", "at least 0.9", "at most 0.1", "equals ABC"; or,
                     beside the control's measure on the same seed: "above control", "below control", "same as control"
    threshold        where the number in the condition comes from: an origin, a colon and a reason
    ceiling          the most that any network could reach: a number, or the name of a measure
    exact            whether the claim is an identity: a single seed that does not meet it refutes it
    from_seed        judge only seeds from this one on: those a choice of settings was not made with
    control          what could refute it: "NNNN", "NNNN/variant", or a variant of the same experiment
    control_measure  the measure of the control, where it is another
    """

    words: str = Field(min_length=10)
    source: str = Field(min_length=3)
    measure: str
    condition: Annotated[Condition, BeforeValidator(parse)]
    threshold: Annotated[Threshold | None, BeforeValidator(read_threshold)] = None
    ceiling: Annotated[float | str | None, BeforeValidator(_read_ceiling)] = None
    exact: bool = False
    control: str | None = None
    control_measure: str | None = None
    variant: str = "main"
    from_seed: NonNegativeInt = 0

    @property
    def measure_of_control(self) -> str:
        return self.control_measure or self.measure

    @model_validator(mode="after")
    def _has_its_control(self) -> Claim:
        words = f"condition is {shown(self.condition.words)}"
        if self.condition.paired and self.control is None:
            raise ValueError(f'{words}: name the control, as in control = "0150"')
        if self.control_measure is not None and self.control is None:
            raise ValueError(f"control_measure is {shown(self.control_measure)}: it needs a control")
        if self.control == self.variant and self.control_measure in (None, self.measure):
            raise ValueError(f"control is {shown(self.control)}: name another variant than the claim's own")
        if self.exact and self.condition.compares:
            raise ValueError(f"{words}: this is judged over many seeds, so it cannot be exact")
        return self

    @model_validator(mode="after")
    def _says_where_its_number_is_from(self) -> Claim:
        number, origin = self.condition.threshold, self.threshold.origin if self.threshold else None
        words = f"condition is {shown(self.condition.words)}"
        if origin is None and number is not None:
            raise ValueError(f"{words}: say where its number comes from, as in {_EXAMPLE}")
        if origin is not None and number is None:
            raise ValueError(f"{words}: it has no number, so it needs no threshold")
        if origin == OTHER_SEEDS and not self.from_seed:
            raise ValueError(f"threshold is from {OTHER_SEEDS}: say which are judged, as in from_seed = 36")
        if origin == CEILING and self.ceiling is None:
            raise ValueError(f"threshold is from a {CEILING}: say how high it is, as in ceiling = 0.75")
        if self.ceiling is not None and self.condition.relation != "least":
            raise ValueError(f"{words}: a ceiling can only keep a measure from being `at least` a number")
        return self
