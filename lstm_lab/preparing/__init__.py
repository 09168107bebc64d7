"""Preparing data for a network, before framing: scaling, categories, padding, text.

    scaler = preparing.Scaler("normalise").fit(training)      each column on its own, fitted on training data only
    scaler.save("scaler.json")                                later, to serve a network: Scaler.load("scaler.json")
    preparing.Categories(["cold", "hot", "warm"])             labels → integers → one-hot, and back
    preparing.pad([[1, 2, 3], [1]])                           sequences of any length → one array
    preparing.text.encode("ASCII")                            text → one-hot, and back

scikit-learn and pandas are imported where they are used, so that a program that never scales does not load them.
Source: the book's chapter on preparing data.
"""

from lstm_lab.preparing import text
from lstm_lab.preparing.categories import Categories
from lstm_lab.preparing.padding import pad
from lstm_lab.preparing.scaling import Scaler

__all__ = ["Categories", "Scaler", "pad", "text"]
