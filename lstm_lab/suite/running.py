"""Running: find the seeds and variants that are missing, train them, test them, and record the measures."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any, Literal

from lstm_lab.judging.asked import check_asked
from lstm_lab.judging.measures import Value
from lstm_lab.probes import Measure
from lstm_lab.suite import processes
from lstm_lab.suite.draws import SOURCES_SEED, LegacyDraws, stream
from lstm_lab.suite.experiment import Experiment, Job, Lesson
from lstm_lab.suite.results import Record, Store, key, provenance
from lstm_lab.suite.settings import MAIN, Config
from lstm_lab.suite.values import Settings
from lstm_lab.trainers.trained import Trained

Trainer = Literal["compiled", "keras", "none"]
Start = Literal["literal", "scheduled"]

SHOWN_WIDTH = 110  # characters of a line of a lesson in its record


@dataclass(frozen=True)
class Request:
    """What to run. `run` checks it before anything is trained."""

    seeds: tuple[int, ...] = (SOURCES_SEED,)
    trainer: Trainer = "compiled"
    start: Start = "scheduled"
    variants: tuple[str, ...] = (MAIN,)
    overrides: dict[str, Any] = field(default_factory=dict)
    smoke: bool = False
    again: bool = False
    jobs: int | None = None  # seeds at once: threads of the compiled trainer (None: one a core), processes of Keras


class Progress:
    """Calls while a request runs; a caller may override each method.

    `epoch` is called with a seed, how many of its epochs are done (a part of one too), and the history of the last that
    is whole: some times a second, from the thread that trains the seed; not by Keras' processes.
    """

    def stopping(self, stop: Event) -> AbstractContextManager:
        """A block in which an interruption may set the event, so that what is finished is still recorded."""
        return nullcontext()

    def begin(self, experiment: Experiment | Lesson, variant: str, seeds: int) -> None: ...

    def epoch(self, seed: int, done: float, epochs: int, logs: dict[str, float]) -> None: ...

    def seed(self, record: Record, measures: dict[str, Measure]) -> None: ...

    def note(self, text: str) -> None:
        """What somebody who waits should know."""


def run(
    declared: Experiment | Lesson, request: Request, results: Path, progress: Progress | None = None
) -> list[Record]:
    """Run what is missing of a request, and return all its records, old and new.

    Raises ValueError before any training for wrong settings, a folder that cannot be written, or a trainer that cannot
    do it here; and KeyboardInterrupt, after the seeds that were finished are recorded.
    """
    progress = progress or Progress()
    config, store = declared.config, Store(results, declared.name)
    trainer: Trainer = "none" if isinstance(declared, Lesson) else request.trainer
    start: Start = "scheduled" if trainer != "keras" else request.start
    if request.start == "literal" and trainer == "compiled":
        raise ValueError("start is literal with the compiled trainer: Keras' own draws need --trainer keras")
    resolved = {v: config.resolve(v, request.overrides, request.smoke) for v in request.variants}
    if isinstance(declared, Experiment):
        for variant, settings in resolved.items():  # builds and checks data, network and schedule; trains nothing
            declared.of(variant).job(settings, request.seeds[0])
    wanted: list[Record] = []
    with store.writing() as writer:
        known = {key(record): record for record in store.records()}
        for variant, settings in resolved.items():
            stamps = [
                {
                    "experiment": declared.name,
                    "config": config.hash(settings),
                    "variant": variant,
                    "trainer": trainer,
                    "start": start,
                    "seed": seed,
                }
                for seed in request.seeds
            ]
            missing = [s for s in stamps if request.again or key(s) not in known]
            progress.begin(declared, variant, len(missing))
            shown = {"shown": _shown(declared, settings)} if isinstance(declared, Lesson) and missing else {}
            # Provenance is read once: it does not change during a run.
            asked: dict[str, Value] = {}
            made_with: Record = {}
            if missing:
                if trainer == "keras":
                    progress.note(processes.about(request.jobs, len(missing)))
                with progress.stopping(Event()):  # an import that is cut in its middle can take the process with it
                    made_with = provenance(trainer, *_trained_on(request, trainer))
            for stamp, measures, trained in _train(declared.of(variant), settings, missing, request, progress):
                record = stamp | _record(measures, trained, settings) | shown | {"provenance": made_with}
                shown = {}  # the same for every seed, so one record has it
                writer.append(record, trained.history)
                known[key(record)] = record
                progress.seed(record, measures)
                asked |= {name: measure.value for name, measure in measures.items()}
            if asked and not (request.overrides or request.smoke):
                _check_asked(config, variant, asked)
            wanted += [known[key(s)] for s in stamps]
    return wanted


def _check_asked(config: Config, variant: str, asked: dict[str, Value]) -> None:
    try:
        claims = [claim for claim in config.claims if claim.variant == variant]
        check_asked(config.published if variant == MAIN else {}, claims, asked)
    except ValueError as error:
        raise ValueError(f"{config.name}.toml: {error}; the runs are kept") from None


Outcome = tuple[Record, dict[str, Measure], Trained]


def _train(
    declared, settings: Settings, stamps: list[Record], request: Request, progress: Progress
) -> Iterator[Outcome]:
    if not stamps:
        return iter(())
    if isinstance(declared, Lesson):
        return _lesson(declared, settings, stamps)
    if stamps[0]["trainer"] == "compiled":
        return _compiled(declared, settings, stamps, request, progress)
    return _keras(declared, settings, stamps, request, progress)


def _lesson(lesson: Lesson, settings: Settings, stamps: list[Record]) -> Iterator[Outcome]:
    for stamp in stamps:
        began = time.perf_counter()
        measures = lesson.ask(settings, stamp["seed"])
        yield stamp, measures, Trained([], [], {}, seconds=time.perf_counter() - began)


def _shown(lesson: Lesson, settings: Settings) -> list[str]:
    """The output of a lesson's `show`, as lines of plain text."""
    from rich.console import Console

    text = io.StringIO()
    console = Console(file=text, width=SHOWN_WIDTH, no_color=True, highlight=False, markup=False)
    for item in lesson.show(settings):
        console.print(item)
    return [line.rstrip() for line in text.getvalue().splitlines()]


