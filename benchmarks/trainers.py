"""Every published section by every form of training loop, compared with ours and with the best the machine can do.

    python benchmarks/trainers.py [--quick] [--updates 500] [--rounds 3] [--torch PYTHON] [0150 …]

All forms make the same updates of the same section in one run, in which they take turns. The figures are medians per
update and seed; they are written to results/benchmarks/trainers.md and trainers.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import bound
import numpy as np
import sections
import table
from loops import FREE_STEPS, KerasLoops

from lstm_lab.suite.experiment import Experiment, Job
from lstm_lab.trainers import compiled
from lstm_lab.trainers.backend import keras

MICRO = 1e6
MOST_EPOCHS = 200  # of the cut section: 0140 has one update in each
MOST_UPDATES = 50_000  # of our runs of the whole section: 0170 has ten times as many
KERAS_FORMS = ("plain", "train_on_batch", "one fit", "long epoch", "steps_per_execution")
PYTORCH, ON_JAX = "PyTorch", "Keras on JAX"
HERE = Path(__file__).resolve().parent


@dataclass
class Measured:
    """One section. microseconds: per update and seed, by form; None: not measured."""

    section: str
    updates: int
    whole_updates: int
    microseconds: dict[str, float | None] = field(default_factory=dict)
    compile_seconds: float = 0.0  # with an empty cache on disk
    load_seconds: float = 0.0  # with a warm one
    flops: int = 0
    curves: int = 0
    bytes: int = 0
    flop_microseconds: float = 0.0
    byte_microseconds: float = 0.0

    @property
    def bound(self) -> float:
        return max(self.flop_microseconds, self.byte_microseconds)

    def over_ours(self, form: str, ours: str) -> float | None:
        cost = self.microseconds.get(form)
        return None if cost is None else cost / self.microseconds[ours]


def main() -> None:
    arguments = _arguments()
    updates, rounds = (20, 1) if arguments.quick else (arguments.updates, arguments.rounds)
    rates = bound.rates()
    measured = []
    for declared in sections.chosen(arguments.sections):
        job = sections.job(declared, sections.cut(declared, updates, MOST_EPOCHS))
        whole = job if arguments.quick else sections.job(declared, sections.cut(declared, MOST_UPDATES))
        one = Measured(declared.id, job.schedule.updates, sections.job(declared).schedule.updates)
        one.microseconds = _loops(job, whole, rounds) | _peers(job, arguments.torch, rounds)
        one.compile_seconds, one.load_seconds = _first_calls(declared)
        work = bound.count(job)
        one.flops, one.curves, one.bytes = work.flops, work.curves, work.bytes
        one.flop_microseconds, one.byte_microseconds = (MICRO * s for s in rates.seconds(work))
        measured.append(one)
        print(f"{one.section}: {', '.join(f'{n} {table.figure(v)}' for n, v in one.microseconds.items())}", flush=True)
    _write(measured, rates, rounds)


def _arguments() -> argparse.Namespace:
    parser = table.options(__doc__, "20 updates, one round")
    parser.add_argument("sections", nargs="*", help="ids of published sections; all by default")
    parser.add_argument("--updates", type=int, default=500, help="of every section, about; 200 whole epochs at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--torch", default=sys.executable, help="a Python that has torch, if this one has not")
    return parser.parse_args()


def _loops(job: Job, whole: Job, rounds: int) -> dict[str, float | None]:
    """Microseconds per update and seed of every form that runs in this process."""
    loops, threads = KerasLoops(job), table.cores()
    seeds = [(whole.framed, whole.schedule, whole.weights)] * (2 * threads)
    forms = loops.forms() | {
        "ours": lambda: compiled.train(job.architecture, job.framed, job.schedule, job.weights),
        "ours, whole section": lambda: compiled.train(whole.architecture, *seeds[0]),
        "ours, threads": lambda: compiled.train_seeds(whole.architecture, seeds, threads=threads),
    }
    for action in forms.values():
        action()  # traces, compiles, loads
    taken = table.interleaved(forms, rounds, at_least_seconds=0.3)
    keras.backend.clear_session()
    made = dict.fromkeys(forms, job.schedule.updates) | {
        "ours, whole section": whole.schedule.updates,
        "ours, threads": whole.schedule.updates * len(seeds),
    }
    return {form: MICRO * seconds / made[form] for form, seconds in taken.items()}


def _peers(job: Job, torch: str, rounds: int) -> dict[str, float | None]:
    """Microseconds per update of the forms with a process of their own; None: without torch, and with carried state."""
    framed, schedule = job.framed, job.schedule
    (lstm,) = (layer for layer in job.architecture.layers if layer.has_state)
    commands = {PYTORCH: [torch, str(HERE / "peers.py"), "torch"]}
    if not schedule.carries and not framed.fresh:
        commands[ON_JAX] = [sys.executable, str(HERE / "peers.py"), "keras"]
    seconds = dict.fromkeys((PYTORCH, ON_JAX))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "updates.npz"
        np.savez(
            path,
            x=framed.x(),
            y=np.eye(job.architecture.outputs, dtype=np.float32)[framed.targets],
            batches=schedule.batches,
            reset=schedule.reset_before.all(axis=1),
            units=lstm.units,
            carries=schedule.carries,
            binary=job.architecture.loss == "binary_crossentropy",
            epochs=job.settings.epochs,
            shuffles=job.order.shuffle == "samples",
            rounds=rounds,
        )
        for form, command in commands.items():
            answer = _output([*command, str(path)], os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"})
            seconds[form] = json.loads(answer)["seconds"]
    return {form: None if value is None else MICRO * value / schedule.updates for form, value in seconds.items()}


def _first_calls(declared: Experiment) -> tuple[float, float]:
    """Extra seconds of the first call: with an empty cache of programs, and with a warm one."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k != "JAX_COMPILATION_CACHE_DIR"}
        environment["XDG_CACHE_HOME"] = folder
        command = [sys.executable, str(HERE / "first_call.py"), declared.id]
        cold, warm = (float(_output(command, environment)) for _ in range(2))
    return cold, warm


