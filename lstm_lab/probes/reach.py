"""How far back: what truncated BPTT costs, how far a gradient reaches, and which answers depend on earlier steps."""

from __future__ import annotations

import numpy as np

from lstm_lab.common.typed import typed
from lstm_lab.framing.framed import Framed
from lstm_lab.inspecting.use.network import Ours
from lstm_lab.judging.measures import Number
from lstm_lab.models import Architecture
from lstm_lab.models.predictor import Predictor
from lstm_lab.probes.asked import Asked, Measure, Probe


def cost_of_truncation() -> Probe:
    """What TBPTT(k1, k2) does with one sequence: its updates, and the time steps that it runs.

    There is an update where the last min(k1, k2) steps of a window hold an answer that no update has counted yet; a
    window runs max(k1, k2) steps.
    """

    def probe(asked: Asked) -> dict[str, Measure]:
        steps = asked.framed.steps
        k1, k2 = asked.order.k1 or steps, asked.order.k2 or steps
        ends = sorted({*range(k1, steps + 1, k1), steps})
        mask = asked.framed.loss_mask
        answered = np.ones(steps, bool) if mask is None else mask[0]
        learnt = zip(ends, [0, *ends], strict=False)
        updates = sum(bool(answered[max(end - min(k1, k2), before) : end].any()) for end, before in learnt)
        run = sum(min(end, max(k1, k2)) for end in ends)
        cost = {"updates_per_sequence": updates, "steps_run_per_sequence": run}
        return {name: Measure(Number(float(number))) for name, number in cost.items()}

    return probe


@typed
def reach_of_gradient(architecture: Architecture, weights: list[np.ndarray], framed: Framed) -> np.ndarray:
    """Mean over samples of ‖d loss at the last step / d x(t − k)‖: [time steps], k = 0 first.

    For a network that answers at every step, with a softmax and cross-entropy.
    """
    _check_each_step(architecture)
    if framed.target_codec is None or framed.targets.ndim != 2:
        raise ValueError(f"targets of shape {framed.targets.shape}: need a symbol at every step")
    network = Ours(architecture, weights, framed.codec, framed.features)
    norms = network.gradient(framed.inputs, framed.targets[:, -1], framed.target_codec.classes, None)
    return norms.mean(axis=0)[::-1]


@typed
def looks_back(network: Architecture, x: np.ndarray, rng: np.random.Generator) -> tuple[int, int]:
    """Steps whose answer changes when the steps before them do, of all: x [samples, time steps, features].

    With first weights drawn from rng, for a network that answers at every step: it is about shapes, and not training.
    """
    _check_each_step(network)
    answer = Predictor(network, network.initial_weights(x.shape[1], x.shape[2], rng))
    even = (np.arange(x.shape[0] * x.shape[1]) % 2 == 0).reshape(*x.shape[:2], 1)
    changed = 0
    for moved in (even, ~even):  # every other step changes; the steps between can know it only from memory
        changed += int(((answer(x + moved)[0] != answer(x)[0]) & ~moved).sum())
    return changed, even.size


def _check_each_step(architecture: Architecture) -> None:
    if not architecture.answers_each_step:
        raise ValueError("the network answers once, after its last step: need one that answers at every step")
