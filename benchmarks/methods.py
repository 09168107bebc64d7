"""Many seeds at once: threads and vmap on the CPU, and thousands of seeds in one launch where there is a GPU.

python benchmarks/methods.py [--quick] [--gpu-seeds 4096]
"""

from __future__ import annotations

import jax
import sections
import table

from lstm_lab.trainers import compiled
from lstm_lab.trainers.compiled import run

SECTIONS = {"0150": 1000, "0170": 1000, "0240": 400}  # updates of every seed
ON_GPU = ("0150", "0240")
METHODS = ("threads", "vmap")


def main() -> None:
    parser = table.options(__doc__, "a few updates, one round")
    parser.add_argument("--gpu-seeds", type=int, default=4096)
    parser.add_argument("--only-gpu", action="store_true")
    arguments = parser.parse_args()
    rows = [] if arguments.only_gpu else _on_cpu(arguments.quick)
    rows += _on_gpu(64 if arguments.quick else arguments.gpu_seeds, arguments.quick)
    table.write(
        "methods",
        "Seeds side by side",
        ["section", "device", "method", "seeds", "updates of each", "s", "µs per update and seed"],
        rows,
        f"Medians of interleaved rounds, compiled before. On the CPU {run.group_of('cpu')} seeds, cut to the updates "
        f"shown: threads is one program for each seed, on {table.cores()} threads; vmap is one program for all seeds. "
        "On a GPU: all seeds of the whole section in one launch by vmap; the time includes the layout of their data.",
    )


def _on_cpu(quick: bool) -> list[list[str]]:
    rows = []
    for id, updates in SECTIONS.items():
        (declared,) = sections.chosen([id])
        settings = sections.cut(declared, 20 if quick else updates)
        made = [sections.job(declared, settings, seed) for seed in range(run.GROUPS["cpu"])]
        jobs = [(job.framed, job.schedule, job.weights) for job in made]
        architecture, updates = made[0].architecture, made[0].schedule.updates
        ways = {
            method: lambda method=method, architecture=architecture, jobs=jobs: compiled.train_seeds(
                architecture, jobs, method=method, device="cpu"
            )
            for method in METHODS
        }
        for way in ways.values():
            way()  # compiles
        for method, seconds in table.interleaved(ways, 1 if quick else 3).items():
            rows.append([id, "CPU", method, *_cost(len(jobs), updates, seconds)])
            print(" | ".join(rows[-1]), flush=True)
    return rows


def _on_gpu(seeds: int, quick: bool) -> list[list[str]]:
    try:
        (gpu, *_) = jax.devices("gpu")
    except RuntimeError:
        return [[id, "GPU", "vmap", *["not measured (no GPU here)"] * 4] for id in ON_GPU]
    rows = []
    run.GROUPS["gpu"] = seeds  # all in one launch
    for id in ON_GPU:
        (declared,) = sections.chosen([id])
        settings = sections.cut(declared, 20) if quick else declared.config.resolve()
        made = [sections.job(declared, settings, seed) for seed in range(seeds)]
        jobs = [(job.framed, job.schedule, job.weights) for job in made]
        architecture, updates = made[0].architecture, made[0].schedule.updates

        def launch(architecture=architecture, jobs=jobs):
            compiled.train_seeds(architecture, jobs, method="vmap", device="gpu")

        launch()  # compiles
        seconds = table.interleaved({"vmap": launch}, rounds=1)["vmap"]
        rows.append([id, gpu.device_kind, "vmap", *_cost(seeds, updates, seconds)])
        print(" | ".join(rows[-1]), flush=True)
    return rows


def _cost(seeds: int, updates: int, seconds: float) -> list[str]:
    return [f"{seeds:,}", f"{updates:,}", table.figure(seconds), table.figure(1e6 * seconds / (seeds * updates))]


if __name__ == "__main__":
    main()
