"""What the first call of a compiled program costs: a process of its own, whose cache of programs the caller chooses.

    XDG_CACHE_HOME=FOLDER python first_call.py 0150

Prints the seconds of the first call less those of the second, both with a few updates. `benchmarks/trainers.py` runs it
twice for every section: with an empty folder (tracing and compiling) and with what that left there (tracing, loading).
"""

import sys
import time

import sections

from lstm_lab.trainers import compiled


def main(id: str) -> None:
    (declared,) = sections.chosen([id])
    job = sections.job(declared, sections.cut(declared, 1))
    taken = []
    for _ in range(2):
        began = time.perf_counter()
        compiled.train(job.architecture, job.framed, job.schedule, job.weights)
        taken.append(time.perf_counter() - began)
    print(taken[0] - taken[1])


if __name__ == "__main__":
    main(sys.argv[1])
