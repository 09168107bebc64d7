"""Sentences and figures of the sources, as an experiment's TOML file states them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, PositiveInt


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Published(_Strict):
    """What the source reports for a measure: a count, or the symbols of a walk; and where it says so."""

    right: int | None = None
    asked: PositiveInt | None = None
    text: str | None = None
    value: float | None = None
    note: str = ""


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
    condition: str = Field(
        pattern=r"^(all right|none right|at (least|most) [0-9.]+|equals \S+|(above|below|same as) control)$"
    )
    control: str | None = None
    variant: str = "main"
    from_seed: int = Field(default=0, ge=0)
