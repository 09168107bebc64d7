"""What a request stands for: its parts, each checked before anything is trained; and how long they take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any, Literal

from lstm_lab.suite.draws import SOURCES_SEED
from lstm_lab.suite.engines.base import Part
from lstm_lab.suite.experiment import Experiment, Job, Lesson
from lstm_lab.suite.results import Record
from lstm_lab.suite.settings import MAIN

Trainer = Literal["compiled", "keras", "none"]
Start = Literal["literal", "scheduled"]

PER_UPDATE, PER_PRODUCT = 3e-6, 2.5e-10  # seconds, on a core of 2024: for comparing runs; `timed` has the true ones
TIMED = 3  # parts that are timed before a sweep starts
SHORTEST = 1e-3  # seconds of a run, at least
TIMING = 0.5  # seconds of training that are enough to time a part


@dataclass(frozen=True)
class Request:
    """What to run. `run` checks it before anything is trained.

    failures  "raised": a run that fails ends all; "kept": it is recorded as failed, and the others go on; those that
              failed before are left out · "again": the same, but those that failed before are tried again
    """

    seeds: tuple[int, ...] = (SOURCES_SEED,)
    trainer: Trainer = "compiled"
    start: Start = "scheduled"
    variants: tuple[str, ...] = (MAIN,)
    overrides: dict[str, Any] = field(default_factory=dict)
    smoke: bool = False
    again: bool = False
    jobs: int | None = None  # seeds at once: threads of the compiled trainer (None: one a core), processes of Keras
    device: str | None = None  # of the compiled trainer: "cpu" or "gpu"; None: the one JAX prefers
    failures: Literal["raised", "kept", "again"] = "raised"

    def kind(self, declared: Experiment | Lesson) -> tuple[Trainer, Start]:
        """Trainer and start of its runs; ValueError for two that do not go together."""
        if self.start == "literal" and self.trainer == "compiled":
            raise ValueError("start is literal with the compiled trainer: Keras' own draws need --trainer keras")
        trainer = "none" if isinstance(declared, Lesson) else self.trainer
        return trainer, "scheduled" if trainer != "keras" else self.start


def planned(
    declared: Experiment | Lesson, request: Request, refused: dict[str, str] | None = None, weigh: bool = False
) -> list[Part]:
    """The parts of a request. Data, network and schedule of each are built and checked; nothing is trained.

    refused  takes the variants that cannot be, with the reason; None: ValueError for the first of them
    weigh    whether to find out which parts share a program, and what they cost
    """
    trainer, start = request.kind(declared)
    parts = []
    for variant in request.variants:
        try:
            parts.append(_part(declared, request, variant, trainer, start, weigh))
        except ValueError as error:
            if refused is None:
                raise
            refused[variant] = str(error)
    return parts


def _part(declared, request: Request, variant: str, trainer: Trainer, start: Start, weigh: bool) -> Part:
    settings = declared.config.resolve(variant, request.overrides, request.smoke)
    config = declared.config.hash(settings)
    same = {
        "experiment": declared.name,
        "config": config,
        "variant": variant,
        "trainer": trainer,
        "start": start,
    }
    stamps: list[Record] = [same | {"seed": seed} for seed in request.seeds]
    experiment = declared.of(variant)
    part = Part(experiment, variant, settings, stamps, program=config)
    if isinstance(experiment, Experiment):
        job = experiment.job(settings, request.seeds[0])
        if weigh and trainer == "compiled":
            part = _weighed(part, job)
    return part


def _weighed(part: Part, job: Job) -> Part:
    from lstm_lab.trainers.compiled.plan import Plan

    plan = Plan(job.architecture, job.framed, job.schedule, job.weights)
    return replace(part, program=plan.program, cost=PER_UPDATE * plan.updates + PER_PRODUCT * plan.products)


def timed(parts: Sequence[Part], device: str | None = None) -> list[Part]:
    """The same parts of the compiled trainer, with costs that are this machine's seconds: some parts are trained for a
    moment, and those between them are put between. What compiling takes is not counted."""
    import numpy as np

    from lstm_lab.trainers import compiled

    if not parts:
        return []
    ordered = sorted(parts, key=lambda part: part.cost)
    places = sorted({round(number * (len(ordered) - 1) / (TIMED - 1)) for number in range(TIMED)})
    seconds = {ordered[place].cost: _seconds(ordered[place], device) for place in places}
    costs = np.log([part.cost for part in parts])
    found = np.interp(costs, np.log(list(seconds)), np.log(list(seconds.values())))
    if (platform := compiled.find_device(device).platform) != "cpu":  # there a group of seeds takes as long as one
        found -= np.log(min(compiled.group_of(platform), max(len(part.stamps) for part in parts)))
    return [replace(part, cost=float(each)) for part, each in zip(parts, np.exp(found), strict=True)]


def _seconds(part: Part, device: str | None) -> float:
    """How long a run takes: of its data, and of its training, from a moment of it."""
    from lstm_lab.trainers import compiled

    began = time.perf_counter()
    job = part.experiment.job(part.settings, part.stamps[0]["seed"])
    data = time.perf_counter() - began
    stop, moments = Event(), list[tuple[float, float]]()

    def watch(done: float, logs: dict[str, float]) -> None:
        moments.append((time.perf_counter(), done))
        if moments[-1][0] - moments[0][0] > TIMING:
            stop.set()

    with suppress(CancelledError, ArithmeticError):  # one that diverges is found when it is its turn
        compiled.train(
            job.architecture, job.framed, job.schedule, job.weights, device=device, progress=watch, stop=stop
        )
    if not moments:  # it diverged at once
        return data + SHORTEST
    (first, before), (last, done) = moments[0], moments[-1]
    each = (last - first) / (done - before) if done > before else 0.0
    return data + max(each * part.settings.epochs, SHORTEST)
