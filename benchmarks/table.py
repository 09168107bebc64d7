"""What all benchmarks share: medians of interleaved runs, and a Markdown table under results/benchmarks/."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "results" / "benchmarks"


def seconds(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def interleaved(actions: dict[str, Callable[[], object]], rounds: int = 3) -> dict[str, float]:
    """Median seconds of each action; one after another in every round, so that drift of the machine hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            taken[name].append(seconds(action))
    return {name: statistics.median(times) for name, times in taken.items()}


def write(name: str, title: str, header: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> None:
    """Print the table and write it to results/benchmarks/NAME.md, with the command and the machine it came from."""
    command = "python " + os.path.relpath(sys.argv[0]) + "".join(f" {word}" for word in sys.argv[1:])
    lines = [f"# {title}", "", f"`{command}` on {platform.system()} {platform.machine()}, {os.cpu_count()} cores.", ""]
    lines += ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    lines += ["", note] if note else []
    text = "\n".join(lines) + "\n"
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)
