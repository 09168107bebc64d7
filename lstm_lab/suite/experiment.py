"""Experiment and Lesson: what one script declares. A script is one section, with one framing and one question.

An experiment trains a network for every seed and tests it. A lesson trains nothing and shows something exact. Both have
a TOML file of the same name in configs/, write the same kind of results, and have the same command line.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from lstm_lab.common.checks import shown
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Order, Schedule
from lstm_lab.models import Architecture
from lstm_lab.probes import Asked, Measure, Probe
from lstm_lab.suite.draws import stream
from lstm_lab.suite.grid import Grid
from lstm_lab.suite.settings import KERAS1, Config, read_config
from lstm_lab.suite.values import Settings, suggest
from lstm_lab.trainers.trained import Trained


@dataclass(frozen=True, eq=False)
class Job:
    """Everything that one scheduled run needs; training is a pure function of it."""

    settings: Settings
    framed: Framed
    architecture: Architecture
    order: Order
    schedule: Schedule
    weights: list[np.ndarray]


class _Declared:
    """What experiments and lessons share: a name, a TOML file, a place for results."""

    kind: ClassVar[str]

    def __init__(self, file: str):
        self.file = Path(file).resolve()
        self.name = self.file.stem
        self.id = self.name[:4]

    @property
    def root(self) -> Path:
        """The folder that holds experiments/, configs/ and results/."""
        return self.file.parent.parent

    @cached_property
    def config(self) -> Config:
        config = read_config(self.root / "configs" / f"{self.name}.toml")
        if config.kind != self.kind:
            raise ValueError(f"{self.name}.toml: kind is {config.kind!r}, but the script declares {self.kind!r}")
        if self.file.is_file():
            self._check_read(config)
        return config

    def _check_read(self, config: Config) -> None:
        """ValueError for a setting that the script does not name, and so cannot read. It looks at the text only."""
        words = set(re.findall(r"\w+", self.file.read_text(encoding="utf-8", errors="replace")))
        common = set(Settings.model_fields)
        for name in config.settings:
            if name not in words | common:
                known = sorted(words & set(config.settings) | common)
                raise ValueError(
                    f"{self.name}.toml: setting {shown(name)} is not read by the script: {suggest(name, known)}"
                )

    def of(self, variant: str) -> Self:
        """What one variant runs, besides its settings: the same for all variants of a lesson."""
        return self

    def over(self, values: Grid) -> Self:
        """The same with another grid of settings in place of the TOML file's, as `Config.over`."""
        one = copy.copy(self)
        one.__dict__["config"] = self.config.over(values)
        return one


class Experiment(_Declared):
    """A framing plus a question.

    data      (settings, rng) → Framed; every random draw comes from rng
    model     (settings) → Architecture
    order     an Order, or (settings) → Order
    ask       the probes
    variants  the parts that a variant of the TOML file replaces, besides its settings: its name → the new ones of the
              four parts above, as in {"permuted": {"data": permuted_rows}}

    Raises ValueError for a part that is not one of the four and, when the TOML file is read, for an unknown variant.
    """

    kind = "experiment"
    PARTS = ("data", "model", "order", "ask")

    def __init__(
        self,
        file: str,
        *,
        data: Callable[[Settings, Any], Framed],
        model: Callable[[Settings], Architecture],
        order: Order | Callable[[Settings], Order],
        ask: Sequence[Probe],
        variants: Mapping[str, Mapping[str, Any]] | None = None,
    ):
        super().__init__(file)
        self.data, self.model, self._order, self.probes = data, model, order, tuple(ask)
        self._variants = variants or {}
        for variant, parts in self._variants.items():
            for part in parts:
                if part not in self.PARTS:
                    meant = suggest(part, list(self.PARTS))
                    raise ValueError(f"{self.name}: variant {shown(variant)} has a part {shown(part)}: {meant}")

    @cached_property
    def config(self) -> Config:
        config = super().config
        for variant in self._variants:
            if variant not in config.variants:
                raise ValueError(
                    f"{self.name}: the script has parts for a variant {shown(variant)}, which is not in its TOML file: "
                    f"{suggest(variant, list(config.variants))}"
                )
        return config

    def of(self, variant: str) -> Self:
        """The experiment as one variant runs it; the same experiment if the variant replaces no part."""
        self.config  # noqa: B018 (it is read to check the variants' names)
        one = copy.copy(self)
        if variant == KERAS1:
            one.model = lambda settings: self.model(settings).in_keras1()
            return one
        if variant not in self._variants:
            return self
        parts = self._variants[variant]
        one.data, one.model = parts.get("data", self.data), parts.get("model", self.model)
        one._order, one.probes = parts.get("order", self._order), tuple(parts.get("ask", self.probes))
        return one

    def order(self, settings: Settings) -> Order:
        return self._order if isinstance(self._order, Order) else self._order(settings)

    def job(self, settings: Settings, seed: int) -> Job:
        """The scheduled run of a seed: data, weights and order, each from its own random stream."""
        framed = self.data(settings, stream(seed, "data"))
        architecture, order = self.checked(settings, framed)
        schedule = order.schedule(framed, settings.epochs, settings.batch_size, rng=stream(seed, "order"))
        schedule.check(framed)
        weights = architecture.initial_weights(framed.steps, framed.features, stream(seed, "weights"))
        return Job(settings, framed, architecture, order, schedule, weights)

    def checked(self, settings: Settings, framed: Framed) -> tuple[Architecture, Order]:
        """Architecture and order. ValueError if they do not fit each other or the samples."""
        architecture, order = self.model(settings), self.order(settings)
        architecture.check_carrying(order)
        architecture.check_room(settings.batch_size, order.k2 or framed.steps, framed.features)
        outputs = framed.target_codec.classes if framed.target_codec else framed.targets.shape[-1]
        if architecture.outputs != outputs:
            raise ValueError(f"the network has {architecture.outputs} outputs, but the targets need {outputs}")
        return architecture, order

    def ask(
        self, settings: Settings, framed: Framed, before: list[np.ndarray], trained: Trained, predictor, rng
    ) -> dict[str, Measure]:
        """The measures of all probes for one trained network."""
        asked = Asked(
            framed=framed,
            order=self.order(settings),
            architecture=self.model(settings),
            settings=settings,
            trained=trained,
            before=before,
            predictor=predictor,
            rng=rng,
            redraw=lambda changed: self.data(changed, rng),
        )
        measures: dict[str, Measure] = {}
        for probe in self.probes:
            measures |= probe(asked)
        return measures


class Lesson(_Declared):
    """An experiment that trains nothing.

    show      (settings) → lines of text, or tables, for the screen and the report
    measures  (settings, rng) → name → (right, asked), a text or a number
    """

    kind = "lesson"

    def __init__(
        self,
        file: str,
        *,
        show: Callable[[Settings], Sequence[Any]],
        measures: Callable[[Settings, np.random.Generator], dict[str, Any]],
    ):
        super().__init__(file)
        self.show, self._measures = show, measures

    def ask(self, settings: Settings, seed: int) -> dict[str, Measure]:
        values = self._measures(settings, stream(seed, "data"))
        return {name: v if isinstance(v, Measure) else Measure(v) for name, v in values.items()}
