from . import datasets, framing, inspecting, judging, layers, models, preparing, probes, report, state, suite, trainers
from .cli import main
from .framing import Framed, schedule
from .framing.schedule import Schedule
from .suite.experiment import Experiment, Lesson
from .suite.many_seeds import Seeds, fit_seeds
from .trainers import compiled
from .trainers.fit import fit

__all__ = [
    "Experiment",
    "Framed",
    "Lesson",
    "Schedule",
    "Seeds",
    "compiled",
    "datasets",
    "fit",
    "fit_seeds",
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
