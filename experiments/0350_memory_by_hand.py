"""0350 · Memory: the outputs computed by hand from the weights.

Question   How does a trained LSTM compute its answer to a symbol, number by number?
Source     memory tutorial, readers' question how to compute the outputs from the weights
Shapes     kernel [5, 4 · units] · recurrent kernel [units, 4 · units] · bias [4 · units] · Dense [units, 5] and [5]
Look at    `by_hand` below, which is the whole computation; variants read the gates wrongly, or leave them out
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure

NEAR = 1e-6  # the largest difference of two outputs that count as equal


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(weights, codes, gates="ifgo"):
    """Outputs [steps, classes] for one sequence of symbols, from a zero state; gates "none": weighted sums only."""
    kernel, recurrent, bias, dense, dense_bias = (np.asarray(array, np.float64) for array in weights)
    h = c = np.zeros(len(recurrent))
    outputs = []
    for code in codes:
        x = np.eye(len(kernel))[code]
        if gates == "none":
            h = np.split(x @ kernel + h @ recurrent + bias, 4)[2]
            outputs.append(h @ dense + dense_bias)
            continue
        z = dict(zip(gates, np.split(x @ kernel + h @ recurrent + bias, 4), strict=True))
        c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["g"])  # keep a part of c, add a part of g
        h = sigmoid(z["o"]) * np.tanh(c)  # output a part of it
        outputs.append(sigmoid(h @ dense + dense_bias))
    return np.array(outputs)


def equal_outputs(asked):
    """How many outputs computed by hand equal the network's, and the largest difference."""
    apart = []
    for codes in asked.framed.inputs.reshape(2, 4):
        state = None
        for code, expected in zip(codes, by_hand(asked.trained.weights, codes, asked.settings.gates), strict=True):
            answer, state = asked.predictor(np.array([[[code]]], np.int32), state)
            apart.append(np.abs(answer[0] - expected))
    apart = np.array(apart)
    return {"equal": Measure((int((apart <= NEAR).sum()), apart.size)), "largest": Measure(float(apart.max()))}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.memory.pairs(), coding="one_hot"),
    model=lambda settings: models.lstm_classifier(settings.units, classes=5, stateful=True, activation="sigmoid"),
    order=schedule.in_sequence(reset="sequence"),
    ask=[equal_outputs, probes.in_order()],
)

if __name__ == "__main__":
    main(experiment)
