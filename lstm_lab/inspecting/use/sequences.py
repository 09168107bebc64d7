"""Data as sequences of single steps, as a network is asked: what each step is given, and where an answer is due.

A stateful network with one time step a sample, and a stateless one with twenty, look the same here: a sequence begins
with a zero state and is gone through step by step. What differs is where answers are due, and how long a sample is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import shown

CLOSE = 0.05  # numbers are the same answer if they differ by less, in standard deviations of the targets
SYMBOLS = 64  # different values of an input that is no whole number; with more of them it is put in bins
BINS = 16
LOOKED_AT = 2000  # inputs from which it is judged whether they are symbols, and from which clusters are made


@dataclass(frozen=True, eq=False)
class Answers:
    """What counts as the same answer, and as a right one.

    classes  number of classes; 2 for one output that is rounded to 0 or 1; None: the answers are numbers
    spread   standard deviation of the targets, for numbers
    """

    classes: int | None
    spread: float = 1.0

    def of(self, outputs: np.ndarray) -> np.ndarray:
        """Outputs [..., outputs] → answers: int [...], or float32 [..., outputs]."""
        if self.classes is None:
            return outputs
        return (outputs[..., 0] > 0.5).astype(np.int32) if outputs.shape[-1] == 1 else outputs.argmax(axis=-1)

    def right(self, answers: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """How right each is: 1 or 0; of a number 1 less its squared error over the variance of the targets."""
        if self.classes is not None:
            return (answers == targets).astype(float)
        return 1 - np.square(answers - targets, dtype=float).mean(axis=-1) / self.spread**2

    def same(self, answers: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Whether two answers are the same: the same class, or numbers closer than a twentieth of the spread."""
        if self.classes is not None:
            return (answers == others).astype(float)
        return (np.abs(answers - others).max(axis=-1) <= CLOSE * self.spread).astype(float)


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences that a network is given step by step; its state is zero before the first step of each.

    x        [sequences, steps, …]: what a step is given, features or codes
    targets  int [sequences, steps], or float32 [sequences, steps, outputs]; anything where no answer is due
    due      bool [steps]: after which steps an answer is due
    answers  what counts as the same answer, and as a right one
    sample   steps of a sample: a stateless training resets the state before each
    carries  whether state is carried from sample to sample within a sequence
    """

    x: np.ndarray
    targets: np.ndarray
    due: np.ndarray
    answers: Answers
    sample: int
    carries: bool

    @property
    def count(self) -> int:
        return len(self.x)

    @property
    def steps(self) -> int:
        return self.x.shape[1]

    @property
    def pool(self) -> np.ndarray:
        """All inputs of all sequences: [inputs, …]."""
        return self.x.reshape(-1, *self.x.shape[2:])

    @property
    def chance(self) -> float:
        """What the same answer to everything scores: the commonest class, or the mean of the targets."""
        if self.answers.classes is None:
            return 0.0
        targets = self.targets[:, self.due]
        return float(np.bincount(targets.ravel()).max() / targets.size)

    def take(self, rows) -> Sequences:
        """Some of the sequences."""
        return replace(self, x=self.x[rows], targets=self.targets[rows])

    def right(self, answers: np.ndarray) -> np.ndarray:
        """How right answers [sequences, steps, …] are where they are due: float [sequences, answers due]."""
        return self.answers.right(answers[:, self.due], self.targets[:, self.due])

    def inputs(self) -> np.ndarray:
        """A number for each input, the same for the same input: int [sequences, steps]."""
        return as_symbols(self.pool).reshape(self.x.shape[:2])


def of_samples(
    x: np.ndarray, y: np.ndarray, outputs: tuple[int | None, ...], *, carries: bool, slots: int, per_sequence: int
) -> Sequences:
    """Samples in the order of training as sequences.

    x             [samples, time steps, …]      y  targets as `fit` takes them
    outputs       shape of the network's output without the batch: (outputs,) or (time steps, outputs)
    carries       whether state is carried from sample to sample; else every sample is a sequence
    slots         rows of a batch: with carried state, sample i goes to slot i modulo slots
    per_sequence  samples of a slot from one reset of its state to the next

    ValueError: another number of targets than of samples; samples that do not fill the slots or the sequences.
    """
    each_step = len(outputs) > 1
    answers, targets = read_targets(y, x.shape[:2] if each_step else x.shape[:1], outputs[-1] or 1)
    sample = x.shape[1]
    due = np.ones(sample, bool) if each_step else np.arange(sample) == sample - 1
    if not each_step:  # the target of a sample at each of its steps; only the last is due
        targets = np.repeat(targets[:, None], sample, axis=1)
    if not carries:
        return Sequences(x, targets, due, answers, sample, False)
    if len(x) % (slots * per_sequence):
        raise ValueError(
            f"x has {len(x)} samples: {slots} slot{'s' * (slots > 1)} with sequences of {per_sequence} samples need a "
            f"multiple of {slots * per_sequence}; leave some out, or say another per_sequence"
        )
    place = np.arange(len(x)).reshape(-1, per_sequence, slots).swapaxes(1, 2).reshape(-1, per_sequence)
    joined = (len(place), per_sequence * sample)
    return Sequences(
        x[place].reshape(*joined, *x.shape[2:]),
        targets[place].reshape(*joined, *targets.shape[2:]),
        np.tile(due, per_sequence),
        answers,
        sample,
        True,
    )


def read_targets(y, places: tuple[int, ...], outputs: int) -> tuple[Answers, np.ndarray]:
    """Targets as `fit` takes them: whole numbers or one-hot rows as classes, anything else as numbers.

    y  [*places], [*places, 1], or [*places, outputs]; with one output zeros and ones are two classes
    """
    y = finite("y", y)
    if len(y) != places[0]:
        raise ValueError(f"y has {len(y)} samples and x has {places[0]}: give as many of both")
    whole = bool((y == np.round(y)).all())
    if y.shape in (places, (*places, 1)):
        flat = y.reshape(places)
        if outputs > 1 and whole:
            if flat.min() < 0 or flat.max() >= outputs:
                wrong = flat.min() if flat.min() < 0 else flat.max()
                raise ValueError(f"y holds {wrong:g}: the model has {outputs} outputs, for classes 0 to {outputs - 1}")
            return Answers(outputs), flat.astype(np.int32)
        if outputs == 1:
            if whole and set(np.unique(flat)) == {0, 1}:
                return Answers(2), flat.astype(np.int32)
            return _numbers(flat[..., None])
    if y.shape == (*places, outputs):
        if whole and y.min() >= 0 and (y.sum(axis=-1) == 1).all():
            return Answers(outputs), y.argmax(axis=-1).astype(np.int32)
        return _numbers(y)
    raise ValueError(
        f"y has shape {y.shape}: the model's answers to x need {(*places, outputs)}, or {places} for classes"
    )


def finite(name: str, values) -> np.ndarray:
    """The values as an array; ValueError if some are no finite numbers."""
    values = numbers(name, values)
    if not np.isfinite(values).all():
        wrong = int((~np.isfinite(values)).sum())
        raise ValueError(f"{name} has {wrong} values that are no finite numbers: leave those samples out")
    return values


def _numbers(targets: np.ndarray) -> tuple[Answers, np.ndarray]:
    spread = float(targets.std())
    if not spread:
        raise ValueError(f"y is {shown(targets.ravel()[0])} throughout: there is nothing to tell apart")
    return Answers(None, spread), targets.astype(np.float32)


def as_symbols(rows: np.ndarray) -> np.ndarray:
    """Inputs [n, …] → a number for each, the same for the same input: int [n].

    Whole numbers, one-hot rows among them, are symbols. Others are symbols if there are at most 64 different ones;
    else they are put in bins, 16 quantiles of one feature or 16 clusters of several.
    """
    rows = rows.reshape(len(rows), -1)
    whole = bool((rows == np.round(rows)).all())
    if whole and rows.shape[1] > 1 and rows.min() == 0 and (rows.sum(axis=1) == 1).all():
        return rows.argmax(axis=1)
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), LOOKED_AT)).astype(int)]
    if whole or len(np.unique(some, axis=0)) <= SYMBOLS:
        return np.unique(rows, axis=0, return_inverse=True)[1].ravel()
    if rows.shape[1] == 1:
        return np.searchsorted(np.quantile(rows, np.linspace(0, 1, BINS + 1)[1:-1]), rows[:, 0])
    from sklearn.cluster import KMeans

    return KMeans(BINS, n_init=1, random_state=0).fit(some).predict(rows)


def lookup_table(sequences: Sequences) -> np.ndarray:
    """How right the best guesser without memory is, who says each current input's commonest target, or their mean.

    It is made from the targets that it is asked about, so it is the most that a network without memory could score.
    """
    given, targets = sequences.x[:, sequences.due], sequences.targets[:, sequences.due]
    symbols = as_symbols(given.reshape(-1, *given.shape[2:])).reshape(given.shape[:2])
    known = np.empty(targets.shape, targets.dtype)
    for symbol in np.unique(symbols):
        here = symbols == symbol
        own = targets[here]
        known[here] = own.mean(axis=0) if sequences.answers.classes is None else np.bincount(own).argmax()
    return sequences.answers.right(known, targets)
