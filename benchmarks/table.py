"""What all benchmarks share: medians of interleaved runs, and Markdown tables under results/benchmarks/."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "results" / "benchmarks"

Rows = Sequence[Sequence[str]]


def seconds(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def interleaved(
    actions: dict[str, Callable[[], object]], rounds: int = 3, at_least_seconds: float = 0.0
) -> dict[str, float]:
    """Median seconds of each action; one after another in every round, so that drift of the machine hits all alike.

    at_least_seconds  an action quicker than that is called again within its turn, until so much time has gone by
    """
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            left = at_least_seconds
            while True:
                taken[name].append(seconds(action))
                left -= taken[name][-1]
                if left <= 0:
                    break
    return {name: statistics.median(times) for name, times in taken.items()}


def write(name: str, title: str, header: Sequence[str], rows: Rows, note: str = "", more: Sequence[str] = ()) -> None:
    """Print the table and write it to results/benchmarks/NAME.md, with the command and the machine it came from.

    more  further parts of the page, as Markdown: other tables (`markdown`), notes
    """
    words = (Path(word).name if os.path.isabs(word) else word for word in sys.argv[1:])  # no machine's own paths
    command = " ".join(["python", os.path.relpath(sys.argv[0], ROOT), *words])
    parts = [f"# {title}", f"`{command}` on {machine()}, {date.today().isoformat()}.", markdown(header, rows)]
    text = "\n\n".join([*parts, *([note] if note else []), *more]) + "\n"
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)


def markdown(header: Sequence[str], rows: Rows) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def figure(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits and no exponent: 1234.5 → "1,230"; None → "not measured"."""
    if value is None:
        return "not measured"
    if not value:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 ** (digits - 1) else f"{rounded:.{digits}g}"


def machine() -> str:
    """Processor, cores that this process may use, and the system, in a few words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {platform.system()}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.machine()
