"""How long a trained network takes to answer one number, state carried: three ways in one run.

    python benchmarks/serving.py [--numbers 2000]

The network is the echo tutorial's LSTM(50) on one-hot input of 100 symbols. Times are microseconds a number in steady
state (median over rounds, each way's rounds in turn); ratios within a run travel from machine to machine, absolute
times do not. Beforehand all three are checked to give the same probabilities.
"""

import argparse
import time

import numpy as np
import table

from lstm_lab import models
from lstm_lab.framing.codec import Codec
from lstm_lab.models.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--numbers", type=int, default=2000, help="numbers a round for our server; Keras gets fewer")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()

    ways, served = prepare(), {"serve(architecture)": 1, "model(x)": 20, "model.predict(x)": 100}
    check(ways)
    seconds = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, answer in ways.items():
            numbers = np.random.default_rng(1).integers(0, 100, max(arguments.numbers // served[name], 10)).tolist()
            began = time.perf_counter()
            for number in numbers:
                answer(number)
            seconds[name].append((time.perf_counter() - began) / len(numbers))
    best = np.median(seconds["serve(architecture)"])
    rows = [[name, f"{1e6 * np.median(t):.1f}", f"{np.median(t) / best:.1f}"] for name, t in seconds.items()]
    note = "One number in, the probabilities of 100 out, state carried; LSTM(50). Medians of interleaved rounds."
    table.write("serving", "Serving one number at a time", ["way", "µs a number", "ratio"], rows, note)


def prepare() -> dict:
    """Name → function from a number to probabilities, each with a state of its own."""
    import lstm_lab.trainers.keras  # noqa: F401 (chooses Keras' backend, quietly)
    from lstm_lab.state import stateful_twin

    codec = Codec(tuple(map(str, range(100))), "one_hot")
    architecture = models.lstm_classifier(50, classes=100)
    weights = architecture.initial_weights(1, 100, np.random.default_rng(0))
    ours = serve(architecture, weights, codec)
    model = architecture.to_keras((None, 5, 100))
    model.set_weights(weights)
    called = serve(model, codec=codec)
    twin = stateful_twin(model)

    def predict(number: int) -> np.ndarray:
        return twin.predict(codec.encode(np.array([[[number]]])), verbose=0)[0]

    return {"serve(architecture)": ours.outputs, "model(x)": called.outputs, "model.predict(x)": predict}


def check(ways: dict) -> None:
    """All ways give the same answers to the same numbers; this also warms them up."""
    for number in (37, 99, 40, 98, 44):
        first, *others = (answer(number) for answer in ways.values())
        for other in others:
            np.testing.assert_allclose(other, first, rtol=0, atol=1e-5)


if __name__ == "__main__":
    main()
