"""What can be guessed without memory: the baseline of every count."""

from __future__ import annotations

import numpy as np

from lstm_lab.common.typed import typed
from lstm_lab.framing.framed import Framed


@typed
def lookup_table(training: Framed, asked: Framed, each_step: bool | None = None) -> np.ndarray | None:
    """The answers of the best guesser without memory, int like `asked.targets`.

    It knows, for each input of the last time step (of each step, where there is an answer at every step), the target
    that came most often with it in the training samples, and nothing of what came before; of several such targets it
    says the one that came first, and to an input that never came the commonest of all.

    each_step: whether the targets belong to the input's steps one by one; None: if there are as many of them.
    """
    if each_step is None:
        each_step = asked.targets.ndim == 2 and asked.targets.shape[1] == asked.steps
    if training.codec is None or training.target_codec is None:
        return None
    widths = asked.inputs.shape[2], training.inputs.shape[2]
    if widths[0] != widths[1]:
        raise ValueError(f"samples of {widths[0]} codes a step: the training samples have {widths[1]}, need as many")
    questions, targets = _questions(training, each_step), training.targets.ravel()
    if training.loss_mask is not None:
        questions, targets = questions[training.loss_mask.ravel()], targets[training.loss_mask.ravel()]
    numbers = _numbered(np.concatenate([questions, _questions(asked, each_step)]))
    learnt, wanted = np.split(numbers, [len(questions)])
    _, fallback = _commonest(np.zeros_like(learnt), targets)
    known, best = _commonest(learnt, targets)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, best[place], fallback[0]).reshape(asked.targets.shape)


def _commonest(numbers: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each distinct number, in order, and the target that came most often with it, the first of several."""
    pairs = numbers * (int(targets.max()) + 1) + targets
    _, first, counts = np.unique(pairs, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts, numbers[first]))
    known, place = np.unique(numbers[first][order], return_index=True)
    return known, targets[first][order][place]


def _numbered(rows: np.ndarray) -> np.ndarray:
    """Rows [n, k] of whole numbers → one number each, the same for the same rows: 0, 1, …"""
    rows = rows.astype(np.int64) - rows.min(axis=0)
    spans = rows.max(axis=0) + 1
    if np.prod(spans.astype(float)) < 2**62:
        rows = rows @ np.cumprod(np.append(1, spans[:-1]))
        return np.unique(rows, return_inverse=True)[1].ravel()
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()


def _questions(framed: Framed, each_step: bool) -> np.ndarray:
    """What the guesser sees of every target, [targets, codes]: the last input, and the output place."""
    if each_step and framed.targets.ndim == 2:
        return framed.inputs.reshape(-1, framed.inputs.shape[2])
    last = _last_step(framed)
    places = framed.targets.size // framed.samples
    return np.column_stack([np.repeat(last, places, axis=0), np.tile(np.arange(places), framed.samples)])


def _last_step(framed: Framed) -> np.ndarray:
    """The codes of the last step that is not padding: [samples, codes per step]."""
    if framed.holes:
        return framed.inputs[:, -1]
    filled = framed.input_mask
    last = framed.steps - 1 - filled[:, ::-1].argmax(axis=1)
    return framed.inputs[np.arange(framed.samples), last]
