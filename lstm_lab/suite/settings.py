"""An experiment's numbers: its TOML file, read, checked and resolved into settings.

The `[settings]` table declares each setting: its value, a sentence, and its bounds. The library does not know the
settings of single experiments. A wrong name, type or value is one line that says what is allowed.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, NonNegativeInt, PositiveInt, ValidationError, model_validator

from lstm_lab.common.checks import check_size, shown
from lstm_lab.common.files import read_toml
from lstm_lab.judging.claims import Claim, Published, Strict
from lstm_lab.judging.verdicts import FEWEST_SEEDS
from lstm_lab.suite.glossary import meanings, sentence, shared
from lstm_lab.suite.grid import RUN, Grid, cells, check, in_order, named_cell, ranged
from lstm_lab.suite.values import Setting, Settings, build, declare, one_line, suggest, typed
from lstm_lab.suite.written import Written, read

MAIN = "main"  # the experiment without changes: the section as the source has it
KERAS1 = "keras1"  # a variant that every published section has by itself: the same with the defaults of Keras 1
ALL = "all"  # stands for all variants in a command
SEEDS_OF_A_CELL = 20
NEAR = 0.8  # names as alike as this are one name and a slip of the pen
ENOUGH = FEWEST_SEEDS + 5  # seeds of a control: a few more than the fewest that a verdict can do with


class Variant(Strict):
    """Settings that differ from those of the main run: a control or a comparison."""

    about: str = ""
    set: dict[str, Any] = Field(default={})


class Curves(Strict):
    """A figure of measures that end in a number: with over = "k", "before_k00", "before_k05", … against k."""

    over: str = Field(min_length=1)
    label: str = Field(min_length=1, description="what is measured: the label of the other axis")
    powers: bool = Field(default=False, description="whether the other axis is logarithmic")
    variants: list[str] = Field(default=[], description="the variants to draw; an empty list: all")


class Config(Strict):
    """One experiment's TOML file."""

    path: Path = Field(description="configs/NNNN_name.toml; read_config sets it")
    title: str
    answer: str = Field(default="", description="what the runs answer, in a sentence or two; figures stand in {{ }}")
    source: str
    kind: Literal["experiment", "lesson"] = "experiment"
    published_section: bool = Field(default=False, description="a section whose figures a source prints")
    revision: PositiveInt = 1
    seeds: NonNegativeInt = Field(default=100, description="scheduled seeds of the recorded main run; 0: not recorded")
    variant_seeds: PositiveInt = Field(default=ENOUGH, description="those of each variant; `seeds` at most")
    keras1_seeds: PositiveInt = Field(default=100, description="those of the variant keras1; `seeds` at most")
    cell_seeds: PositiveInt = Field(
        default=SEEDS_OF_A_CELL, description="those of each cell of the grid; `seeds` at most"
    )
    keras_seeds: list[NonNegativeInt] = Field(
        default=[], description="seeds of the recorded literal runs with Keras itself"
    )
    long: dict[str, PositiveInt] = Field(
        default={}, description="patterns of variants for `make results-long` only → their largest number of seeds"
    )
    settings: dict[str, Setting] = Field(default={})
    smoke: dict[str, Any] = Field(default={})
    measures: dict[str, str] = Field(default={}, description="a sentence for each measure that is only asked here")
    published: dict[str, Published] = Field(default={})
    variants: dict[str, Variant] = Field(default={})
    grid: dict[str, Annotated[list[Any], BeforeValidator(ranged)]] = Field(
        default={}, description='setting → its values: a list, or "1..9"'
    )
    histories: dict[str, list[str]] = Field(default={}, description="panel → the variants whose losses it shows")
    curves: Curves | None = None
    claims: list[Claim] = Field(default=[])

    @model_validator(mode="before")
    @classmethod
    def _keras1(cls, table: dict[str, Any]) -> dict[str, Any]:
        """The table with the variant keras1, for a published section that trains something."""
        if not table.get("published_section") or table.get("kind") == "lesson":
            return table
        variants = table.get("variants", {})
        if not isinstance(variants, dict):
            return table
        if KERAS1 in variants:
            raise ValueError(f"variant {KERAS1!r} is there by itself in a published section: use another name")
        about = "with hard_sigmoid gates and the ε of 1e-8 in Adam, as the sources' Keras had them"
        return {**table, "variants": {**variants, KERAS1: {"about": about}}}

    @model_validator(mode="after")
    def _fits_together(self) -> Config:
        for variant in self.variants:
            if variant in (MAIN, ALL) or not re.fullmatch(r"[\w=.+-]+", variant):
                raise ValueError(
                    f"variant {shown(variant)} cannot be called so: use another name, of letters and digits"
                )
        check_size(RUN * self.seeds, f"seeds is {self.seeds}", "use fewer")
        check(self.grid, SEEDS_OF_A_CELL)
        said = f"{len(self.variants):,} variants, with {SEEDS_OF_A_CELL} seeds each"
        check_size(RUN * SEEDS_OF_A_CELL * len(self.variants), said, "use fewer variants")
        if both := self.variants.keys() & self.cells():
            raise ValueError(f"variant {shown(min(both))} has the name of a cell of the grid: use another")
        return self

    @property
    def name(self) -> str:
        """NNNN_name, the same as the script's."""
        return self.path.stem

    @property
    def id(self) -> str:
        """NNNN."""
        return self.name[:4]

    def about(self, measure: str) -> str:
        """What a measure means, in a sentence; "" if nobody has said."""
        return sentence(measure, self._glossary)

    def meanings(self, measures: Sequence[str]) -> dict[str, str]:
        """What measures mean: each name, or the pattern of several, with its sentence."""
        return meanings(measures, self._glossary)

    @cached_property
    def _glossary(self) -> dict[str, str]:
        others = {name: words for name, words in shared(self.path.parent).items() if name not in self.measures}
        return self.measures | others

    def hash(self, settings: Settings) -> str:
        """Twelve hexadecimal digits that stand for the experiment, its revision and these settings.

        A setting that stands for a file counts with the bytes that are read from it: another content is another run.
        ValueError where there is no such file.
        """
        parts: list[Any] = [self.name, self.revision, settings.recorded()]
        for name, setting in self.settings.items():
            if setting.file is not None:
                parts.append(hashlib.sha256(settings.content_of(name).content).hexdigest())
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def variant_names(self) -> list[str]:
        """The names of all variants: "main", those of the TOML file, then the cells of the grid."""
        return [MAIN, *self.variants, *self.cells()]

    def seeds_of(self, variant: str) -> int:
        """How many scheduled seeds the recorded results of a variant have: all if a claim is about it, and enough for a
        verdict if it is the control of a claim; but at most the number that `long` gives."""
        if variant == MAIN or any(claim.variant == variant for claim in self.claims):
            seeds = self.seeds
        elif variant == KERAS1:
            seeds = self.keras1_seeds
        else:
            seeds = self.variant_seeds if variant in self.variants else self.cell_seeds
            if any(claim.control == variant for claim in self.claims):
                seeds = max(seeds, ENOUGH)
        return min(self.seeds, seeds, *self._granted(variant))

    def takes_long(self, variant: str) -> bool:
        """Whether only `make results-long` runs a variant or cell."""
        return bool(self._granted(variant))

    def _granted(self, variant: str) -> list[int]:
        return [seeds for pattern, seeds in self.long.items() if fnmatchcase(variant, pattern)]

    def cells(self) -> dict[str, dict[str, Any]]:
        """The grid's cells by name: {"lag=3,units=20": {"lag": 3, "units": 20}, …}."""
        return self._cells

    @cached_property
    def _cells(self) -> dict[str, dict[str, Any]]:
        return cells(self.grid)

    def over(self, values: Grid) -> Config:
        """The same with another grid; ValueError for an unknown setting, a value of another type, and as for the TOML
        file's own grid. Bounds are left to `resolve`: a value may be out of them with some values of the others only.

        Cells are named in one order of the settings, whatever the order asked for: a cell has one name.
        """
        for name in values:
            if name not in self.settings:
                raise ValueError(f"setting {shown(name)} is unknown: {suggest(name, list(self.settings))}")
            for value in values[name]:
                typed(self.model, {each: setting.value for each, setting in self.settings.items()} | {name: value})
        ordered = {name: list(values[name]) for name in in_order(values, self.grid, self.settings)}
        if not ordered:
            raise ValueError("a grid needs a setting with its values, as in units=4,8,16")
        check(ordered, 1)
        other = self.model_copy(update={"grid": ordered})
        other.__dict__.pop("_cells", None)  # those of the old grid
        return other

    def check_variant(self, variant: str) -> None:
        """ValueError for what is neither a variant of the TOML file nor a cell of its grid."""
        if variant not in self.variant_names():
            raise ValueError(f"variant {shown(variant)} is unknown: {suggest(variant, self.variant_names())}")

    def resolve(self, variant: str = MAIN, overrides: dict[str, Any] | None = None, smoke: bool = False) -> Settings:
        """The settings of a variant: the defaults, changed by the variant, the smoke test and the command line.

        A cell of any grid is a variant too: "lag=3,units=8".
        """
        usual = {name: setting.value for name, setting in self.settings.items()}
        if variant == MAIN:
            changes = {}
        elif variant in self.variants:
            changes = self.variants[variant].set
        elif cell := self.cells().get(variant) or named_cell(variant, usual, self.grid):
            changes, smoke = {**(self.smoke if smoke else {}), **cell}, False  # a cell is what its name says
        else:
            self.check_variant(variant)
        changes = {**changes, **(self.smoke if smoke else {}), **(overrides or {})}
        for name in changes:
            if name not in self.settings:  # also epochs and batch_size, if the TOML file does not declare them
                raise ValueError(f"setting {shown(name)} is unknown: {suggest(name, list(self.settings))}")
            if isinstance(changes[name], Written):
                changes[name] = read(changes[name], self.settings[name].value)
        return build(self.model, usual | changes)

    @cached_property
    def model(self) -> type[Settings]:
        """The class of the resolved settings."""
        return declare(self.settings, self.path.parent.parent)


