"""Running: find the seeds and variants that are missing, have them trained and tested, and record the measures."""

from __future__ import annotations

import io
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Event
from typing import Any

from lstm_lab.judging.asked import check_asked
from lstm_lab.judging.measures import Value
from lstm_lab.probes import Measure
from lstm_lab.suite.dispatch import Failed, trained
from lstm_lab.suite.engines import Engine, Here, Part, Processes, Threads
from lstm_lab.suite.experiment import Experiment, Lesson
from lstm_lab.suite.planning import Request, planned
from lstm_lab.suite.results import Record, Store, Writer, key, provenance
from lstm_lab.suite.settings import MAIN, Config
from lstm_lab.suite.training import Outcome

STARTING = {"keras": "starting Keras: about ten seconds"}
SHOWN_WIDTH = 110  # characters of a line of a lesson in its record


class Progress:
    """Calls while a request runs; a caller may override each method.

    `epoch` is called with a seed, how many of its epochs are done (a part of one too), and the history of the last that
    is whole: some times a second, from the thread that trains the seed; not by other processes.
    """

    def stopping(self, stop: Event) -> AbstractContextManager:
        """A block in which an interruption may set the event, so that what is finished is still recorded."""
        return nullcontext()

    def begin(self, experiment: Experiment | Lesson, missing: Mapping[str, int]) -> None:
        """How many runs of each variant are to be made now."""

    def epoch(self, seed: int, done: float, epochs: int, logs: dict[str, float]) -> None: ...

    def seed(self, record: Record, measures: dict[str, Measure]) -> None: ...

    def failed(self, record: Record) -> None:
        """A run that failed is recorded, with its "reason"."""

    def note(self, text: str) -> None:
        """What somebody who waits should know."""


def run(
    declared: Experiment | Lesson,
    request: Request,
    results: Path,
    progress: Progress | None = None,
    engine: Engine | None = None,
    parts: Sequence[Part] | None = None,
) -> list[Record]:
    """Run what is missing of a request, and return all its records, old and new.

    engine  where it is trained; None: in threads of this process, and Keras in its main thread
    parts   those of the request, if they are planned already

    Raises ValueError before any training for wrong settings, a folder that cannot be written, or a trainer that cannot
    do it here; and KeyboardInterrupt, after the seeds that were finished are recorded.
    """
    progress, store = progress or Progress(), Store(results, declared.name)
    with nullcontext(engine) if engine else _own_engine(declared, request) as engine:
        parts = parts or planned(declared, request, weigh=engine.together)
        with store.writing() as writer:
            known = {key(record): record for record in store.records()}
            there = known.keys() | (set(map(key, store.failures())) if request.failures == "kept" else set())
            together = engine.together or request.failures != "raised"
            for group in [parts] if together else [[part] for part in parts]:
                missing = {
                    part: [stamp for stamp in part.stamps if request.again or key(stamp) not in there] for part in group
                }
                progress.begin(declared, {part.variant: len(stamps) for part, stamps in missing.items()})
                for record in _made(declared, request, missing, engine, writer, progress):
                    known[key(record)] = record
    return [known[key(stamp)] for part in parts for stamp in part.stamps if key(stamp) in known]


def _own_engine(declared: Experiment | Lesson, request: Request) -> Engine:
    """The engine of somebody who names none."""
    if isinstance(declared, Lesson):
        return Here()
    if request.trainer == "compiled":
        return Threads(request.jobs, request.device)
    if request.jobs and request.jobs > 1:
        return Processes(min(request.jobs, len(request.seeds) * len(request.variants)), "keras")
    return Here()


Missing = dict[Part, list[Record]]


