"""The same updates by others, each in a process of its own: an eager PyTorch loop, and Keras' `fit` on its JAX backend.

    python peers.py torch|keras updates.npz

Any Python with torch can run the first; the second needs KERAS_BACKEND=jax. updates.npz: x [samples, steps, features],
y [samples, classes] one-hot, batches [updates, batch], reset bool [updates], units, carries, binary (the loss), epochs,
shuffles (whether Keras shuffles), rounds. Prints JSON: the median seconds of all updates, or null without torch.
"""

import json
import statistics
import sys
import time

import numpy as np


def in_torch(given):
    """A call that makes all updates in an eager loop; None without torch."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)  # more of them only cost time on networks this small
    x, y = torch.from_numpy(given["x"]), torch.from_numpy(given["y"])
    batches, reset = torch.from_numpy(given["batches"].astype(np.int64)), given["reset"].tolist()
    lstm = torch.nn.LSTM(x.shape[2], int(given["units"]), batch_first=True)
    lstm.bias_hh_l0.requires_grad_(False)  # Keras has one bias
    dense = torch.nn.Linear(int(given["units"]), y.shape[1])
    learnt = [weight for weight in [*lstm.parameters(), *dense.parameters()] if weight.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=0.001, eps=1e-7)
    loss = torch.nn.BCEWithLogitsLoss() if given["binary"] else torch.nn.CrossEntropyLoss()

    def updates() -> None:
        state = None
        for batch, forget in zip(batches, reset, strict=True):
            if forget:
                state = None
            optimizer.zero_grad()
            outputs, state = lstm(x[batch], state)
            state = tuple(part.detach() for part in state) if given["carries"] else None
            loss(dense(outputs[:, -1]), y[batch]).backward()
            optimizer.step()

    return updates


def in_keras(given):
    """A call that makes all updates in one `fit` of a stateless network, as `KerasLoops.plain` does."""
    import keras

    outputs, binary = given["y"].shape[1], bool(given["binary"])
    head = keras.layers.Dense(outputs, activation="sigmoid" if binary else "softmax")
    layers = [keras.Input(given["x"].shape[1:]), keras.layers.LSTM(int(given["units"])), head]
    model = keras.Sequential(layers)
    hits = keras.metrics.CategoricalAccuracy(name="accuracy")
    model.compile(loss=f"{'binary' if binary else 'categorical'}_crossentropy", optimizer="adam", metrics=[hits])
    x, y = given["x"], given["y"]
    options = {"batch_size": given["batches"].shape[1], "epochs": int(given["epochs"])}
    return lambda: model.fit(x, y, **options, shuffle=bool(given["shuffles"]), verbose=0)


def main(peer: str, path: str) -> None:
    given = dict(np.load(path))
    updates, taken = {"torch": in_torch, "keras": in_keras}[peer](given), []
    if updates is None:
        print(json.dumps({"seconds": None}))
        return
    updates()  # compiles, and fills caches
    for _ in range(int(given["rounds"])):
        began = time.perf_counter()
        updates()
        taken.append(time.perf_counter() - began)
    print(json.dumps({"seconds": statistics.median(taken)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
