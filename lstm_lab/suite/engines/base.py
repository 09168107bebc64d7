"""What an engine is: places that train some seeds of one variant at a time."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from lstm_lab.suite.experiment import Experiment
from lstm_lab.suite.results import Record
from lstm_lab.suite.training import Told
from lstm_lab.suite.values import Settings

TOGETHER = 4.0  # seconds that the seeds take which are sent to another process at once, about


@dataclass(frozen=True, eq=False)
class Part:
    """One variant of a request: what its runs have in common.

    experiment  as the variant runs it
    stamps      of each seed asked for, what identifies its run
    program     runs with the same one share a compiled program
    cost        seconds that one run takes, by a model of the arithmetic: good for comparing parts
    """

    experiment: Experiment
    variant: str
    settings: Settings
    stamps: Sequence[Record]
    program: Hashable = None
    cost: float = 1.0


@dataclass(eq=False)
class Slot:
    """A place that trains one block of seeds at a time.

    name      what a message calls it
    executor  of concurrent.futures, or what has its `submit`
    program   the one it has trained last, and so has compiled
    has       which experiments it has been sent
    """

    name: str
    executor: Any
    program: Hashable = None
    has: set[str] = field(default_factory=set)


class Engine:
    """The base of all engines; a context that ends what it has started.

    together  whether the variants of a request are trained together; else one after the other
    threads   how many runs it trains at once, for the provenance
    device    of the compiled trainer: "cpu" or "gpu"; None: the one JAX prefers there
    note      what somebody who waits for it should know
    """

    together = False
    threads = 1
    device: str | None = None
    note = ""

    def slots(self, wanted: int) -> Sequence[Slot]:
        """The places that can train now; no more of them are started than blocks are `wanted`.

        A place that has ended is not among them any more. ValueError where there will be none.
        """
        raise NotImplementedError

    def submit(self, slot: Slot, part: Part, stamps: Sequence[Record], told: Told, stop: Event) -> Future:
        """Train some seeds of a part there. The future gives their outcomes, or None where it has to be sent again."""
        raise NotImplementedError

    def block(self, seconds: float | None) -> int:
        """How many seeds to send at once, where one takes so many seconds; None: it is not known yet."""
        return 1

    def is_loss(self, error: BaseException) -> bool:
        """Whether an error says that the place has ended, and not that training went wrong."""
        return isinstance(error, BrokenExecutor)

    def lost(self, slot: Slot) -> bool:
        """Take a place that has ended off the list. Whether what it trained may be why it ended."""
        return True

    def stop(self) -> None:
        """End what is being trained."""

    def close(self) -> None:
        """End all places."""

    def __enter__(self):
        return self

    def __exit__(self, *exception) -> None:
        self.close()


def several(seconds: float | None) -> int:
    """As many seeds as take TOGETHER seconds; one at first."""
    return 1 if seconds is None else max(1, int(TOGETHER / max(seconds, 1e-4)))
