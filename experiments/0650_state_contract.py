"""0650 · The state contract: what Keras does with state, measured on every backend installed here.

Question   Which calls carry the state of a stateful layer, what changes it, and what does a saved model keep, on which
           backend?
Source     book, chapter 4, LSTM state management; readers' questions to all three tutorials
Shapes     x [4 samples, 3 time steps, 2 features], one batch of 4 · state (h, c), [4, 3 units] each
Look at    a last batch of one row, which may raise no error; and the calls that drop state on some backends only
"""

from functools import cache

from lstm_lab import Lesson, main
from lstm_lab.inspecting import contract


@cache
def rows():
    """All cells, each backend in a process of its own; once for showing and measuring."""
    return [row for backend in contract.installed() for row in contract.measure(backend)]


def measures(settings, rng):
    versions = {f"version of {row['backend']}": row["version"] for row in rows()} | {"keras": rows()[0]["keras"]}
    return {f"{row['question']} · {row['call']} · {row['backend']}": row["answer"] for row in rows()} | versions


lesson = Lesson(__file__, show=lambda settings: [contract.table(rows())], measures=measures)

if __name__ == "__main__":
    main(lesson)
