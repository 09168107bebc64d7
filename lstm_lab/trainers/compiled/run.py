"""Training one network, or many seeds of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from threading import Event
from typing import Literal

import jax
import numpy as np

from lstm_lab.common.checks import shown
from lstm_lab.common.typed import Positive, typed
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Schedule
from lstm_lab.models.architecture import Architecture
from lstm_lab.trainers.compiled.calls import first_call, parts
from lstm_lab.trainers.compiled.history import OptimizerState
from lstm_lab.trainers.compiled.plan import Backend, Plan
from lstm_lab.trainers.compiled.program import compiled
from lstm_lab.trainers.compiled.running import Run
from lstm_lab.trainers.trained import Trained

Task = tuple[Framed, Schedule, list[np.ndarray]]
Method = Literal["auto", "threads", "vmap"]
SoFar = Callable[[float, dict[str, float]], None]  # (epochs done, loss and accuracy of the last whole one)
# Seeds of one vmapped program, on a CPU and elsewhere; fewer are filled up, so that it serves any number of them.
GROUPS = {"cpu": 64, "gpu": 256}


@typed
def train(
    architecture: Architecture,
    framed: Framed,
    schedule: Schedule,
    weights: list,
    *,
    state: Sequence | None = None,
    optimizer_state: OptimizerState | None = None,
    device: str | None = None,
    stop: Event | None = None,
    progress: SoFar | None = None,
    backend: Backend = "tensorflow",
) -> Trained:
    """Make a schedule's updates from given weights, state and optimizer state (None: zeros, and a new optimizer).

    weights  float32 arrays in the order of Keras' `get_weights()`
    state    for each layer that has one its arrays, [batch, units] each
    device   "cpu" or "gpu"; None: the one JAX prefers
    stop     an event that another thread may set: training then ends with CancelledError in a fraction of a second
    progress  called some times a second with the epochs done, a whole number or not, and the last whole one's history
    backend  whose Keras is followed, where they differ (see `plan.Backend`)

    Raises ValueError where the parts do not fit each other or the device is not there, and TrainingDiverged with the
    update and the epoch where the loss is NaN or infinite.
    """
    place = find_device(device)
    run = Run(Plan(architecture, framed, schedule, weights, backend), weights, state, optimizer_state)
    loop = compiled(run.plan.spec, place.platform)
    with jax.default_device(place):
        for chunk in run.chunks:
            for part in parts(loop, chunk):
                with first_call(loop, chunk):
                    _go_on(stop)
                    run.carry, losses, hits = loop(run.carry, chunk.arrays, np.int32(part.start), np.int32(part.stop))
                run.history.add(chunk, part, np.asarray(losses), np.asarray(hits))
                if progress is not None:
                    progress(*run.history.so_far())
    return run.trained()


def train_seeds(architecture: Architecture, jobs: Sequence[Task | Callable[[], Task]], **options) -> list[Trained]:
    """The results of `each_seed`, which has the options, in the order of the jobs."""
    trained = dict(each_seed(architecture, jobs, **options))
    return [trained[number] for number in range(len(jobs))]


@typed
def each_seed(
    architecture: Architecture,
    jobs: Sequence,
    *,
    threads: Positive | None = None,
    method: Method = "auto",
    device: str | None = None,
    names: Sequence | None = None,
    stop: Event | None = None,
    progress: Callable[[int, float, dict[str, float]], None] | None = None,
    backend: Backend = "tensorflow",
) -> Iterator[tuple[int, Trained]]:
    """Train the same architecture on many jobs, (framed, schedule, weights) each, all of the same shapes.

    jobs     a list of them. A job may be a function that builds it, so that a thousand seeds' data need not be in
             memory at once
    threads  at once, on a CPU; None: one a core. The results are the same bytes whatever their number.
    method   "threads": one compiled program on a pool of threads; "vmap": seeds side by side in one program; "auto":
             threads on a CPU, vmap on a GPU
    names    what the jobs are called where one goes wrong; None: job 0, job 1, …
    stop     an event that may be set: training then ends in a fraction of a second, the jobs that were finished are
             returned, then CancelledError is raised
    progress  called as `train` calls it, with the number of the job before; on threads, from the job's own
    backend   as `train` has it

    Gives (number of the job, its result) in the order they finish. Raises as `train` does; the message begins with the
    job's name. On threads no finished job is lost. If a job fails, no new job starts; jobs in training are finished and
    returned; then the error is raised. An interrupt ends training in a fraction of a second, and the jobs that were
    finished are returned.
    """
    names = [f"job {number}" for number in range(len(jobs))] if names is None else names
    if len(names) != len(jobs):
        raise ValueError(f"names are {len(names)} for {len(jobs)} jobs: give one for each, or None")
    place, stop = find_device(device), _Own(stop)
    if method == "auto":
        method = "threads" if place.platform == "cpu" else "vmap"
    if method == "threads":
        at_once = min(threads or cores(), len(jobs) or 1)
        yield from _on_threads(architecture, jobs, names, at_once, device, stop, progress, backend)
    else:
        size = group_of(place.platform)
        for first in range(0, len(jobs), size):
            group = slice(first, first + size)
            built = [_built(job) for job in jobs[group]]
            told = progress and (lambda number, *so_far, first=first: progress(first + number, *so_far))
            yield from enumerate(_side_by_side(architecture, built, names[group], place, stop, told, backend), first)


def group_of(platform: str) -> int:
    """How many seeds one vmapped program trains."""
    return GROUPS.get(platform, GROUPS["gpu"])


def find_device(name: str | None) -> jax.Device:
    """The JAX device of that platform; ValueError where there is none."""
    try:
        return jax.devices(name)[0]
    except (RuntimeError, AssertionError, TypeError):  # JAX asserts that one of JAX_PLATFORMS could be used
        asked = jax.config.jax_platforms  # type: ignore[attr-defined]
        if name is None:
            says = f"JAX_PLATFORMS is {asked!r}: JAX has no such device here; use cpu, or leave it unset"
            raise ValueError(says) from None
        here = ", ".join(sorted({device.platform for device in jax.devices()}))
        raise ValueError(f"device is {shown(name)}: JAX has none here; use {here}, or install JAX for it") from None


def _on_threads(
    architecture, jobs, names, threads: int, device, stop: Event, progress, backend: Backend
) -> Iterator[tuple[int, Trained]]:

    def one(number: int) -> tuple[int, Trained]:
        _go_on(stop)
        with _called_by(names[number]):
            told = progress and partial(progress, number)
            how = {"device": device, "stop": stop, "progress": told, "backend": backend}
            return number, train(architecture, *_built(jobs[number]), **how)

    numbers = iter(range(len(jobs)))
    with ThreadPoolExecutor(threads) as pool:
        waiting: set[Future] = set()
        wrong = None
        try:
            waiting |= {pool.submit(one, number) for number in islice(numbers, 2 * threads)}
            while waiting:
                done = wait(waiting, return_when=FIRST_COMPLETED).done
                wrong = wrong or next(filter(None, (future.exception() for future in done)), None)
                if wrong:
                    waiting -= {future for future in waiting if future.cancel()}
                else:
                    waiting |= {pool.submit(one, number) for number in islice(numbers, len(done))}
                yield from _taken(waiting, done)
            if wrong:
                raise wrong
        except BaseException as end:  # an interrupt, or a caller who wants no more of them
            stop.set()
            waiting -= {future for future in waiting if future.cancel()}
            if isinstance(end, KeyboardInterrupt):
                yield from _taken(waiting, wait(waiting).done)
            raise


def _taken(waiting: set[Future], done: set[Future]) -> Iterator[tuple[int, Trained]]:
    """The results of those that are done and went well; each is taken off `waiting` before it is given out."""
    for future in done:
        waiting.discard(future)
        if not future.exception():
            yield future.result()


class _Own(Event):
    """An event that is set where the caller's is; to set it leaves the caller's alone, which others may look at."""

    def __init__(self, callers: Event | None):
        super().__init__()
        self._callers = callers

    def is_set(self) -> bool:
        return super().is_set() or (self._callers is not None and self._callers.is_set())


def _go_on(stop: Event | None) -> None:
    if stop is not None and stop.is_set():
        raise CancelledError("training was told to stop")


@contextmanager
def _called_by(name: str):
    try:
        yield
    except (ArithmeticError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error


def _side_by_side(
    architecture, jobs: list[Task], names: Sequence[str], place, stop, progress, backend: Backend
) -> list[Trained]:
    """A group of jobs in one program, filled up with the last job to a fixed size."""
    runs = [Run(Plan(architecture, *job, backend), job[2], None, None) for job in jobs]
    plan = runs[0].plan
    for name, run in zip(names, runs, strict=True):
        if (run.plan.spec, run.plan.updates) != (plan.spec, plan.updates):
            raise ValueError(f"{name} differs in shape or length from {names[0]}: method vmap needs them alike")
    loop = compiled(plan.spec, place.platform, "vmap")
    more = group_of(place.platform) - len(runs)
    filled = runs + [runs[-1]] * more
    carry = _stacked([run.carry for run in filled])
    with jax.default_device(place):
        for chunks in zip(*(run.chunks for run in runs), strict=True):
            chunks += (chunks[-1],) * more
            arrays = _stacked([chunk.arrays for chunk in chunks])
            for part in parts(loop, chunks[0]):
                _go_on(stop)
                with first_call(loop, chunks[0]):
                    carry, losses, hits = loop(carry, arrays, np.int32(part.start), np.int32(part.stop))
                losses, hits = np.asarray(losses), np.asarray(hits)
                for number, (run, chunk) in enumerate(zip(runs, chunks, strict=False)):
                    with _called_by(names[number]):
                        run.history.add(chunk, part, losses[number], hits[number])
                    if progress is not None:
                        progress(number, *run.history.so_far())
    carry = jax.tree.map(np.asarray, carry)
    for number, run in enumerate(runs):
        run.carry = jax.tree.map(lambda array, number=number: array[number], carry)
    results = []
    for name, run in zip(names, runs, strict=True):
        with _called_by(name):
            results.append(run.trained(len(runs)))
    return results


def _stacked(trees: list):
    return jax.tree.map(lambda *arrays: np.stack(arrays), *trees)


def _built(job):
    job = job() if callable(job) else job
    if not isinstance(job, Sequence) or len(job) != 3:
        raise ValueError(f"job is {shown(job)}: give (framed, schedule, weights)")
    return job


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
