"""An experiment's numbers: its TOML file, read, checked and resolved into settings.

The `[settings]` table declares the names and, by their defaults, the types; nothing in the library knows an
experiment's own settings. A wrong name, type or value is one line that says what would do.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, StrictInt, ValidationError, create_model

MAIN = "main"  # the variant that is the section itself
ENOUGH = 40  # seeds: with 35 or more, Wilson's interval of "always" or "never" is short enough for a verdict

# Settings of these names mean the same everywhere and are checked alike; any other has its default's type.
_Whole = Annotated[StrictInt, Field(gt=0)]
_COMMON: dict[str, Any] = {
    name: _Whole
    for name in (
        "epochs",
        "units",
        "batch_size",
        "layers",
        "hidden",
        "length",
        "steps",
        "outputs",
        "samples",
        "classes",
        "every",
        "seen",
        "stream",
        "frames",
        "recordings",
    )
} | {"learning_rate": PositiveFloat, "temperature": PositiveFloat, "k1": _Whole | None, "k2": _Whole | None}


class Settings(BaseModel):
    """The resolved settings of one run; attributes are the names in the TOML file's `[settings]`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    def __getattr__(self, name: str) -> Any:  # for the type checker: fields are declared by TOML files
        return super().__getattr__(name)  # type: ignore[misc]

    def replace(self, **changes) -> Settings:
        """A copy with some values changed, checked like the original."""
        return _build(type(self), {**self.model_dump(), **changes})

    def hash(self, name: str, revision: int) -> str:
        """Twelve hexadecimal digits that stand for an experiment, its revision and these settings.

        A setting `data` that is the path of a file counts with the file's bytes: another file is another run.
        """
        parts: list[Any] = [name, revision, self.model_dump()]
        data = Path(str(self.model_dump().get("data", "")))
        if data.is_file():
            parts.append(hashlib.sha256(data.read_bytes()).hexdigest())
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Published(_Strict):
    """What the source reports for a measure: a count, or the symbols of a walk; and where it says so."""

    right: int | None = None
    asked: PositiveInt | None = None
    text: str | None = None
    value: float | None = None
    note: str = ""


class Variant(_Strict):
    """Settings that differ from the section's own: a control, a comparison, a cell of a grid."""

    about: str = ""
    set: dict[str, Any] = {}


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
    variant: str = MAIN
    from_seed: int = Field(default=0, ge=0)


class Curves(_Strict):
    """A figure of measures that end in a number: with over = "k", "before_k00", "before_k05", … against k."""

    over: str = Field(min_length=1)
    label: str = Field(min_length=1, description="what is measured, for the figure's other axis")
    powers: bool = Field(default=False, description="the other axis in powers of ten")
    variants: list[str] = Field(default=[], description="those to draw; none named: all")