def _made(
    declared: Experiment | Lesson,
    request: Request,
    missing: Missing,
    engine: Engine,
    writer: Writer,
    progress: Progress,
) -> Iterator[Record]:
    """Train what is missing; each record is written before it is given out."""
    if not any(missing.values()):
        return
    made_with = _provenance(declared, request, engine, progress)
    shown, asked = _shown(declared, missing), defaultdict[str, dict[str, Value]](dict)
    for part, outcome in _outcomes(declared, request, missing, engine, progress):
        settings = part.settings.recorded()
        if isinstance(outcome, Failed):
            failure = outcome.stamp | {"settings": settings, "reason": outcome.reason}
            writer.append_failure(failure)
            progress.failed(failure)
            continue
        record = outcome.stamp | _record(outcome, settings) | shown.pop(part, {}) | {"provenance": made_with}
        writer.append(record, outcome.history)
        progress.seed(record, outcome.measures)
        asked[part.variant] |= {name: measure.value for name, measure in outcome.measures.items()}
        yield record
    if not (request.overrides or request.smoke):
        for variant, values in asked.items():
            _check_asked(declared.config, variant, values)


def _outcomes(
    declared: Experiment | Lesson, request: Request, missing: Missing, engine: Engine, progress: Progress
) -> Iterator[tuple[Part, Outcome | Failed]]:
    if isinstance(declared, Lesson):
        yield from _lessons(declared, missing)
        return
    stop, keep = Event(), request.failures != "raised"
    with nullcontext() if isinstance(engine, Here) else progress.stopping(stop):
        yield from trained(missing, engine, progress.epoch, stop, keep)


def _lessons(lesson: Lesson, missing: Missing) -> Iterator[tuple[Part, Outcome]]:
    for part, stamps in missing.items():
        for stamp in stamps:
            began = time.perf_counter()
            measures = lesson.ask(part.settings, stamp["seed"])
            yield part, Outcome(stamp, measures, {}, time.perf_counter() - began)


def _shown(declared: Experiment | Lesson, missing: Missing) -> dict[Part, Record]:
    """What a lesson shows, as lines of plain text: the same for every seed, so the first record of a part has it."""
    from rich.console import Console

    if not isinstance(declared, Lesson):
        return {}
    shown: dict[Part, Record] = {}
    for part in (part for part, stamps in missing.items() if stamps):
        text = io.StringIO()
        console = Console(file=text, width=SHOWN_WIDTH, no_color=True, highlight=False, markup=False)
        for item in declared.show(part.settings):
            console.print(item)
        shown[part] = {"shown": [line.rstrip() for line in text.getvalue().splitlines()]}
    return shown


def _record(outcome: Outcome, settings: dict[str, Any]) -> Record:
    measures = outcome.measures
    return {
        "measures": {name: m.value for name, m in measures.items()},
        "chance": {name: round(m.chance, 4) for name, m in measures.items() if m.chance is not None},
        "lookup_table": {name: m.lookup_table for name, m in measures.items() if m.lookup_table is not None},
        "seconds": float(f"{outcome.seconds:.3g}"),
        "settings": settings,
    }


def _provenance(declared: Experiment | Lesson, request: Request, engine: Engine, progress: Progress) -> Record:
    """With what the runs are made. It is read once: it does not change during a run.

    ValueError or ImportError where the trainer cannot do it here.
    """
    trainer, _ = request.kind(declared)
    device = "cpu"
    with progress.stopping(Event()):  # an import that is cut in its middle can take the process with it
        if trainer == "keras":
            from lstm_lab.trainers import backend

            backend.check()
        if trainer == "compiled":
            from lstm_lab.trainers import compiled

            device = compiled.find_device(engine.device).platform
        if trainer != "none" and (note := "; ".join(filter(None, (STARTING.get(trainer), engine.note)))):
            progress.note(note)
            engine.note = ""  # once is enough
        return provenance(trainer, engine.threads, device)


def _check_asked(config: Config, variant: str, asked: dict[str, Value]) -> None:
    try:
        claims = [claim for claim in config.claims if claim.variant == variant]
        check_asked(config.published if variant == MAIN else {}, claims, asked)
    except ValueError as error:
        raise ValueError(f"{config.name}.toml: {error}; the runs are kept") from None
