"""A Dask cluster: workers on this machine or on others, which may join, leave and die while a request runs."""

from __future__ import annotations

import asyncio
import logging
import pickle
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lstm_lab.common.checks import cut
from lstm_lab.suite.engines import travelling
from lstm_lab.suite.engines.base import Slot
from lstm_lab.suite.engines.processes import Remote

CONNECTING = 10.0  # seconds in which a scheduler has to answer
ANSWERING = 60.0  # seconds in which a worker has to say what it is: it may have to import all first
LOOKING = 1.0  # seconds between two looks at which workers there are

_LOSSES = ("KilledWorker", "CommClosedError", "FutureCancelledError")  # of Dask, which is not imported for this


class Cluster(Remote):
    """The workers of a scheduler, each of whose threads trains one run at a time.

    address  as Dask has it: "tcp://127.0.0.1:8786"; "tls://…" as Dask's own configuration says
    say      takes a line for somebody who waits
    Raises ValueError where no scheduler answers, and where a worker that is there has another version of the package,
    or lacks what it needs. A worker that joins later and differs is left out.
    """

    def __init__(self, address: str, device: str | None = None, say: Callable[[str], None] = print):
        super().__init__()
        self.address, self.device, self._say = address, device, say
        self._mine = travelling.about()
        self._workers: dict[str, _Worker] = {}  # by their addresses
        self._looked = 0.0
        self._client = _connected(address)
        try:
            self._look()
            for name, worker in self._workers.items():
                if wrong := worker.wrong(self._mine, wait=True):
                    raise ValueError(f"--dask {address}: worker {name}: {wrong}")
            if not self._workers:
                say(f"{address} has no workers yet: training begins when one joins")
        except BaseException:
            self.close()
            raise
        self.threads = sum(len(worker.slots) for worker in self._workers.values()) or 1

    def slots(self, wanted: int) -> Sequence[Slot]:
        if self._client.status == "connecting":  # the scheduler is gone: it may be back within CONNECTING seconds
            self._workers.clear()
            return []
        if self._client.status != "running":
            raise ValueError(
                f"the scheduler at {self.address} is gone: what is finished is kept; start it again, and give the same "
                "command"
            )
        if time.monotonic() - self._looked > LOOKING:
            self._look()
        there = []
        for name, worker in self._workers.items():
            if worker.asked.done() and not worker.refused:
                if wrong := worker.wrong(self._mine):
                    worker.refused = True
                    self._say(f"worker {name} is left out: {wrong}")
                else:
                    there += worker.slots
        return there

    def is_loss(self, error: BaseException) -> bool:
        """A worker that ended, also where the scheduler has given up its tasks or is gone itself."""
        return isinstance(error, BrokenExecutor | CancelledError) or type(error).__name__ in _LOSSES

    def lost(self, slot: Slot) -> bool:
        self._looked = 0.0
        return self._client.status == "running"  # else all workers are lost, with the scheduler

    def stop(self) -> None:
        for worker in self._workers.values():
            worker.executor.shutdown(wait=False)  # its tasks are taken back; one that is running ends by itself
        self._workers.clear()

    def close(self) -> None:
        with suppress(Exception):  # of a scheduler that is gone
            self._client.close(timeout=2)

    def _look(self) -> None:
        """Which workers there are now."""
        self._looked = time.monotonic()
        try:
            there: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]  # some versions give five only
        except Exception:  # the scheduler is gone; the client knows it a little later
            return
        for name in self._workers.keys() - there.keys():
            del self._workers[name]
        for name in there.keys() - self._workers.keys():
            executor = _Unread(self._client.get_executor(workers=[name], pure=False))
            slots = [Slot(f"{name}, thread {thread}", executor) for thread in range(there[name]["nthreads"])]
            self._workers[name] = _Worker(executor, slots, executor.submit(travelling.about))


@dataclass(eq=False)
class _Worker:
    """asked: what it says of itself."""

    executor: Any
    slots: list[Slot]
    asked: Future
    refused: bool = False

    def wrong(self, mine: travelling.About, wait: bool = False) -> str:
        """Why nothing can be trained there, in words; "" if it can."""
        try:
            return mine.differs(self.asked.result(timeout=ANSWERING if wait else 0))
        except (TimeoutError, CancelledError):
            return f"it does not answer within {ANSWERING:g} seconds"
        except Exception as error:
            return f"it cannot load lstm-lab ({cut(str(error))}): install the same wheel there"


class _Unread:
    """An executor whose calls the scheduler cannot read and need not: it has nothing of lstm-lab."""

    def __init__(self, executor):
        self._executor, self.shutdown = executor, executor.shutdown

    def submit(self, call: Callable, *given) -> Future:
        return self._executor.submit(pickle.loads, pickle.dumps(_Call(call, given)))


@dataclass(frozen=True)
class _Call:
    """A call that is made where it is unpickled."""

    call: Callable
    given: tuple

    def __reduce__(self):
        return self.call, self.given


async def _answers(connect: Callable, address: str, security: Any) -> None:
    """Whether a scheduler answers: TimeoutError for one that takes too long, or is something else."""

    async def asked() -> None:
        comm = await connect(address, timeout=CONNECTING, **security.get_connection_args("client"))
        await comm.write({"op": "identity", "reply": True})
        try:
            if (await comm.read())["type"] != "Scheduler":
                raise ValueError("it is no scheduler")
        finally:
            comm.abort()

    await asyncio.wait_for(asked(), CONNECTING)


def _connected(address: str):
    try:
        from distributed import Client, Security
        from distributed.comm import connect
    except ImportError:
        raise ValueError(
            f"--dask {address}: the package distributed is not installed: pip install 'lstm-lab[cluster]'"
        ) from None

    for name in ("distributed", "distributed.client", "distributed.comm", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what concerns somebody is said in our words
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions that differ: of those that matter each worker is asked
            asyncio.run(_answers(connect, address, Security()))  # a client that cannot connect would not end either
            return Client(address, timeout=CONNECTING, set_as_default=False)
    except Exception as error:  # of the network, of TLS, of an address that is none
        said = cut(" ".join(str(error).split())) or type(error).__name__
        raise ValueError(
            f"--dask {address}: no scheduler answers there ({said}); `dask scheduler` starts one and prints its address"
        ) from None
