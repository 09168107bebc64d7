"""Whole processes: all published sections with 1 seed and with 30, and each script until its table stands there.

    python benchmarks/wholerun.py [--quick] [--keras]

Start-up, data, training, probes and reports included, with a warm cache of compiled programs. Keras' total is worked
out from the cost per update that benchmarks/trainers.py measured before (results/benchmarks/trainers.json), unless
--keras runs it, which takes half an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sections
import table

COMMAND = str(Path(sys.executable).parent / "lstm-lab")
SEEDS = 30
WITHIN_SECONDS, WITHIN_TIMES, TABLE_SECONDS = 120, 100, 6  # what the project asks of itself, on two cores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few epochs of everything: does it run at all?")
    parser.add_argument("--keras", action="store_true", help="run the Keras trainer through all sections as well")
    arguments = parser.parse_args()
    options = ["--settings", "smoke"] if arguments.quick else []
    published = sections.published()
    whole = [COMMAND, "run", "published", *options]
    _process(whole)  # warms the cache of compiled programs, and the files' pages
    one, many = (_process([*whole, "--seeds", str(seeds)]) for seeds in (1, SEEDS))
    keras_one, how = (_process([*whole, "--trainer", "keras"]), "run") if arguments.keras else _extrapolated(published)
    rows = [
        ["1", table.figure(one), _shown(keras_one), _shown(keras_one and keras_one / one)],
        [str(SEEDS), table.figure(many), _shown(keras_one and SEEDS * keras_one),
         _shown(keras_one and SEEDS * keras_one / many)],
    ]  # fmt: skip
    scripts = []
    for declared in published:
        script = [sys.executable, str(declared.file), "--seeds", str(SEEDS), *options]
        shown = _process(script, until=f"{SEEDS} seeds")
        scripts.append([declared.id, table.figure(shown), "yes" if shown <= TABLE_SECONDS else "no"])
    table.write(
        "wholerun",
        "All published sections as one process, and each script by itself",
        ["seeds", "ours, s", f"plain Keras, s ({how})", "plain Keras ÷ ours"],
        rows,
        f"Wall seconds of `lstm-lab run published`, start-up included, compiled programs in the cache on disk. Asked "
        f"for: {WITHIN_TIMES} times, and {SEEDS} seeds within {WITHIN_SECONDS} s on two cores. Keras' seconds, where "
        "they are extrapolated: the plain loop's cost per update that `benchmarks/trainers.py` measured, times all "
        "updates of each section; its start-up, building, tracing and probes are not in them.",
        [
            f"## One script, {SEEDS} seeds, until its table",
            table.markdown(["section", "s", f"within {TABLE_SECONDS} s"], scripts),
            f"`python experiments/NNNN_name.py --seeds {SEEDS}`, from the start of the process until the first line of "
            f"its table. Asked for: {TABLE_SECONDS} s, but for 0170 and the 02xx.",
        ],
    )


def _process(command: list[str], until: str | None = None) -> float:
    """Wall seconds of a process with an empty folder of results; or until a line of its output has some text."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--results", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=table.ROOT,
            env=os.environ | {"COLUMNS": "200"},
        )
        assert process.stdout is not None
        seen, output = None, []
        for line in process.stdout:
            output.append(line)
            if until and until in line and seen is None:
                seen = time.perf_counter() - began
        status = process.wait()
        taken = time.perf_counter() - began
    if status or (until and seen is None):
        raise RuntimeError(f"{' '.join(command)} ended with {status}:\n{''.join(output[-30:])}")
    return taken if seen is None else seen


def _extrapolated(published) -> tuple[float | None, str]:
    """Seconds of the plain Keras loops over all sections with one seed, from trainers.json; and how it was had."""
    path = table.FOLDER / "trainers.json"
    if not path.exists():
        return None, "run benchmarks/trainers.py first"
    known = json.loads(path.read_text(encoding="utf-8"))
    costs = {one["section"]: one["microseconds"]["plain"] * one["whole_updates"] / 1e6 for one in known["sections"]}
    missing = [declared.id for declared in published if declared.id not in costs]
    if missing or known["machine"] != table.machine():
        return None, f"not in trainers.json: {', '.join(missing) or 'this machine'}"
    return sum(costs[declared.id] for declared in published), "extrapolated"


def _shown(value: float | None) -> str:
    return table.figure(value)


if __name__ == "__main__":
    main()
