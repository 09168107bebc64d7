"""The folders of runs: where a command reads when it is started outside the checkout."""

from __future__ import annotations

from pathlib import Path

from lstm_lab.suite import catalogue

OWN = Path("runs")  # a user's own runs; git ignores it
RECORDED = Path("results")  # the reference runs


def reading(results: Path) -> Path:
    """The folder to read: the one that is named, or, if it is not here, the one of that name in the checkout.

    Without this the reference runs would be missing, in silence, in every folder but the checkout.
    """
    there = catalogue.root() / results  # the same if the folder is named by its whole path
    return there if there.is_dir() and not results.exists() else results


def described(results: Path) -> str:
    """What a reader should know of a folder: its path, whether there is one, whether it has the reference runs."""
    if not results.is_dir():
        return f"{results}, which is no folder"
    return f"{results}/" + (", the reference runs" if results.resolve() == catalogue.reference().resolve() else "")
