"""The network in service: one input at a time, without a reset, for far longer than a sequence of training."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lstm_lab.inspecting.slots.lags import stride_of
from lstm_lab.inspecting.use.asking import Asking, Curve, WarmUp
from lstm_lab.inspecting.use.sequences import Sequences
from lstm_lab.judging.statistics import Interval

STREAMS = 8
LEAST, MOST = 1000, 5000  # steps of a stream
SEQUENCES = 10  # of a stream, at least


@dataclass(frozen=True)
class Served:
    """same: how often the answer is the one with the resets of training, after so many steps without a reset
    · differs: the steps from which fewer than nineteen of twenty are; None: never · right, right_late: how right the
    answers are with the resets of training, and in the second half of the stream."""

    steps: int
    same: Curve
    differs: int | None
    right: Interval | None
    right_late: Interval | None


def served(asking: Asking, warm_up: WarmUp | None) -> Served:
    """The sequences one after the other as one stream, in the order of a random draw; a series as it goes on.

    Where a sequence ends and another begins, its first answers may differ because there is no reset; after as many
    steps as a warm-up needs they should not, and from there on they count.
    """
    sequences = asking.sequences
    skipped = (warm_up and warm_up.needed) or 0
    if sequences.due[skipped:].any():
        sequences = replace(sequences, due=sequences.due & (np.arange(sequences.steps) >= skipped))
    x, place = _series(sequences) or _in_a_row(sequences, asking.rng)
    answers = asking.run(x)[0]
    usual, targets = (each.reshape(-1, *each.shape[2:]) for each in (asking.usual, sequences.targets))
    due = place >= 0
    same = np.full(place.shape, np.nan)
    right, late = same.copy(), same.copy()
    same[due] = sequences.answers.same(answers[due], usual[place[due]])
    right[due] = sequences.answers.right(usual[place[due]], targets[place[due]])
    late[due] = sequences.answers.right(answers[due], targets[place[due]])
    length = place.shape[1]
    begins = [0, *(sequences.steps * 2**power for power in range(length.bit_length()))]
    begins = [begin for begin in begins if 1.5 * begin <= length]  # of a last few answers, one would decide
    ends = [*begins[1:], length]
    found = [_mean(asking, same[:, begin:end]) for begin, end in zip(begins, ends, strict=True)]
    parts = [(begin, value) for begin, value in zip(begins, found, strict=True) if value is not None]
    curve = Curve([begin for begin, _ in parts], [value for _, value in parts])
    differs = next((begin for begin, value in parts if value.estimate < 0.95), None)
    half = length // 2
    return Served(length, curve, differs, *(_mean(asking, values[:, half:]) for values in (right, late)))


def _mean(asking: Asking, values: np.ndarray) -> Interval | None:
    rows, steps = np.nonzero(~np.isnan(values))
    return asking.estimate(values[rows, steps], rows) if len(rows) else None


def shared(sequences: Sequences) -> int:
    """Of windows that overlap, how many after one another share a step; else 1."""
    return 1 if sequences.carries else -(-sequences.steps // stride_of(sequences.x))


def _series(sequences: Sequences) -> tuple[np.ndarray, np.ndarray] | None:
    """Windows that overlap, each a step or more later, as the series they were cut from: (x, which answer is due)."""
    x = sequences.x
    stride = stride_of(x)
    if sequences.carries or len(x) < 2 or stride == sequences.steps:
        return None
    series = np.concatenate([x[0], x[1:, -stride:].reshape(-1, *x.shape[2:])])[:MOST]
    place = np.full(len(series), -1)
    ends = np.arange(len(x)) * stride + sequences.steps - 1
    ends = ends[ends < len(series)]
    place[ends] = np.arange(len(ends)) * sequences.steps + sequences.steps - 1
    return series[None], place[None]


def _in_a_row(sequences: Sequences, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    count = int(np.clip(-(-LEAST // sequences.steps), SEQUENCES, max(SEQUENCES, MOST // sequences.steps)))
    rows = rng.integers(sequences.count, size=(STREAMS if sequences.count > 1 else 1, count))
    place = rows[:, :, None] * sequences.steps + np.arange(sequences.steps)
    place = np.where(sequences.due, place, -1).reshape(len(rows), -1)
    return sequences.x[rows].reshape(len(rows), -1, *sequences.x.shape[2:]), place
