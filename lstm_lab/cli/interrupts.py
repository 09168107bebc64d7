"""Ctrl-C, SIGTERM and SIGHUP end a command in the same way: what is finished is kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupts:
    """The last signal that came, and what it does: KeyboardInterrupt, or the first time what `gently` says."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._stop: Event | None = None

    @property
    def status(self) -> int:
        """The exit status of a command that was interrupted: 128 and the number of the signal."""
        return 128 + (self.number or signal.SIGINT)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Until the end of the block, unless a caller has had them ignored, as `nohup` does."""
        before = {}
        if threading.current_thread() is threading.main_thread():  # no other may
            before = {number: signal.getsignal(number) for number in _SIGNALS}
            before = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
        self.number = None
        for number in before:
            signal.signal(number, self._handle)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def gently(self, stop: Event) -> Iterator[None]:
        """In the block the first signal sets an event, so that no work is cut in the middle; a second interrupts."""
        self._stop = stop
        try:
            yield
        finally:
            self._stop = None

    def _handle(self, number, frame) -> None:
        self.number = number
        if self._stop is None or self._stop.is_set():
            raise KeyboardInterrupt
        self._stop.set()


interrupts = Interrupts()