def read_config(path: Path) -> Config:
    """Read and check a TOML file. ValueError is one line that names the file and the entry."""
    try:
        table = read_toml(path)
    except FileNotFoundError:
        raise ValueError(f"{path} is missing: every script in experiments/ needs its TOML file in configs/") from None
    try:
        if "path" in table:
            raise ValueError("setting 'path' is unknown: the file knows its own")
        config = Config.model_validate(table | {"path": path})
        named = [MAIN, *config.variants]
        drawn = [*config.histories.values(), config.curves.variants if config.curves else []]
        cells: dict[str, str] = {}  # settings → the cell that has them
        for variant in config.variant_names():
            settings = json.dumps(config.resolve(variant).recorded())
            if variant in config.cells() and (same := cells.setdefault(settings, variant)) != variant:
                raise ValueError(f"grid: {same} and {variant} are the same settings, use each value once")
        for variant in itertools.chain(*drawn):
            if variant not in named:
                raise ValueError(f"variant {shown(variant)} to draw is unknown: {suggest(variant, named)}")
        config.resolve(smoke=True)
        for measure in config.published:
            _check_measure(config, measure)
        for number, claim in enumerate(config.claims, 1):
            try:
                _check_claim(config, claim)
            except ValueError as error:
                raise ValueError(f"claim {number}: {error}") from None
    except ValidationError as error:
        raise ValueError(f"{path.name}: {one_line(error, Config)}") from None
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    return config


def _check_measure(config: Config, measure: str) -> None:
    """ValueError for a measure that looks misspelt: it has no sentence, and one with nearly the same name has one."""
    said = [*config.measures, *shared(config.path.parent)]
    near = [] if config.about(measure) else difflib.get_close_matches(measure, said, n=1, cutoff=NEAR)
    if near:
        raise ValueError(
            f"measure {shown(measure)} is unknown: did you mean {near[0]}? If not, say in [measures] what it is"
        )


def _check_claim(config: Config, claim: Claim) -> None:
    """ValueError for a claim on a variant that is not there, one that is its own control, or one that its published
    figure shows to be of another kind."""
    config.check_variant(claim.variant)
    _check_measure(config, claim.measure)
    head, _, variant = (claim.control or "").partition("/")
    own = (variant or MAIN) if head in (config.id, config.name) else claim.control or ""
    if own == claim.variant and claim.measure_of_control == claim.measure:
        raise ValueError(f"control is {shown(claim.control)}, the claim's own: name another")
    if head in (config.id, config.name):
        config.check_variant(own)
    figure = config.published.get(claim.measure, Published()).measure
    if figure is not None:
        claim.condition.check(figure)
