"""Where runs are trained: in this process, in processes of this machine, or on a Dask cluster."""

from lstm_lab.suite.engines.base import Engine, Part, Slot
from lstm_lab.suite.engines.local import Here, Threads
from lstm_lab.suite.engines.processes import Processes

__all__ = ["Engine", "Here", "Part", "Processes", "Slot", "Threads"]
