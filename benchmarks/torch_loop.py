"""The same updates in an eager PyTorch loop: a script of its own, which any Python with torch can run.

    python torch_loop.py updates.npz

updates.npz: x [samples, steps, features], y [samples, classes] one-hot, batches [updates, batch], reset bool [updates],
units, carries, binary (the loss), rounds. Prints JSON: the median seconds of all updates, or null without torch.
"""

import json
import statistics
import sys
import time

import numpy as np


def main(path: str) -> None:
    try:
        import torch
    except ImportError:
        print(json.dumps({"seconds": None}))
        return
    torch.set_num_threads(1)  # more of them only cost time on networks this small
    given = np.load(path)
    x, y = torch.from_numpy(given["x"]), torch.from_numpy(given["y"])
    batches, reset = torch.from_numpy(given["batches"].astype(np.int64)), given["reset"].tolist()
    lstm = torch.nn.LSTM(x.shape[2], int(given["units"]), batch_first=True)
    lstm.bias_hh_l0.requires_grad_(False)  # Keras has one bias
    dense = torch.nn.Linear(int(given["units"]), y.shape[1])
    learnt = [weight for weight in [*lstm.parameters(), *dense.parameters()] if weight.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=0.001, eps=1e-7)
    loss = torch.nn.BCEWithLogitsLoss() if given["binary"] else torch.nn.CrossEntropyLoss()

    def updates(count: int) -> None:
        state = None
        for batch, forget in zip(batches[:count], reset[:count], strict=True):
            if forget:
                state = None
            optimizer.zero_grad()
            outputs, state = lstm(x[batch], state)
            state = tuple(part.detach() for part in state) if given["carries"] else None
            loss(dense(outputs[:, -1]), y[batch]).backward()
            optimizer.step()

    updates(20)
    taken = []
    for _ in range(int(given["rounds"])):
        began = time.perf_counter()
        updates(len(batches))
        taken.append(time.perf_counter() - began)
    print(json.dumps({"seconds": statistics.median(taken)}))


if __name__ == "__main__":
    main(sys.argv[1])
