"""0415 · BPTT for one memory cell, computed by hand.

Question   Which numbers exactly go back through time in an LSTM?
Source     book, chapter 2, backpropagation through time and its unfolded backward pass
Shapes     x [1 sample, 3 time steps, 1 feature] · one cell: kernel, recurrent kernel and bias of 4 gates · y one number
Look at    dc, the gradient of the loss for the cell state: with each step back it is multiplied by the forget gate f
"""

import numpy as np
from rich.table import Table

from lstm_lab import Lesson, main


def forward(x, weights):
    """For each step: (i, f, g, o), c and h before it, c, h; weights [kernel, recurrent kernel and bias, 4 gates]."""
    h, c, steps = 0.0, 0.0, []
    for value in x:
        z = np.array([value, h, 1]) @ weights
        (i, f, o), g = 1 / (1 + np.exp(-z[[0, 1, 3]])), np.tanh(z[2])
        steps.append(((i, f, g, o), c, h, c := f * c + i * g, h := o * np.tanh(c)))
    return steps


def backward(x, weights, target):
    """For each step: x, i, f, g, o, c, h, dh, dc and dz [4]; and the gradient [3, 4] of the loss (h − target)² / 2."""
    steps, gradient, rows = forward(x, weights), np.zeros((3, 4)), []
    dh, dc = steps[-1][-1] - target, 0.0
    for value, ((i, f, g, o), c_before, h_before, c, h) in zip(x[::-1], steps[::-1], strict=True):
        dc += dh * o * (1 - np.tanh(c) ** 2)
        dz = dc * np.array([g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g), 0])
        dz[3] = dh * np.tanh(c) * o * (1 - o)
        gradient += np.outer([value, h_before, 1], dz)
        rows.insert(0, (value, i, f, g, o, c, h, dh, dc, *dz))
        dh, dc = float(weights[1] @ dz), dc * f  # to the step before: through the gates, and through the cell
    return rows, gradient


def show(settings):
    rows, gradient = backward(np.array(settings.x), np.array(settings.weights), settings.target)
    table = Table("", *(f"step {t + 1}" for t in range(len(rows))), title="forward, and back from the last step")
    for name, *row in zip(("x", *"ifgoch", "dh", "dc", "dz_i", "dz_f", "dz_g", "dz_o"), *rows, strict=True):
        table.add_row(name, *(f"{v:.6f}" for v in row))
    return [table, f"gradients of kernel, recurrent kernel, bias for i, f, g, o: {gradient.round(6).tolist()}"]


def measures(settings, rng):
    """The gradient by hand, compared with finite differences of the loss in float64; the control uses one step only."""
    x, weights, bumps = np.array(settings.x), np.array(settings.weights), settings.bump * np.eye(12).reshape(12, 3, 4)
    h = np.array([[forward(x, weights + bump)[-1][-1] for bump in (one, -one)] for one in bumps])
    numeric = ((h - settings.target) ** 2 / 2 @ [1, -1]).reshape(3, 4) / (2 * settings.bump)
    close = [np.isclose(backward(part, weights, settings.target)[1], numeric, 1e-6, 1e-9) for part in (x, x[-1:])]
    return {"gradients_agreeing": (int(close[0].sum()), 12), "one_step_back_agreeing": (int(close[1].sum()), 12)}


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
