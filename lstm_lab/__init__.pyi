from . import datasets, framing, inspecting, judging, layers, models, preparing, probes, report, state, suite, trainers
from .cli import main
from .framing import Framed, schedule
from .framing.schedule import Schedule
from .suite.experiment import Experiment, Lesson
from .trainers import compiled

__all__ = [
    "Experiment",
    "Framed",
    "Lesson",
    "Schedule",
    "compiled",
    "datasets",
    "framing",
    "inspecting",
    "judging",
    "layers",
    "main",
    "models",
    "preparing",
    "probes",
    "report",
    "schedule",
    "state",
    "suite",
    "trainers",
]
