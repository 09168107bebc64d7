"""The trainings of docs/fit.md, before and after, timed: the table on that page.

    python benchmarks/fit_page.py [--quick]

The lines that are timed are the page's own. Each is run in a new process, in which nothing has been compiled before.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from datetime import date
from statistics import median

import table

PAGE = table.ROOT / "docs" / "fit.md"
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX"}
PARTS = ("before", "after", "the same")  # what the comments in a block of trainings say
EPOCHS = re.compile(r"epochs = \d+ +# (\d+) for the times")


def main() -> None:
    parser = table.options(__doc__, "one round")
    parser.add_argument("--one", nargs=2, metavar=("EXAMPLE", "PART"), help="what the processes are started with")
    arguments = parser.parse_args()
    examples = read(PAGE.read_text(encoding="utf-8"))
    if arguments.one:
        title, part = arguments.one
        return _one(examples[title], part)
    found = defaultdict(list)
    for _ in range(1 if arguments.quick else 3):
        for title in examples:
            for backend in BACKENDS:
                for part in PARTS[:2]:
                    found[title, backend, part].append(_started(title, backend, part))
                    print(title, backend, part, found[title, backend, part][-1], flush=True)
    _write(list(examples), found)


def read(page: str) -> dict[str, dict[str, str]]:
    """Of each example its lines: "first", with the data and the model, and those below the comments of `PARTS`."""
    of_all, *sections = re.split(r"^### ", page, flags=re.MULTILINE)
    imports = _program(_blocks(of_all)[0])
    examples = {}
    for section in sections:
        title = section.splitlines()[0]
        first, trainings = _blocks(section.split("\n## ")[0])
        first = EPOCHS.sub(r"epochs = \1", _program(first))
        _, *parts = re.split(rf"^>>> # (?:{'|'.join(PARTS)})\n", trainings, flags=re.MULTILINE)
        examples[title] = {"first": imports + first, **dict(zip(PARTS, map(_program, parts), strict=True))}
    return examples


def _blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def _program(block: str) -> str:
    """The program in a block of doctests."""
    return "".join(example.source for example in doctest.DocTestParser().get_examples(block))


def _started(title: str, backend: str, part: str) -> dict:
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)  # there may be programs of earlier runs
    command = [sys.executable, os.path.abspath(__file__), "--one", title, part]
    done = subprocess.run(command, env=environment, cwd=table.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _one(example: dict[str, str], part: str) -> None:
    """Run an example up to one of its parts, and print as JSON the seconds of that part, and the updates it made."""
    names: dict = {}
    exec(example["first"], names)
    next(names[name] for name in names if name.startswith("build_"))()  # Keras compiles for it on JAX, for seconds
    seconds = table.seconds(lambda: exec(example[part], names))
    model = names["theirs" if part == "before" else "ours"]
    print(json.dumps({"seconds": seconds, "updates": int(model.optimizer.iterations.numpy())}))


def _write(titles: list[str], found: dict) -> None:
    from lstm_lab.report.readme import rewrite  # not in the processes that are timed

    rows = []
    for title in titles:
        row = [title, f"{found[title, 'tensorflow', 'after'][0]['updates']:,}"]
        for backend in BACKENDS:
            before, after = (median(one["seconds"] for one in found[title, backend, part]) for part in PARTS[:2])
            row += [table.figure(before), table.figure(after), table.figure(before / after)]
        rows.append(row)
    header = ["training", "updates"]
    for name in BACKENDS.values():
        header += [f"before, {name}, s", "after, s", "gain"]
    said = f"Seconds, by `python benchmarks/fit_page.py` on {table.machine()}, {date.today().isoformat()}."
    rewrite(PAGE, {"times": "\n\n".join([table.markdown(header, rows), said])})
    print(table.markdown(header, rows))


if __name__ == "__main__":
    main()