def _compiled(
    experiment: Experiment, settings: Settings, stamps: list[Record], request: Request, progress: Progress
) -> Iterator[Outcome]:
    from threadpoolctl import threadpool_limits

    from lstm_lab.models.predictor import Predictor
    from lstm_lab.trainers import compiled

    architecture = experiment.model(settings)
    jobs: dict[int, Job] = {}

    def build(place: int) -> Callable:
        def job():
            made = jobs[place] = experiment.job(settings, stamps[place]["seed"])
            return made.framed, made.schedule, made.weights

        return job

    def watch(place: int, done: float, logs: dict) -> None:
        progress.epoch(stamps[place]["seed"], done, settings.epochs, logs)

    builders = [build(place) for place in range(len(stamps))]
    names = [f"seed {stamp['seed']}" for stamp in stamps]
    stop = Event()
    each = compiled.each_seed(architecture, builders, threads=request.jobs, names=names, progress=watch, stop=stop)
    # One thread a seed: more threads would slow such small products.
    with threadpool_limits(1, user_api="blas"), progress.stopping(stop):
        try:
            for place, trained in each:
                job, stamp = jobs.pop(place), stamps[place]
                predictor = Predictor(architecture, trained.weights, job.framed.codec)
                rng = stream(stamp["seed"], "probe")
                yield stamp, experiment.ask(settings, job.framed, job.weights, trained, predictor, rng), trained
        except CancelledError:
            raise KeyboardInterrupt from None


def _keras(
    experiment: Experiment, settings: Settings, stamps: list[Record], request: Request, progress: Progress
) -> Iterator[Outcome]:
    if request.jobs and request.jobs > 1:
        from joblib import Parallel, delayed

        # A worker loads the script again: its functions and settings cannot be sent to another process.
        given = experiment.file, settings.recorded(), os.getpid()
        tasks = (delayed(_keras_elsewhere)(*given, stamp) for stamp in stamps)
        yield from Parallel(processes.fitting(request.jobs, len(stamps)), return_as="generator_unordered")(tasks)
        return
    for stamp in stamps:
        yield _keras_seed(experiment, settings, stamp, progress)


def _keras_elsewhere(file: Path, settings: dict[str, Any], parent: int, stamp: Record) -> Outcome:
    """One seed in a process of its own."""
    from lstm_lab.suite import catalogue

    processes.end_with(parent)
    experiment = catalogue.load_script(file)
    assert isinstance(experiment, Experiment)
    experiment = experiment.of(stamp["variant"])
    again = experiment.config.resolve(overrides=settings)
    if experiment.config.hash(again) != stamp["config"]:
        raise ValueError(f"{experiment.name}: its TOML file or its data were changed during the run: start again")
    stamp, measures, trained = _keras_seed(experiment, again, stamp, Progress())
    return stamp, measures, replace(trained, optimizer_state=None)


def _keras_seed(experiment: Experiment, settings: Settings, stamp: Record, progress: Progress) -> Outcome:
    from lstm_lab.trainers import keras as trainer

    def watch(done: int, logs: dict) -> None:
        progress.epoch(seed, done, settings.epochs, logs)

    seed = stamp["seed"]
    trainer.keras.backend.clear_session()  # otherwise the graphs of all earlier seeds stay in memory
    if stamp["start"] == "literal":
        trainer.keras.utils.set_random_seed(seed)
        rng: Any = LegacyDraws(seed)
        framed = experiment.data(settings, rng)
        architecture, order = experiment.checked(settings, framed)
        began = time.perf_counter()
        before, trained = trainer.literal(architecture, framed, order, settings.epochs, settings.batch_size, watch)
    else:
        job, rng = experiment.job(settings, seed), stream(seed, "probe")
        framed, architecture, before = job.framed, job.architecture, job.weights
        began = time.perf_counter()
        trained = trainer.train(architecture, framed, job.schedule, before, progress=watch)
    trained = replace(trained, seconds=time.perf_counter() - began)
    predictor = trainer.KerasPredictor(architecture, trained.weights, framed.codec)
    return stamp, experiment.ask(settings, framed, before, trained, predictor, rng), trained


def _record(measures: dict[str, Measure], trained: Trained, settings: Settings) -> Record:
    return {
        "measures": {name: m.value for name, m in measures.items()},
        "chance": {name: round(m.chance, 4) for name, m in measures.items() if m.chance is not None},
        "lookup_table": {name: m.lookup_table for name, m in measures.items() if m.lookup_table is not None},
        "seconds": float(f"{trained.seconds:.3g}"),
        "settings": settings.recorded(),
    }


def _trained_on(request: Request, trainer: str) -> tuple[int, str]:
    """(threads, device); ValueError or ImportError where the trainer cannot do it here."""
    if trainer == "compiled":
        from lstm_lab.trainers import compiled

        return request.jobs or compiled.cores(), compiled.find_device(None).platform
    if trainer == "keras":
        from lstm_lab.trainers import backend

        backend.check()
    return request.jobs or 1, "cpu"
