"""LSTM Lab: how LSTM networks keep state in Keras, settled by experiments.

Submodules are imported on first use, so that `import lstm_lab` costs nothing and a compiled run never waits for
TensorFlow.
"""

import importlib

__version__ = "0.1.0"

_MODULES = {
    "catalogue", "claims", "codec", "compiled", "contract", "datasets", "experiment", "framing", "models", "preparing",
    "probes", "report", "results", "schedule", "serving", "settings", "state", "statistics", "trainers",
}  # fmt: skip
_NAMES = {"Experiment": "experiment", "Lesson": "experiment", "Framed": "framing", "Schedule": "schedule"}


def __getattr__(name):
    if name == "compiled":
        return importlib.import_module("lstm_lab.trainers.compiled")
    if name in _MODULES:
        return importlib.import_module(f"lstm_lab.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(f"lstm_lab.{_NAMES[name]}"), name)
    raise AttributeError(f"module 'lstm_lab' has no attribute {name!r}")


def __dir__():
    return sorted(_MODULES | set(_NAMES))
