"""What can be guessed without memory: the baseline of every count."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from lstm_lab.framed import Framed


def memoryless(training: Framed, asked: Framed, each_step: bool | None = None) -> np.ndarray | None:
    """The answers of the best guesser without memory, int like `asked.targets`.

    It knows, for each input of the last time step (of each step, where there is an answer at every step), the target
    that came most often with it in the training samples, and nothing of what came before.

    each_step: whether the targets belong to the input's steps one by one; None: if there are as many of them.
    """
    if each_step is None:
        each_step = asked.targets.ndim == 2 and asked.targets.shape[1] == asked.steps
    if training.codec is None or training.answers is None:
        return None
    seen: dict[tuple, Counter] = defaultdict(Counter)
    overall: Counter = Counter()
    for key, target in zip(*_questions(training, each_step), strict=True):
        seen[key][target] += 1
        overall[target] += 1
    fallback = overall.most_common(1)[0][0]
    best = {key: counter.most_common(1)[0][0] for key, counter in seen.items()}
    keys, _ = _questions(asked, each_step, all_targets=True)
    return np.array([best.get(key, fallback) for key in keys]).reshape(asked.targets.shape)


def _questions(framed: Framed, each_step: bool, all_targets: bool = False) -> tuple[list[tuple], list[int]]:
    """(last input, output place) and target of every target that counts."""
    targets = framed.targets.reshape(framed.samples, -1)
    places = targets.shape[1]
    if each_step and framed.targets.ndim == 2:
        last = framed.inputs.reshape(-1, framed.inputs.shape[2])
        keys = list(map(tuple, last.tolist()))
    else:
        last = _last_step(framed)
        keys = [(*row, place) for row in map(tuple, last.tolist()) for place in range(places)]
    if framed.loss_mask is None or all_targets:
        return keys, targets.ravel().tolist()
    known = framed.loss_mask.ravel()
    return [key for key, k in zip(keys, known, strict=True) if k], targets.ravel()[known].tolist()


def _last_step(framed: Framed) -> np.ndarray:
    """The codes of the last step that is not padding: [samples, codes per step]."""
    if framed.holes:
        return framed.inputs[:, -1]
    filled = framed.input_mask
    last = framed.steps - 1 - filled[:, ::-1].argmax(axis=1)
    return framed.inputs[np.arange(framed.samples), last]
