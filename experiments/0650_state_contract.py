"""0650 · The state contract, measured on every backend.

Question   On each backend, which calls carry the state of a stateful layer, what changes it, and what does a saved
           model keep?
Source     book, chapter 4, LSTM state management; readers' questions to all three tutorials
Shapes     x [4 samples, 3 time steps, 2 features], one batch of 4 · state (h, c), [4, 3 units] each
Look at    a last batch of one row, which raises no error on some backends; and calls that drop state on some backends
"""

import re
from functools import cache

from lstm_lab import Lesson, main
from lstm_lab.inspecting import contract


@cache
def rows():
    """All cells of the table, each backend in its own process; measured once for both functions below."""
    return [row for backend in contract.installed() for row in contract.measure(backend)]


def measures(settings, rng):
    values = {f"{row['question']} · {row['call']} · {row['backend']}": row["answer"] for row in rows()}
    for name, answer in list(values.items()):
        if found := re.fullmatch(r"(\d+) answers for (\d+) samples", answer):
            values[f"answers to {found[2]} samples · {name.split(' · ', 1)[1]}"] = found[1]
    versions = {f"version of {row['backend']}": row["version"] for row in rows()} | {"keras": rows()[0]["keras"]}
    return values | versions


lesson = Lesson(__file__, show=lambda settings: [contract.table(rows())], measures=measures)

if __name__ == "__main__":
    main(lesson)
