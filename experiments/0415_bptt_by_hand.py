"""0415 · BPTT for one memory cell, worked by hand.

Question   What exactly is propagated back through time in an LSTM, number for number?
Source     book, chapter 2, backpropagation through time and its unfolded backward pass
Shapes     x [1 sample, 3 time steps, 1 feature] · one cell: kernel, recurrent kernel and bias of 4 gates · y one number
Look at    dc, the error that comes back through the cell: each step back multiplies it by the forget gate f
"""

import numpy as np
from rich.table import Table

from lstm_lab import Lesson
from lstm_lab.forward import gates, next_state


def forward(x, weights):
    """Of every step: (i, f, g, o), c before it, h before it, c, h. weights [kernel, recurrent kernel, bias; 4]."""
    h, c, steps = 0.0, 0.0, []
    for value in x:
        opened = tuple(
            float(v[0])
            for v in gates(np, weights[0] * value + weights[1] * h + weights[2], lambda z: 1 / (1 + np.exp(-z)))
        )
        before, (h, c, _) = (c, h), next_state(np, opened, c)
        steps.append((opened, *before, c, h))
    return steps


def backward(x, weights, target):
    """(dh, dc, dz [4]) of every step, and the gradient [3, 4] of the loss (h − target)² / 2."""
    steps, gradient, worked = forward(x, weights), np.zeros((3, 4)), []
    dh, dc = steps[-1][-1] - target, 0.0
    for value, ((i, f, g, o), c_before, h_before, c, _) in zip(x[::-1], steps[::-1], strict=True):
        t = np.tanh(c)
        dc += dh * o * (1 - t * t)
        dz = np.array([dc * g * i * (1 - i), dc * c_before * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o)])
        gradient += np.outer([value, h_before, 1], dz)
        worked.insert(0, (dh, dc, dz))
        dh, dc = float(weights[1] @ dz), dc * f  # to the step before: through the gates, and through the cell
    return worked, gradient


def given(settings):
    return np.array(settings.x), np.array([settings.kernel, settings.recurrent, settings.bias])


def show(settings):
    """Two tables: every number of the passes, a column for each step; and the sums."""
    x, weights = given(settings)
    worked, gradient = backward(x, weights, settings.target)
    columns = [
        (v, *s[0], s[3], s[4], dh, dc, *dz) for v, s, (dh, dc, dz) in zip(x, forward(x, weights), worked, strict=True)
    ]
    names = ("x", "i", "f", "g", "o", "c", "h", "dh", "dc", "dz of i", "dz of f", "dz of g", "dz of o")
    passes = Table("", *(f"step {t + 1}" for t in range(len(x))), title="forward, and back from the last step")
    for name, row in zip(names, zip(*columns, strict=True), strict=True):
        passes.add_row(name, *(f"{v:.6f}" for v in row))
    sums = Table("gradient of the", "i", "f", "g", "o", title="summed over the steps")
    for name, row in zip(("kernel", "recurrent kernel", "bias"), gradient, strict=True):
        sums.add_row(name, *(f"{v:.6f}" for v in row))
    return [passes, sums]


def measures(settings, rng):
    """By hand against finite differences of the loss, in float64; the control goes back one step only."""
    x, weights = given(settings)
    losses = [
        [(forward(x, weights + sign * bump)[-1][-1] - settings.target) ** 2 / 2 for sign in (1, -1)]
        for bump in settings.bump * np.eye(12).reshape(12, 3, 4)
    ]
    numeric = (np.array(losses) @ [1, -1]).reshape(3, 4) / (2 * settings.bump)
    same = {
        name: np.isclose(backward(x[-steps:], weights, settings.target)[1], numeric, rtol=1e-6, atol=1e-9).sum()
        for name, steps in (("gradients_agreeing", len(x)), ("one_step_back_agreeing", 1))
    }
    return {name: (int(count), 12) for name, count in same.items()}


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    lesson.main()
