"""Whole processes: all published sections with 1 seed and with 30, and each script until it prints its table.

    python benchmarks/wholerun.py [--quick] [--keras]

The times include start-up, data, training, probes and reports, with a warm cache of compiled programs. Keras' total is
computed from the time per update that benchmarks/trainers.py measured (results/benchmarks/trainers.json); with --keras
it is measured, which takes half an hour.
"""

from __future__ import annotations

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
WITHIN_SECONDS, WITHIN_TIMES, TABLE_SECONDS = 120, 100, 6  # the project's targets, on two cores


def main() -> None:
    parser = table.options(__doc__, "a few epochs of everything")
    parser.add_argument("--keras", action="store_true", help="run the Keras trainer through all sections as well")
    arguments = parser.parse_args()
    options = ["--settings", "smoke"] if arguments.quick else []
    published = sections.published()
    whole = [COMMAND, "run", "published", *options]
    _process(whole)  # warms the cache of compiled programs, and the files' pages
    one, many = (_process([*whole, "--seeds", str(seeds)]) for seeds in (1, SEEDS))
    keras_one, how = (_process([*whole, "--trainer", "keras"]), "run") if arguments.keras else _extrapolated(published)
    rows = [
        [str(seeds), *(table.figure(value) for value in (ours, keras, keras and keras / ours))]
        for seeds, ours, keras in ((1, one, keras_one), (SEEDS, many, keras_one and SEEDS * keras_one))
    ]
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
        f"Wall seconds of `lstm-lab run published`, start-up included, compiled programs in the cache on disk. Target: "
        f"{WITHIN_TIMES} times as fast, and {SEEDS} seeds within {WITHIN_SECONDS} s on two cores. Extrapolated seconds "
        "of Keras are the plain loop's time per update that `benchmarks/trainers.py` measured, times all updates of "
        "each section, without start-up, building, tracing and probes.",
        [
            f"## One script, {SEEDS} seeds, until its table",
            table.markdown(["section", "s", f"within {TABLE_SECONDS} s"], scripts),
            f"`python experiments/NNNN_name.py --seeds {SEEDS}`, from the start of the process until the first line of "
            f"its table. Target: {TABLE_SECONDS} s, except for 0170 and the 02xx.",
        ],
    )


def _process(command: list[str], until: str | None = None) -> float:
    """Wall seconds of a process with an empty folder of results, or until a line of its output contains a text."""
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
    """Seconds of the plain Keras loops over all sections with one seed, from trainers.json; and where they are from."""
    path = table.FOLDER / "trainers.json"
    if not path.exists():
        return None, "run benchmarks/trainers.py first"
    known = json.loads(path.read_text(encoding="utf-8"))
    costs = {one["section"]: one["microseconds"]["plain"] * one["whole_updates"] / 1e6 for one in known["sections"]}
    missing = [declared.id for declared in published if declared.id not in costs]
    if missing or known["machine"] != table.machine():
        return None, f"not in trainers.json: {', '.join(missing) or 'this machine'}"
    return sum(costs[declared.id] for declared in published), "extrapolated"


if __name__ == "__main__":
    main()
