"""Keras' processes: how many of them memory is free for, and that they end with the one that started them."""

from __future__ import annotations

import os
import time
from functools import cache
from threading import Thread

from lstm_lab.common.checks import free_memory

SIZE = 10**9  # bytes that a process with Keras and TensorFlow takes


def fitting(jobs: int | None, seeds: int) -> int:
    """How many of Keras' processes: those asked for, but no more than memory is free for."""
    free = free_memory()
    return max(1, min(jobs or 1, seeds, seeds if free is None else free // SIZE))


def about(jobs: int | None, seeds: int) -> str:
    """What starting Keras takes."""
    text, count = "starting Keras: about ten seconds", fitting(jobs, seeds)
    if not jobs or jobs == 1:
        return text
    text += f"; {count} process{'es' * (count > 1)}, each takes about {SIZE // 10**9} GB"
    return text + f" and {(free_memory() or 0) / 1e9:.1f} GB are free" * (count < min(jobs, seeds))


@cache
def end_with(parent: int) -> None:
    """End this process when its parent has ended, by whatever means: otherwise it would train on, for nobody."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()
