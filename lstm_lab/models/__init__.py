"""Networks as data: an `Architecture` is a frozen tuple of layer specifications, with its loss and optimizer."""

from lstm_lab.models.architecture import (
    LSTM,
    SGD,
    Adam,
    Architecture,
    Dense,
    Embedding,
    Flatten,
    Masking,
    RepeatVector,
    RMSprop,
)
from lstm_lab.models.factories import lstm_classifier, lstm_decoder, lstm_regressor, mlp_classifier, mlp_regressor

__all__ = [
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
    "lstm_classifier",
    "lstm_decoder",
    "lstm_regressor",
    "mlp_classifier",
    "mlp_regressor",
]
