"""Before training: which targets get the value that they need, and how far back that value is.

A batch has slots, and a stateful network has a state for each. What a slot was not given, its state cannot hold.
"""

from lstm_lab.inspecting.slots.framings import framing
from lstm_lab.inspecting.slots.judging import Framing, judged
from lstm_lab.inspecting.slots.keras_model import framing_of
from lstm_lab.inspecting.slots.lags import Lags, lag

__all__ = ["Framing", "Lags", "framing", "framing_of", "judged", "lag"]
