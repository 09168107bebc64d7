"""Some seeds of one variant: trained, and their networks asked. It runs in any thread, process or machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from threading import Event, Lock
from typing import Any

import numpy as np

from lstm_lab.probes import Measure
from lstm_lab.suite.draws import LegacyDraws, stream
from lstm_lab.suite.experiment import Experiment, Job
from lstm_lab.suite.results import Record
from lstm_lab.suite.values import Settings

Told = Callable[[int, float, int, dict[str, float]], None]  # (seed, epochs done, epochs, the last whole one's history)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What is left of one run.

    stamp     what identifies it: the fields of its record up to the seed
    measures  what its network answered
    history   as in `Trained`
    seconds   wall time of the training itself
    """

    stamp: Record
    measures: dict[str, Measure]
    history: dict[str, np.ndarray]
    seconds: float


def outcomes(
    experiment: Experiment,
    settings: Settings,
    stamps: Sequence[Record],
    *,
    told: Told,
    stop: Event | None = None,
    device: str | None = None,
) -> list[Outcome]:
    """Train the seeds of some stamps, of one variant and trainer, and ask each network.

    experiment  as the variant runs it
    stop        an event that another thread may set: the seeds that are finished by then are returned, and where none
                is, CancelledError is raised. Keras looks at it between epochs
    device      of the compiled trainer: "cpu" or "gpu"; None: the one JAX prefers

    Raises what training and asking raise; the message names the seed.
    """
    train = _compiled if stamps[0]["trainer"] == "compiled" else _keras
    done: list[Outcome] = []
    try:
        done.extend(train(experiment, settings, stamps, told, stop or Event(), device))
    except CancelledError:
        if not done:
            raise
    return done


def _compiled(experiment: Experiment, settings: Settings, stamps, told: Told, stop, device) -> Iterator[Outcome]:
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
        told(stamps[place]["seed"], done, settings.epochs, logs)

    builders = [build(place) for place in range(len(stamps))]
    names = [f"seed {stamp['seed']}" for stamp in stamps]
    for place, trained in compiled.each_seed(
        architecture, builders, threads=1, names=names, progress=watch, stop=stop, device=device
    ):
        job, stamp = jobs.pop(place), stamps[place]
        predictor = Predictor(architecture, trained.weights, job.framed.codec)
        measures = experiment.ask(settings, job.framed, job.weights, trained, predictor, stream(stamp["seed"], "probe"))
        yield Outcome(stamp, measures, trained.history, trained.seconds)


_keras_lock = Lock()  # Keras' session and its random draws belong to the whole process


def _keras(experiment: Experiment, settings: Settings, stamps, told: Told, stop, device) -> Iterator[Outcome]:
    with _keras_lock:
        for stamp in stamps:
            yield _keras_seed(experiment, settings, stamp, told, stop)


def _keras_seed(experiment: Experiment, settings: Settings, stamp: Record, told: Told, stop: Event) -> Outcome:
    import time

    from lstm_lab.trainers import keras as trainer

    def watch(done: int, logs: dict) -> None:
        if stop.is_set():
            raise CancelledError
        told(seed, done, settings.epochs, logs)

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
    seconds = time.perf_counter() - began
    predictor = trainer.KerasPredictor(architecture, trained.weights, framed.codec)
    measures = experiment.ask(settings, framed, before, replace(trained, seconds=seconds), predictor, rng)
    return Outcome(stamp, measures, trained.history, seconds)