def _output(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def _figure(value: float | None) -> str:
    """A number, or nothing for a form that the section does not allow."""
    return "" if value is None else table.figure(value)


def _write(measured: list[Measured], rates: bound.Rates, rounds: int) -> None:
    threads = table.cores()
    rows = [
        [
            one.section,
            f"{one.updates:,} of {one.whole_updates:,}",
            *(
                table.figure(one.microseconds[form]) if form in one.microseconds else "as plain"
                for form in (*KERAS_FORMS, PYTORCH)
            ),
            _figure(one.microseconds[ON_JAX]),
            *(table.figure(one.microseconds[form]) for form in ("ours", "ours, whole section", "ours, threads")),
            f"{one.compile_seconds:.2f}",
            f"{one.load_seconds:.2f}",
            *(table.figure(one.over_ours("plain", o)) for o in ("ours", "ours, whole section", "ours, threads")),
            _figure(one.over_ours(ON_JAX, "ours")),
        ]
        for one in measured
    ]
    header = ["section", "updates", "plain Keras", "train_on_batch", "one fit, reset by callback", "one long epoch",
              "steps_per_execution", "eager PyTorch", "Keras on JAX", "ours", "ours, whole section",
              f"ours, whole, {threads} threads", "compile, cold, s", "load, warm, s", "plain ÷ ours",
              "plain ÷ ours whole", f"plain ÷ {threads} threads", "Keras on JAX ÷ ours"]  # fmt: skip
    bounds = [
        [
            one.section,
            f"{one.flops:,}",
            f"{one.curves:,}",
            f"{one.bytes:,}",
            table.figure(one.flop_microseconds),
            table.figure(one.byte_microseconds),
            table.figure(one.bound),
            table.figure(one.microseconds["ours, whole section"]),
            table.figure(one.microseconds["ours, whole section"] / one.bound),
        ]
        for one in measured
    ]
    bound_header = ["section", "operations", "of them curves", "bytes", "operations, µs", "bytes, µs", "bound, µs",
                    "ours, µs", "ours ÷ bound"]  # fmt: skip
    table.write(
        "trainers",
        "An update by every form of training loop",
        header,
        rows,
        _note(rounds),
        [
            "## What the machine can do",
            table.markdown(bound_header, bounds),
            "The bound of an update, on one thread, is the longer of two times: its floating-point operations at the "
            f"rate of a NumPy matrix product ({rates.flops / 1e9:.0f} billion a second), and its bytes at the rate of "
            f"a NumPy copy ({rates.l1 / 1e9:.0f} GB/s in the first cache, {rates.l2 / 1e9:.0f} in the second). "
            "`benchmarks/bound.py` says what is counted. A curve (exponential, tangent, logistic) counts as one "
            "operation, though it takes ten to twenty; one-hot inputs are looked up.",
        ],
    )
    kept = {"machine": table.machine(), "sections": [asdict(one) for one in measured]}
    (table.FOLDER / "trainers.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _note(rounds: int) -> str:
    return (
        f"Microseconds per update and seed: medians of interleaved rounds ({rounds}). What takes less than 0.3 s is "
        "repeated within its turn. The updates are whole epochs, about as many in every section; Keras' time grows in "
        "proportion to them, so that its figure holds for the whole section too. The figures leave out building and "
        "tracing Keras' model, and our compiling. That has two columns of its own: the extra seconds of the first call "
        "in a process, with an empty cache of programs on disk (cold) and with a filled one (warm).\n\n"
        "Plain: a `fit` for every stretch between two resets, a `fit` for every epoch of fresh data (its one-hot rows "
        "included), or one `fit` where there is neither. All forms make the same updates with the same resets: the "
        "long epoch resets by a callback before the batch, and steps_per_execution reaches to the next reset, or "
        f"{FREE_STEPS} steps where there is none. Where samples are shuffled, `plain` shuffles them itself and the "
        "other forms follow an order drawn before. PyTorch: a process of its own, one thread, the same number of "
        "rounds, with Keras' single LSTM bias and Adam's ε. Keras on JAX: one `fit` of all epochs on Keras' JAX "
        "backend, in a process of its own, the same number of rounds after a first call that compiles. It is left out "
        "where state is carried, which `fit` does not do there. Ours: one thread, the whole call of `compiled.train`. "
        "Whole: all updates of the section (a tenth of those of 0170). Threads: `train_seeds`, two seeds a thread."
    )


if __name__ == "__main__":
    main()
