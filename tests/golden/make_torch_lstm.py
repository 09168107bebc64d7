"""Makes torch_lstm.npz: outputs and gradients of torch.nn.LSTM, the compiled trainer's witness that is not Keras.

Needs PyTorch (made with 2.13.0), which the tests that read the file do not:

    python tests/golden/make_torch_lstm.py
"""

from pathlib import Path

import numpy as np
import torch

FEATURES, UNITS, STEPS, BATCH = 3, (5, 4), 7, 2


def main():
    torch.manual_seed(0)
    stack = [torch.nn.LSTM(size, units) for size, units in zip((FEATURES, *UNITS), UNITS, strict=False)]
    x = torch.randn(STEPS, BATCH, FEATURES)
    states = [(torch.randn(1, BATCH, units) / 2, torch.randn(1, BATCH, units) / 2) for units in UNITS]
    pull = torch.randn(STEPS, BATCH, UNITS[-1])
    arrays = {"x": x, "pull": pull}
    y = x
    for number, (lstm, state) in enumerate(zip(stack, states, strict=True)):
        arrays |= {f"h{number}": state[0][0], f"c{number}": state[1][0]}
        y, (h, c) = lstm(y, state)
        arrays |= {f"reached_h{number}": h[0], f"reached_c{number}": c[0]}
    (y * pull).sum().backward()
    arrays["y"] = y
    for number, lstm in enumerate(stack):
        for name, parameter in lstm.named_parameters():
            arrays |= {f"{name[:-3]}{number}": parameter, f"d_{name[:-3]}{number}": parameter.grad}
    numpy = {name: array.detach().numpy() for name, array in arrays.items()}
    np.savez_compressed(Path(__file__).with_name("torch_lstm.npz"), **numpy)


if __name__ == "__main__":
    main()
