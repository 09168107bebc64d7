"""Training in this process: in the main thread, or in threads of the compiled trainer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

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
        from threadpoolctl import threadpool_limits

        from lstm_lab.trainers import compiled

        self.device = compiled.find_device(device).platform
        self._side_by_side = self.device != "cpu"
        self.threads = 1 if self._side_by_side else threads or compiled.cores()
        self._slots: list[Slot] = []
        self._executor = ThreadPoolExecutor(self.threads)
        # One thread a seed: more threads would slow such small products.
        self._limits = threadpool_limits(1, user_api="blas")

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
        self._executor.shutdown(cancel_futures=True)
        self._limits.restore_original_limits()
