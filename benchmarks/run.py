"""All benchmarks, one after another, each a process of its own: what `make bench` runs.

    python benchmarks/run.py [--quick] [--torch PYTHON] [NAME …]

The tables are written to results/benchmarks/, that of fit_page into docs/fit.md. Where a benchmark fails, the others
still run, and the exit status is 1.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import table

HERE = Path(__file__).resolve().parent
# In this order: wholerun uses what trainers has measured.
BENCHMARKS = ("trainers", "wholerun", "scaling", "methods", "keras_overhead", "state_overhead", "to_supervised",
              "unrolling", "serving", "size", "workers", "fit", "fit_page", "parts")  # fmt: skip


def main() -> int:
    parser = table.options(__doc__, "very little of everything")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--torch", default=sys.executable, help="a Python that has torch, if this one has not")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHMARKS]:
        parser.error(f"no benchmark is called {unknown[0]!r}: use {', '.join(BENCHMARKS)}")
    failed = []
    for name in [name for name in BENCHMARKS if name in (arguments.names or BENCHMARKS)]:
        command = [sys.executable, str(HERE / f"{name}.py"), *(["--quick"] if arguments.quick else [])]
        command += ["--torch", arguments.torch] if name in ("trainers", "fit") else []
        print(f"\n=== {name}", flush=True)
        began = time.perf_counter()
        status = subprocess.run(command, check=False).returncode
        print(f"=== {name}: {time.perf_counter() - began:.0f} s, exit status {status}", flush=True)
        if status:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
