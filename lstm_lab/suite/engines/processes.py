"""Processes of this machine, each of which trains one run at a time: they use every core, also where Python's own part
of a run is large, and Keras' trainer needs them to train more than one seed at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path

from lstm_lab.suite.engines import memory, travelling
from lstm_lab.suite.engines.base import Engine, Part, Slot, several

STARTS = 3  # times that a process may end before it has trained anything


class Remote(Engine):
    """What engines share whose places are other processes: an experiment is sent once to each of them."""

    together = True

    def __init__(self) -> None:
        self._files: dict[Path, dict[str, bytes]] = {}  # read once: somebody may edit them while a request runs
        self._parcels: dict[Part, tuple[str, travelling.Parcel]] = {}

    def submit(self, slot: Slot, part: Part, stamps, told, stop) -> Future:
        if part not in self._parcels:
            file = part.experiment.file
            if file not in self._files:
                self._files[file] = travelling.files_of(part.experiment)
            parcel = travelling.Parcel(part.experiment.name, self._files[file], part.settings.contents())
            self._parcels[part] = parcel.digest, parcel
        digest, parcel = self._parcels[part]
        sent = None if digest in slot.has else parcel
        slot.has.add(digest)
        return slot.executor.submit(travelling.train, digest, sent, part.settings.recorded(), stamps, self.device)

    def block(self, seconds: float | None) -> int:
        return several(seconds)


class Processes(Remote):
    """So many of them, but no more than memory is free for; one that ends is started again.

    A process of its own for each place: if one is killed, the others go on.
    """

    def __init__(self, count: int, trainer: str = "compiled", device: str | None = None):
        super().__init__()
        self.threads, self.note = memory.fitting(count, trainer), memory.about(count, trainer)
        self.device = device
        self._slots: list[Slot] = []
        self._asked: dict[Slot, Future] = {}  # what each says of itself
        self._failed_starts = 0

    def slots(self, wanted: int) -> Sequence[Slot]:
        for slot in [slot for slot, asked in self._asked.items() if asked.done() and asked.exception()]:
            self._failed_starts += 1
            if self._failed_starts >= STARTS:
                error = self._asked[slot].exception()
                raise ValueError(f"a process to train in ends as it starts ({error}): use fewer, or none, of --workers")
            self._forget(slot)
        while len(self._slots) < min(self.threads, wanted):
            with _signals_held():
                slot = self._start(len(self._slots))
                self._asked[slot] = slot.executor.submit(travelling.about)
            self._slots.append(slot)
        return [slot for slot in self._slots if self._asked[slot].done() and not self._asked[slot].exception()]

    def lost(self, slot: Slot) -> bool:
        self._forget(slot)  # it has ended: its number may be another process' by now
        return True

    def stop(self) -> None:
        for slot in list(self._slots):
            self._end(slot)

    def close(self) -> None:
        self.stop()

    def _start(self, number: int) -> Slot:
        executor = ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), initializer=travelling.begin, initargs=(os.getpid(),)
        )
        return Slot(f"process {number}", executor)

    def _end(self, slot: Slot) -> None:
        """End a process at once, whatever it does."""
        asked = self._forget(slot)
        if asked and asked.done() and not asked.exception():
            with suppress(ProcessLookupError):
                os.kill(asked.result().process, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _forget(self, slot: Slot) -> Future | None:
        if slot not in self._slots:
            return None
        self._slots.remove(slot)
        slot.executor.shutdown(wait=False, cancel_futures=True)
        return self._asked.pop(slot)


@contextmanager
def _signals_held() -> Iterator[None]:
    """What is started in the block gets no Ctrl-C before it can ignore it; this process gets it after the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, travelling.LEFT_TO_PARENT)
    try:
        resource_tracker.ensure_running()  # a process of multiprocessing's own: as it starts it lets Ctrl-C through
        signal.pthread_sigmask(signal.SIG_BLOCK, travelling.LEFT_TO_PARENT)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
