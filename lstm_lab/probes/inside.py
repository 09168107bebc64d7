"""Probes that look inside: at the weights, at the state, at how the training went."""

from __future__ import annotations

import numpy as np

from lstm_lab.common.checks import shown
from lstm_lab.common.typed import NotNegative, Positive, typed
from lstm_lab.judging.measures import Count, Number
from lstm_lab.layers import States
from lstm_lab.models.predictor import Predictor
from lstm_lab.probes.asked import Asked, Measure, Probe


@typed
def kernel_unmoved(name: str = "recurrent_kernel_unmoved") -> Probe:
    """How many entries of the recurrent kernels, and of the forget gate's part of an LSTM's kernel and bias, training
    left exactly as they were. If it left all of them, no state was ever used, and the network is a feed-forward one.
    Without a recurrent layer there is nothing to count, and no measure."""

    def probe(asked: Asked) -> dict[str, Measure]:
        same = total = 0
        walks = (asked.architecture.weights_of_layers(weights) for weights in (asked.before, asked.trained.weights))
        for (layer, before), (_, after) in zip(*walks, strict=True):
            if layer.has_state:
                for old, new in zip(layer.used_by_state(before), layer.used_by_state(after), strict=True):
                    same, total = same + int((old == new).sum()), total + old.size
        return {name: Measure(Count(same, total))} if total else {}

    return probe


@typed
def side_by_side(
    asked: Asked, weights: list[np.ndarray], inputs: np.ndarray, reset_at: NotNegative | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Two sequences through a network, side by side and step by step.

    inputs    int [2, steps, codes per step]
    reset_at  a step before which the state is set to zero; None: never

    Returns how far apart their states are after every step, as a share of the distance after the first, [steps], and
    the last answers, [2]. Where the sequences differ in their first symbol alone, whatever keeps the states apart is
    memory of it. ValueError where the sequences begin alike, and are not two.
    """
    if inputs.ndim != 3 or len(inputs) != 2 or (inputs[0, :1] == inputs[1, :1]).all():
        raise ValueError(
            f"inputs of shape {inputs.shape}, {shown(inputs[:, :1].tolist())} first: need [2, steps, codes per step], "
            f"two sequences that differ in their first step"
        )
    run, state, apart = Predictor(asked.architecture, weights, asked.framed.codec), None, []
    for step in range(inputs.shape[1]):
        carried: States | None = None if step == reset_at else state
        outputs, state = run(inputs[:, step : step + 1], carried)
        apart.append(np.linalg.norm(np.diff(np.concatenate([a for layer in state for a in layer], axis=1), axis=0)))
    return np.array(apart) / apart[0], outputs.reshape(2, -1, asked.architecture.outputs)[:, -1].argmax(axis=-1)


@typed
def final_loss(name: str = "loss") -> Probe:
    """The loss of the last epoch."""
    return lambda asked: {name: Measure(Number(float(asked.trained.history["loss"][-1])))}


@typed
def epochs_to_learn(accuracy: float = 0.95, over: Positive = 20, name: str = "epochs_to_learn") -> Probe:
    """After how many epochs the training accuracy, averaged over some, first reached a level; all epochs if never."""

    def probe(asked: Asked) -> dict[str, Measure]:
        history = np.asarray(asked.trained.history["accuracy"], float)
        width = min(over, len(history))
        means = np.convolve(history, np.ones(width) / width, mode="valid")
        reached = means >= accuracy - 1e-9
        return {name: Measure(Number(float(reached.argmax() + width if reached.any() else len(history))))}

    return probe
