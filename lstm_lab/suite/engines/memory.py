"""How many processes memory is free for."""

from __future__ import annotations

from lstm_lab.common.checks import free_memory

SIZE = {"keras": 10**9, "compiled": 4 * 10**8}  # bytes that a process takes, about: with Keras and TensorFlow; with JAX


def fitting(processes: int, trainer: str) -> int:
    """How many processes: those asked for, but no more than memory is free for."""
    free = free_memory()
    return max(1, processes if free is None else min(processes, int(free // SIZE[trainer])))


def about(processes: int, trainer: str) -> str:
    """What starting the processes takes, in words."""
    count = fitting(processes, trainer)
    text = f"{count} process{'es' * (count > 1)}, each takes about {SIZE[trainer] / 1e9:g} GB"
    return text + f" and {(free_memory() or 0) / 1e9:.1f} GB are free" * (count < processes)
