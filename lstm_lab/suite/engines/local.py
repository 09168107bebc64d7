"""Training in this process: in the main thread, or in threads of the compiled trainer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property

from lstm_lab.suite.engines.base import Engine, Part, Slot
from lstm_lab.suite.training import outcomes

ALL = 1 << 30  # seeds: more than any variant has


class _Now:
    """An executor that does at once what it is given: signals end it as they end any program."""

    def submit(self, call, *args, **options) -> Future:
        future: Future = Future()
        try:
            future.set_result(call(*args, **options))
        except Exception as error:
            future.set_exception(error)
        return future


class Here(Engine):
    """One run after the other, in the thread that asks: Keras' trainer, unless it has processes of its own."""

    def __init__(self) -> None:
        self._slot = Slot("this process", _Now())

    def slots(self, wanted: int) -> Sequence[Slot]:
        return [self._slot]

    def submit(self, slot: Slot, part: Part, stamps, told, stop) -> Future:
        return slot.executor.submit(outcomes, part.experiment, part.settings, stamps, told=told, device=self.device)


class Threads(Engine):
    """The compiled trainer on a CPU, a seed a thread; on a GPU, all seeds of a variant side by side.

    threads  None: one a core
    device   "cpu" or "gpu"; None: the one JAX prefers
    Raises ValueError where JAX has no such device.
    """

    def __init__(self, threads: int | None = None, device: str | None = None):
        if device is not None:  # refused before anything is made
            from lstm_lab.trainers import compiled

            compiled.find_device(device)
        self._asked, self.device = threads, device
        self._slots: list[Slot] = []
        self._opened = ExitStack()

    @cached_property
    def threads(self) -> int:  # type: ignore[override]
        from lstm_lab.trainers import compiled

        return 1 if self._side_by_side else self._asked or compiled.cores()

    @cached_property
    def _side_by_side(self) -> bool:
        from lstm_lab.trainers import compiled

        return compiled.find_device(self.device).platform != "cpu"

    @cached_property
    def _executor(self) -> ThreadPoolExecutor:
        """It is made when there is something to train: where all is there, JAX is not loaded."""
        from threadpoolctl import threadpool_limits

        # One thread a seed: more threads would slow such small products.
        self._opened.callback(threadpool_limits(1, user_api="blas").restore_original_limits)
        executor = ThreadPoolExecutor(self.threads)
        self._opened.callback(executor.shutdown, cancel_futures=True)
        return executor

    def slots(self, wanted: int) -> Sequence[Slot]:
        for number in range(len(self._slots), min(self.threads, wanted)):
            self._slots.append(Slot(f"thread {number}", self._executor))
        return self._slots

    def submit(self, slot: Slot, part: Part, stamps, told, stop) -> Future:
        given = part.experiment, part.settings, stamps
        return slot.executor.submit(outcomes, *given, told=told, stop=stop, device=self.device)

    def block(self, seconds: float | None) -> int:
        return ALL if self._side_by_side else 1

    def close(self) -> None:
        self._opened.close()
