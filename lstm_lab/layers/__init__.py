"""Layers as plain, frozen data: one file for each kind, with everything that is known about it.

A network here is a tuple of them. Another kind is one new file and one line in `kinds.py`.
"""

from lstm_lab.layers.base import Layer, Shape, States, forward
from lstm_lab.layers.dense import Dense
from lstm_lab.layers.embedding import Embedding
from lstm_lab.layers.flatten import Flatten
from lstm_lab.layers.gru import GRU
from lstm_lab.layers.kinds import KINDS, from_keras
from lstm_lab.layers.lstm import LSTM
from lstm_lab.layers.masking import Masking
from lstm_lab.layers.one_hot import OneHot
from lstm_lab.layers.recurrent import Recurrent
from lstm_lab.layers.repeat_vector import RepeatVector
from lstm_lab.layers.simple_rnn import SimpleRNN

__all__ = [
    "GRU",
    "KINDS",
    "LSTM",
    "Dense",
    "Embedding",
    "Flatten",
    "Layer",
    "Masking",
    "OneHot",
    "Recurrent",
    "RepeatVector",
    "Shape",
    "SimpleRNN",
    "States",
    "forward",
    "from_keras",
]
