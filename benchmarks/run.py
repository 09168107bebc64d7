"""All benchmarks, one after another, each a process of its own: what `make bench` runs.

    python benchmarks/run.py [--quick] [--torch PYTHON] [NAME …]

The tables land in results/benchmarks/. A benchmark that fails does not keep the others from running; the exit status
then is 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# In this order: wholerun works with what trainers has measured. Beside each, how it is told to do very little.
BENCHMARKS = {
    "trainers": ["--quick"],
    "wholerun": ["--quick"],
    "scaling": ["--quick"],
    "methods": ["--quick"],
    "keras_overhead": ["--quick"],
    "state_overhead": ["--rounds", "1"],
    "to_supervised": ["10000"],
    "unrolling": ["--quick"],
    "serving": ["--numbers", "100", "--rounds", "1"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="as little of everything as shows that it runs")
    parser.add_argument("--torch", default=sys.executable, help="a Python that has torch, if this one has not")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]!r}: use {', '.join(BENCHMARKS)}")
    failed = []
    for name, quick in BENCHMARKS.items():
        script = HERE / f"{name}.py"
        if (arguments.names and name not in arguments.names) or not script.exists():
            continue
        command = [sys.executable, str(script), *(quick if arguments.quick else [])]
        command += ["--torch", arguments.torch] if name == "trainers" else []
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
