"""The answer of an experiment: the sentences of its TOML file, with figures from the reference runs."""

from __future__ import annotations

from lstm_lab.report.filling import NotRecorded, filled
from lstm_lab.report.selection import Recorded
from lstm_lab.suite import catalogue


def answer(name: str, recorded: Recorded) -> str:
    """What the reference runs answer to an experiment's question, in a line; "" if nobody has said.

    It is about the reference runs wherever it is shown, also above somebody's own runs: `recorded` is asked only if it
    holds them. Raises ValueError, naming the TOML file, for a figure that cannot be filled in.
    """
    if not recorded.is_reference:
        recorded = Recorded(catalogue.reference())
    try:
        return " ".join(filled(recorded.config(name).answer, recorded).split())
    except NotRecorded as missing:
        return f"not known: {missing}"
    except ValueError as error:
        raise ValueError(f"{name}.toml: answer: {error}") from None
