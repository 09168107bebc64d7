"""Keras' default initialisers in NumPy, so that a start is a pure function of a seed, whichever trainer uses it."""

from __future__ import annotations

import numpy as np

from lstm_lab.models.architecture import LSTM, Architecture, Dense, Embedding, Flatten, RepeatVector


def weights(architecture: Architecture, steps: int, features: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Weights in Keras' order: kernel, recurrent kernel and bias of every LSTM; kernel and bias of every Dense."""
    drawn: list[np.ndarray] = []
    for layer in architecture.layers:
        if isinstance(layer, Embedding):
            drawn.append(rng.uniform(-0.05, 0.05, (layer.classes, layer.width)))
            features = layer.width
        elif isinstance(layer, LSTM):
            bias = np.zeros(4 * layer.units)
            bias[layer.units : 2 * layer.units] = layer.forget_bias  # the forget gate starts open
            drawn += [
                glorot_uniform(rng, features, 4 * layer.units),
                orthogonal(rng, layer.units, 4 * layer.units),
                bias,
            ]
            features = layer.units
        elif isinstance(layer, RepeatVector):
            steps = layer.times
        elif isinstance(layer, Flatten):
            features *= steps
        elif isinstance(layer, Dense):
            drawn += [glorot_uniform(rng, features, layer.outputs), np.zeros(layer.outputs)]
            features = layer.outputs
    return [array.astype(np.float32) for array in drawn]


def glorot_uniform(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Uniform within ±√(6 / (fan in + fan out)): [fan in, fan out]."""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def orthogonal(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Orthonormal rows (or columns, where there are fewer of them), by QR of a normal draw: [rows, columns]."""
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diag(r))  # makes the draw uniform over orthogonal matrices
    return q.T if rows < columns else q
