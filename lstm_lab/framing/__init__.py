"""Framing: pairs → [samples, time steps, features], and the order in which samples are learnt and state is reset.

The sources frame the same pairs in different ways and get different networks. This package has these framings.
"""

from lstm_lab.framing import schedule
from lstm_lab.framing.codec import Codec, Coding
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.framings import codec_of, growing, padded, sequences, split, time_steps, window
from lstm_lab.framing.later import WithLater, split_windows

__all__ = [
    "Codec",
    "Coding",
    "Framed",
    "WithLater",
    "codec_of",
    "growing",
    "padded",
    "schedule",
    "sequences",
    "split",
    "split_windows",
    "time_steps",
    "window",
]
