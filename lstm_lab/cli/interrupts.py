"""Ctrl-C, SIGTERM and SIGHUP end a command in the same way: what is finished is kept."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
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
        for number in before:
            signal.signal(number, self._handle)
        hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
        _silent_end()
        try:
            yield
        finally:
            self.number, sys.unraisablehook = None, hook
            for number, handler in before.items():
                signal.signal(number, _until_the_end if handler is signal.default_int_handler else handler)

    @contextmanager
    def gently(self, stop: Event) -> Iterator[None]:
        """In the block the first signal sets an event, so that no work is cut in the middle; a second interrupts."""
        self._stop = stop
        try:
            yield
        finally:
            self._stop = None

    def check(self) -> None:
        """KeyboardInterrupt if a signal has come: of one raised before, a library may have told nobody."""
        if self.number is not None and self._stop is None:
            raise KeyboardInterrupt

    def _handle(self, number, frame) -> None:
        self.number = number
        if self._stop is not None and not self._stop.is_set():
            self._stop.set()
        else:
            raise KeyboardInterrupt

    def _unraisable(self, lost) -> None:
        """Where Python prints an exception and goes on, as in JAX's callback of the garbage collector: try again."""
        if self.number is None or lost.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(lost)
        else:
            threading.Timer(0.02, os.kill, (os.getpid(), self.number)).start()


def _until_the_end(number, frame) -> None:
    """Python's own handler of Ctrl-C, but silent while Python ends: there is nothing left to interrupt."""
    if threading.main_thread().is_alive():
        signal.default_int_handler(number, frame)


@cache
def _silent_end() -> None:
    """Python's last act but one is to give signals their default back: a Ctrl-C would then kill a finished process."""
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


interrupts = Interrupts()
