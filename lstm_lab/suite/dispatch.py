"""Who trains what, and when: the runs that are missing go to the places of an engine, some seeds at a time."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass
from threading import Event

from lstm_lab.suite.engines.base import Engine, Part, Slot
from lstm_lab.suite.engines.travelling import Changed
from lstm_lab.suite.results import Key, Record, key
from lstm_lab.suite.training import Outcome, Told

TICK = 0.1  # seconds between two looks at what cannot call: a signal, a worker that is gone
LOSSES = 3  # so often a run may take its worker with it


@dataclass(frozen=True, eq=False)
class Failed:
    """A run that failed, and why, in a line."""

    stamp: Record
    reason: str


class _Queue:
    """The runs that are still to be trained.

    A place goes on with the program that it has compiled while there are runs for it; then it takes one that no other
    place works on; then it helps where most is left.
    """

    def __init__(self, missing: Mapping[Part, Sequence[Record]]):
        self._left = {part: list(stamps) for part, stamps in missing.items()}
        self._seconds: dict[Part, float] = {}  # of one run
        self._alone: set[Key] = set()  # runs that are sent without others: one of their block went wrong

    def __len__(self) -> int:
        return sum(map(len, self._left.values()))

    def take(self, slot: Slot, slots: Sequence[Slot], engine: Engine) -> tuple[Part, list[Record]]:
        """The next block for a place."""
        part = self._part(slot, {other.program for other in slots if other is not slot})
        left = self._left[part]
        share = math.ceil(len(self) / (2 * len(slots))) if len(slots) > 1 else len(left)
        most = min(engine.block(self._seconds.get(part)), share)
        alone = [place for place, stamp in enumerate(left[:most]) if key(stamp) in self._alone]
        size = max(1, most if not alone else alone[0])
        self._left[part] = left[size:]
        slot.program = part.program
        return part, left[:size]

    def _part(self, slot: Slot, others: set) -> Part:
        parts = [part for part, stamps in self._left.items() if stamps]
        mine = [part for part in parts if part.program == slot.program]
        free = [part for part in parts if part.program not in others]
        return next(iter(mine or free), None) or max(parts, key=self._rest)

    def _rest(self, part: Part) -> float:
        return len(self._left[part]) * self._seconds.get(part, part.cost)

    def put_back(self, part: Part, stamps: Sequence[Record], alone: bool = False) -> None:
        """Runs that were taken and not trained; alone: each is to be sent by itself."""
        self._left[part] = [*stamps, *self._left[part]]
        if alone:
            self._alone |= set(map(key, stamps))

    def took(self, part: Part, outcomes: Sequence[Outcome]) -> None:
        self._seconds[part] = sum(outcome.seconds for outcome in outcomes) / len(outcomes)


def trained(
    missing: Mapping[Part, Sequence[Record]], engine: Engine, told: Told, stop: Event, keep_failures: bool = False
) -> Iterator[tuple[Part, Outcome | Failed]]:
    """Train the runs that are missing of some parts; each is given out as soon as it is there, in whatever order.

    stop           an event that ends the training: what is finished is given out, then KeyboardInterrupt is raised
    keep_failures  give a run that fails out as such and go on. Else no new run starts, those in training are finished
                   and given out, and the error is raised

    A worker that ends loses nothing: its runs are trained by another.
    """
    work = _Work(_Queue(missing), engine, told, stop, keep_failures)
    try:
        while work.goes_on():
            if stop.is_set():
                engine.stop()
                yield from work.trained_by_now(wait(work.running, timeout=TICK if engine.together else None).done)
                raise KeyboardInterrupt
            work.hand_out()
            if work.running:
                wait(work.running, timeout=TICK, return_when=FIRST_COMPLETED)
            else:  # no place is there yet: a process that starts, a worker that is to join
                time.sleep(TICK)
            yield from work.finished({future for future in work.running if future.done()} | work.gone())
        if work.wrong:
            raise work.wrong
    except BaseException:  # an interrupt, or a caller who wants no more of them
        stop.set()
        engine.stop()
        raise


class _Work:
    """What is in training, and what comes of it."""

    def __init__(self, queue: _Queue, engine: Engine, told: Told, stop: Event, keep_failures: bool):
        self._queue, self._engine, self._told, self._stop = queue, engine, told, stop
        self._keep, self._losses = keep_failures, Counter[Key]()
        self.running: dict[Future, tuple[Slot, Part, list[Record]]] = {}
        self.wrong: BaseException | None = None

    def goes_on(self) -> bool:
        return bool(self.running) or (len(self._queue) > 0 and not self.wrong)

    def hand_out(self) -> None:
        """Give each place that is free a block, if there is one."""
        if self.wrong or not len(self._queue):
            return
        slots = self._engine.slots(len(self._queue) + len(self.running))
        busy = {slot for slot, _, _ in self.running.values()}
        for slot in slots:
            if slot in busy or not len(self._queue):
                continue
            part, stamps = self._queue.take(slot, slots, self._engine)
            try:
                future = self._engine.submit(slot, part, stamps, self._told, self._stop)
            except BrokenExecutor:  # it has ended while it had nothing to do
                self._engine.lost(slot)
                self._queue.put_back(part, stamps)
            else:
                self.running[future] = slot, part, stamps

    def gone(self) -> set[Future]:
        """What is in training on a place that has ended without a word."""
        there = set(self._engine.slots(0))
        return {future for future, (slot, _, _) in self.running.items() if slot not in there}

    def finished(self, futures: set[Future]) -> Iterator[tuple[Part, Outcome | Failed]]:
        for future in futures:
            slot, part, stamps = self.running.pop(future)
            error = _error(future)
            if error is None:
                yield from self._done(slot, part, stamps, future.result())
            elif self._engine.is_loss(error):
                counts = self._engine.lost(slot)
                yield from self._lost(part, stamps, counts)
            elif not isinstance(error, CancelledError):
                yield from self._failed(part, stamps, error)

    def trained_by_now(self, futures: set[Future]) -> Iterator[tuple[Part, Outcome]]:
        """What is trained when all is to end: a run that ends otherwise now does so because it was ended."""
        for future in futures:
            _, part, _ = self.running.pop(future)
            if _error(future) is None:
                yield from ((part, outcome) for outcome in future.result() or ())

    def _done(self, slot: Slot, part: Part, stamps, outcomes: list[Outcome] | None):
        if outcomes is None:  # a place that was started anew does not know the experiment any more
            slot.has.clear()
            self._queue.put_back(part, stamps)
            return
        self._queue.took(part, outcomes)
        yield from ((part, outcome) for outcome in outcomes)

    def _lost(self, part: Part, stamps: list[Record], counts: bool):
        if counts:
            self._losses.update(map(key, stamps))
        again = [stamp for stamp in stamps if len(stamps) > 1 or self._losses[key(stamp)] < LOSSES]
        self._queue.put_back(part, again, alone=True)
        for stamp in stamps[len(again) :]:
            reason = f"seed {stamp['seed']}: its worker ended {LOSSES} times while it trained, as if out of memory"
            yield from self._failed(part, [stamp], MemoryError(reason))

    def _failed(self, part: Part, stamps: list[Record], error: BaseException):
        if len(stamps) > 1:  # which of them it was, and the others are to be kept
            self._queue.put_back(part, stamps, alone=True)
        elif self._keep and (reason := _reason(error)):
            yield part, Failed(stamps[0], reason)
        else:
            self.wrong = self.wrong or error


def _error(future: Future) -> BaseException | None:
    """What went wrong; of one that is not done, its place is gone."""
    if not future.done():
        future.cancel()
        return BrokenExecutor("the worker is gone")
    return CancelledError() if future.cancelled() else future.exception()


def _reason(error: BaseException) -> str:
    """Why a run failed, in a line; "" for what is no failure of a run, but of a program."""
    if isinstance(error, Changed):
        return ""
    memory = "RESOURCE_EXHAUSTED" in str(error)  # of XLA, which has an error of its own
    if not (memory or isinstance(error, ArithmeticError | ValueError | MemoryError)):
        return ""
    return " ".join(str(error).split())[:500] or type(error).__name__
