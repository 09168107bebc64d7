"""Networks as data: an `Architecture` is a frozen tuple of layers, with its loss and optimizer."""

from lstm_lab.layers import GRU, LSTM, Dense, Embedding, Flatten, Masking, RepeatVector, SimpleRNN
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.factories import lstm_classifier, lstm_decoder, lstm_regressor, mlp_classifier, mlp_regressor
from lstm_lab.models.optimizers import SGD, Adam, RMSprop

__all__ = [
    "GRU",
    "LSTM",
    "SGD",
    "Adam",
    "Architecture",
    "Dense",
    "Embedding",
    "Flatten",
    "Masking",
    "RMSprop",
    "RepeatVector",
    "SimpleRNN",
    "lstm_classifier",
    "lstm_decoder",
    "lstm_regressor",
    "mlp_classifier",
    "mlp_regressor",
]
