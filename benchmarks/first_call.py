"""The time of the first call of a compiled program, in a process of its own with a cache that the caller chooses.

    XDG_CACHE_HOME=FOLDER python first_call.py 0150

Prints the seconds of the first call minus those of the second, both with a few updates. `benchmarks/trainers.py` runs
it twice for every section: with an empty folder (trace and compile), then with the same folder (trace and load).
"""

import sys

import sections
import table

from lstm_lab.trainers import compiled


def main(id: str) -> None:
    (declared,) = sections.chosen([id])
    job = sections.job(declared, sections.cut(declared, 1))
    first, second = (
        table.seconds(lambda: compiled.train(job.architecture, job.framed, job.schedule, job.weights)) for _ in range(2)
    )
    print(first - second)


if __name__ == "__main__":
    main(sys.argv[1])
