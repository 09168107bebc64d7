"""Datasets: symbols and series → supervised pairs. NumPy only; random draws come from a generator of the caller."""

import importlib

from lstm_lab.datasets.pairs import BLANK, Pairs

__all__ = ["BLANK", "Pairs", "alphabet", "cues", "echo", "memory", "series"]


def __getattr__(name):
    if name in __all__:
        return importlib.import_module(f"lstm_lab.datasets.{name}")
    raise AttributeError(f"module 'lstm_lab.datasets' has no attribute {name!r}")
