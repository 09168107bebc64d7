"""What all benchmarks share: the command line, medians of interleaved runs, and tables in results/benchmarks/."""

from __future__ import annotations

import argparse
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


def options(description: str | None, quick: str) -> argparse.ArgumentParser:
    """A benchmark's command line; each has --quick: so little of everything that it only shows that it runs."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{quick}: does it run at all?")
    return parser


def seconds(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def interleaved(
    actions: dict[str, Callable[[], object]], rounds: int = 3, at_least_seconds: float = 0.0
) -> dict[str, float]:
    """Median seconds of each action. The actions take turns in every round, so that a slow machine slows all alike.

    at_least_seconds  an action is called again within its turn until this much time has passed
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
    from lstm_lab.common.files import write_whole  # here: a Python with torch may not have what it needs

    words = (Path(word).name if os.path.isabs(word) else word for word in sys.argv[1:])  # paths differ by machine
    command = " ".join(["python", os.path.relpath(sys.argv[0], ROOT), *words])
    parts = [f"# {title}", f"`{command}` on {machine()}, {date.today().isoformat()}.", markdown(header, rows)]
    text = "\n\n".join([*parts, *([note] if note else []), *more]) + "\n"
    write_whole(FOLDER / f"{name}.md", text)
    print(text)


def markdown(header: Sequence[str], rows: Rows) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def figure(value: float | None, digits: int = 3) -> str:
    """A number with `digits` significant digits and no exponent: 1234.5 → "1,230"; None → "not measured"."""
    if value is None:
        return "not measured"
    if not value:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 ** (digits - 1) else f"{rounded:.{digits}g}"


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """Processor, cores and system in a few words."""
    return f"{_processor()}, {cores()} cores, {platform.system()}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.machine()
