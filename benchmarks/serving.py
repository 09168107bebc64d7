"""How long a trained network takes to answer one number, state carried: three ways in one run.

    python benchmarks/serving.py [--quick] [--numbers 2000] [--rounds 5]

The network is the echo tutorial's LSTM(50) on one-hot input of 100 symbols. Times are medians of rounds in which the
ways take turns. Their ratios can be compared between machines, the times cannot. All three ways are first checked to
give the same probabilities.
"""

import numpy as np
import table

from lstm_lab import models
from lstm_lab.framing.codec import Codec
from lstm_lab.models.server import serve


def main() -> None:
    parser = table.options(__doc__, "100 numbers, one round")
    parser.add_argument("--numbers", type=int, default=2000, help="numbers a round for our server; Keras gets fewer")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()

    most, rounds = (100, 1) if arguments.quick else (arguments.numbers, arguments.rounds)
    ways = prepare()
    check(ways)
    numbers = {name: range(max(most // slower, 10)) for name, slower in zip(ways, (1, 20, 100), strict=True)}
    taken = table.interleaved(
        {name: lambda name=name: [ways[name](number % 100) for number in numbers[name]] for name in ways}, rounds
    )
    each = {name: seconds / len(numbers[name]) for name, seconds in taken.items()}
    best = each["serve(architecture)"]
    rows = [[name, f"{1e6 * seconds:.1f}", f"{seconds / best:.1f}"] for name, seconds in each.items()]
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