class Config(_Strict):
    """One experiment's TOML file."""

    title: str
    source: str
    kind: Literal["experiment", "lesson"] = "experiment"
    published_section: bool = Field(default=False, description="a section whose figures a source prints")
    revision: PositiveInt = 1
    seeds: PositiveInt = Field(default=100, description="scheduled seeds of the recorded results of the section itself")
    variant_seeds: PositiveInt = Field(default=ENOUGH, description="and of each variant; no more than `seeds`")
    cell_seeds: PositiveInt = Field(default=20, description="and of each cell of the grid; no more than `seeds`")
    keras_seeds: list[int] = Field(default=[], description="seeds of the recorded literal runs with Keras itself")
    long: dict[str, PositiveInt] = Field(
        default={}, description="patterns of variants left to `make results-long`, and their seeds at most"
    )
    settings: dict[str, Any] = {}
    choices: dict[str, list[str]] = Field(default={}, description="the words a setting may be")
    smoke: dict[str, Any] = {}
    published: dict[str, Published] = {}
    variants: dict[str, Variant] = {}
    grid: dict[str, list[Any]] = {}
    histories: dict[str, list[str]] = Field(default={}, description="panel → variants whose losses it shows together")
    curves: Curves | None = None
    claims: list[Claim] = []

    def variant_names(self) -> list[str]:
        """The section itself, its variants, then the cells of its grid."""
        return [MAIN, *self.variants, *self.cells()]

    def seeds_of(self, variant: str) -> int:
        """How many scheduled seeds the recorded results of a variant have: all, where a claim is about it, and enough
        for a verdict, where it is a claim's control; but no more than `long` grants."""
        if variant == MAIN or any(claim.variant == variant for claim in self.claims):
            seeds = self.seeds
        else:
            seeds = self.variant_seeds if variant in self.variants else self.cell_seeds
            if any(claim.control == variant for claim in self.claims):
                seeds = max(seeds, ENOUGH)
        return min(self.seeds, seeds, *self._granted(variant))

    def takes_long(self, variant: str) -> bool:
        """Whether a variant or cell is left to `make results-long`."""
        return bool(self._granted(variant))

    def _granted(self, variant: str) -> list[int]:
        return [seeds for pattern, seeds in self.long.items() if fnmatchcase(variant, pattern)]

    def cells(self) -> dict[str, dict[str, Any]]:
        """The grid's cells by name: {"lag=3,units=20": {"lag": 3, "units": 20}, …}."""
        names = list(self.grid)
        combined = itertools.product(*self.grid.values()) if names else []
        values = (dict(zip(names, cell, strict=True)) for cell in combined)
        return {",".join(f"{name}={value}" for name, value in cell.items()): cell for cell in values}

    def resolve(self, variant: str = MAIN, overrides: dict[str, Any] | None = None, smoke: bool = False) -> Settings:
        """The settings of a variant: defaults, then the variant's, the smoke test's, and the command line's."""
        cells = self.cells()
        if variant == MAIN:
            changes = {}
        elif variant in self.variants:
            changes = self.variants[variant].set
        elif variant in cells:
            changes = cells[variant]
        else:
            raise ValueError(f"variant {variant!r} is unknown: {suggest(variant, self.variant_names())}")
        model = _declare(self.settings)
        resolved = _build(model, {**self.settings, **changes, **(self.smoke if smoke else {}), **(overrides or {})})
        for name, words in self.choices.items():
            if (value := getattr(resolved, name, None)) not in words:
                raise ValueError(f"setting {name} is {value!r}: use one of {', '.join(words)}")
        return resolved


def read(path: Path) -> Config:
    """Read and check a TOML file; ValueError in one line that names the file and the entry."""
    try:
        with open(path, "rb") as file:
            config = Config(**tomllib.load(file))
        named = [MAIN, *config.variants]
        drawn = [*config.histories.values(), config.curves.variants if config.curves else []]
        for variant in config.variant_names():
            config.resolve(variant)
        for variant in itertools.chain(*drawn):
            if variant not in named:
                raise ValueError(f"variant {variant!r} to draw is unknown: {suggest(variant, named)}")
        config.resolve(smoke=True)
    except FileNotFoundError:
        raise ValueError(f"{path} is missing: every script in experiments/ needs its TOML file in configs/") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: not valid TOML: {error}") from None
    except ValidationError as error:
        raise ValueError(f"{path.name}: {_one_line(error, Config)}") from None
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    return config


def parse_assignments(assignments: list[str]) -> dict[str, Any]:
    """["units=16", "text=abab"] → {"units": 16, "text": "abab"}; a value that is no TOML value is taken as text."""
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        if not sign or not name.strip():
            raise ValueError(f"--set {assignment!r}: write it as name=value, for example --set epochs=100")
        try:
            values[name.strip()] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            values[name.strip()] = text
    return values


def suggest(wrong: str, names: list[str]) -> str:
    """ "did you mean …?" where something is near, else what there is."""
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"use one of {', '.join(names)}"


def _declare(defaults: dict[str, Any]) -> type[Settings]:
    """The settings class that a `[settings]` table declares."""
    fields: dict[str, Any] = {}
    for name, default in defaults.items():
        kind = _COMMON.get(name, type(default))
        if isinstance(default, list) and default:
            kind = Annotated[list, Field(min_length=1)]  # what is walked through somewhere
        fields[name] = (kind, default)
    return create_model("Settings", __base__=Settings, **fields)


def _build(model: type[Settings], values: dict[str, Any]) -> Settings:
    try:
        return model(**values)
    except ValidationError as error:
        raise ValueError(_one_line(error, model)) from None


def _one_line(error: ValidationError, model: type[BaseModel]) -> str:
    """The first thing wrong, in one line: which setting, its value, and what would do."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"setting {name!r} is unknown: {suggest(name, list(model.model_fields))}"
    if first["type"] == "missing":
        return f"setting {name!r} is missing"
    message = first["msg"][:1].lower() + first["msg"][1:]
    return f"setting {name} is {first['input']!r}: {message.replace('input should be', 'it should be')}"
