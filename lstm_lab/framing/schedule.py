"""Schedule: in which order the samples are learnt and when state is reset, as plain arrays.

Epochs, batch size, shuffling, fresh data and every way to reset state become three arrays. They are made here, and both
trainers obey them. To see when state is reset, which many readers ask, print `reset_before`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from lstm_lab.common.arrays import numbers
from lstm_lab.common.checks import check_size, shown
from lstm_lab.common.typed import Positive, check_fields, typed
from lstm_lab.framing.framed import Framed

EMPTY = -1  # a place of a batch that holds no sample

Slots = Literal["dealt", "runs"]
Reset = Literal["batch", "sequence", "epoch", "never"]
Shuffle = Literal["no", "samples", "sequences"]


@dataclass(frozen=True, eq=False)
class Schedule:
    """In which order a training run learns its samples: one row is one batch.

    A row is one update. With truncated BPTT it is several, one every k1 time steps, and they pass the state on.

    batches       int32 [updates, batch]: the sample that each slot learns; `EMPTY` (−1): none, not in the mean loss
    reset_before  bool  [updates, batch]: whether the slot's state is set to zero before that update
    epoch         int32 [updates]: the epoch the update belongs to
    k1, k2        truncated BPTT: an update every k1 time steps, its gradient k2 steps back; None: all steps given
    carries       whether state is carried from row to row (a stateful network); False: each row starts from zeros
    """

    batches: np.ndarray
    reset_before: np.ndarray
    epoch: np.ndarray
    k1: Positive | None = None
    k2: Positive | None = None
    carries: bool = False

    def __post_init__(self):
        check_fields(self)
        if self.batches.ndim != 2 or 0 in self.batches.shape:
            raise ValueError(f"batches of shape {self.batches.shape}: need [updates, batch], neither of them 0")
        numbers("batches", self.batches, "i")
        numbers("epoch", self.epoch, "i")
        if self.reset_before.dtype != bool:
            raise ValueError(f"reset_before of type {self.reset_before.dtype}: need bool")
        updates, batch = self.batches.shape
        if self.reset_before.shape != (updates, batch):
            raise ValueError(f"reset_before of shape {self.reset_before.shape}: need {(updates, batch)}, as batches")
        if self.epoch.shape != (updates,) or not np.isin(np.diff(self.epoch), (0, 1)).all():  # no epoch without update
            raise ValueError(f"epoch of shape {self.epoch.shape}: need {(updates,)}, each the same or one more")
        check_size(64 * (int(self.epoch[-1]) - int(self.epoch[0])), f"epoch {self.epoch[-1]}", "count epochs from 0")
        if self.carries and (self.batches == EMPTY).any():
            raise ValueError("a batch has an empty place, but state is carried: that slot's state would be out of date")

    @property
    def updates(self) -> int:
        """Number of rows. A row is one update, or several with truncated BPTT."""
        return len(self.batches)

    @property
    def since_reset(self) -> np.ndarray:
        """Number of updates since the last reset of each slot, before each update: int [updates, batch]."""
        update = np.arange(self.updates)[:, None]
        return update - np.maximum.accumulate(np.where(self.reset_before, update, 0), axis=0)

    @property
    def batch_size(self) -> int:
        """Number of slots."""
        return self.batches.shape[1]

    def check(self, framed: Framed) -> None:
        """ValueError if the schedule points outside the samples, or k1 or k2 outside their time steps."""
        if not isinstance(framed, Framed):
            raise ValueError(f"framed is {shown(framed)}: need a Framed")
        low, high = int(self.batches.min()), int(self.batches.max())
        if low < EMPTY or high >= framed.samples:
            wrong = low if low < EMPTY else high
            raise ValueError(f"the schedule asks for sample {wrong}: there are samples 0 to {framed.samples - 1}")
        for name, value in (("k1", self.k1), ("k2", self.k2)):
            if value is not None and value > framed.steps:
                raise ValueError(f"{name} is {value}: the sequences have {framed.steps} time steps, use that or fewer")


@dataclass(frozen=True)
class Order:
    """How to go through the samples. It becomes a `Schedule` when epochs and batch size are known.

    shuffle  "no", "samples" (Keras' shuffle=True) or "sequences" (their order, each kept whole)
    reset    when state is set to zero: before every batch (a stateless network), after each sequence, after each
             epoch (the sources' reset after `fit`), or never
    slots    which samples go to the same slot: "dealt" gives consecutive samples to consecutive slots, as Keras does,
             so that a slot is given every batch-size-th sample; "runs" gives every slot consecutive samples
    k1, k2   truncated BPTT: an update every k1 time steps, its gradient k2 steps back; None: all steps of a sample
    """

    shuffle: Shuffle = "no"
    reset: Reset = "batch"
    slots: Slots = "dealt"
    k1: Positive | None = None
    k2: Positive | None = None

    def __post_init__(self):
        check_fields(self)
        if self.shuffle == "samples" and self.reset == "sequence":
            raise ValueError(
                "shuffle is 'samples' and reset 'sequence': shuffled samples are in no sequence; "
                "use shuffle 'sequences' or 'no', or reset 'batch'"
            )

    @property
    def carries(self) -> bool:
        return self.reset != "batch"

    @typed
    def schedule(
        self,
        framed: Framed,
        epochs: Positive,
        batch_size: Positive = 1,
        rng: np.random.Generator | None = None,
    ) -> Schedule:
        """The arrays for a number of epochs. ValueError if the batch size does not fit the samples.

        >>> from lstm_lab import framing
        >>> from lstm_lab.datasets import alphabet
        >>> framed = framing.time_steps(alphabet.pairs(1, "ABCDE"))
        >>> order = in_sequence(reset="epoch").schedule(framed, epochs=2)
        >>> order.batches.T.tolist(), order.reset_before[:, 0].nonzero()[0].tolist()
        ([[0, 1, 2, 3, 0, 1, 2, 3]], [0, 4])
        """
        self._check_batch(framed, batch_size)
        if framed.fresh and epochs * framed.per_epoch > framed.samples:
            raise ValueError(
                f"epochs is {epochs}: there is fresh data for {framed.samples // framed.per_epoch} epochs only"
            )
        places = epochs * -(-framed.per_epoch // batch_size) * batch_size
        what = f"epochs is {epochs} and batch_size {batch_size}, with {framed.per_epoch} samples an epoch"
        check_size(40 * places, what, "use fewer epochs" + " or a smaller batch" * (batch_size > framed.per_epoch))
        samples = self._samples(framed, epochs, rng)
        batches = self._batches(samples, batch_size)
        per_epoch = batches.shape[1]
        batches = batches.reshape(-1, batches.shape[2])
        return Schedule(
            batches=batches.astype(np.int32),
            reset_before=self._resets(framed, batches, per_epoch),
            epoch=np.repeat(np.arange(epochs, dtype=np.int32), per_epoch),
            k1=self.k1,
            k2=self.k2,
            carries=self.carries,
        )

    def _check_batch(self, framed: Framed, batch_size: int) -> None:
        unit, what = framed.per_epoch, "samples of an epoch"
        if self.reset == "sequence" and self.slots == "dealt":
            unit, what = framed.per_sequence, "samples of a sequence"
        if (self.carries or self.slots == "runs") and unit % batch_size:
            fits = ", ".join(str(n) for n in range(1, min(unit, 128) + 1) if unit % n == 0)
            raise ValueError(
                f"batch_size is {batch_size}: it does not divide the {unit} {what}, and all slots of a stateful "
                f"network must be filled (Keras broadcasts a last batch of one without an error); use one of {fits}"
            )
        if framed.starts is not None and (self.shuffle == "sequences" or (self.reset == "sequence" and batch_size > 1)):
            raise ValueError(
                f"batch_size is {batch_size} and shuffle {self.shuffle!r}: sequences of unequal length need "
                "batch_size 1 and no shuffling of sequences"
            )
        if self.reset == "sequence" and self.slots == "runs":
            run = framed.per_epoch // batch_size
            if run % framed.per_sequence and framed.per_sequence % run:
                raise ValueError(
                    f"batch_size is {batch_size}: runs of {run} samples do not fit sequences of {framed.per_sequence}"
                )

    def _samples(self, framed: Framed, epochs: int, rng) -> np.ndarray:
        """Sample numbers [epochs, samples of an epoch] in the order in which they are learnt."""
        size = framed.per_epoch
        samples = np.tile(np.arange(size), (epochs, 1))
        if self.shuffle != "no":
            if rng is None:
                raise ValueError(f"shuffle is {self.shuffle!r}: it needs a random generator, rng")
            if self.shuffle == "samples":
                samples = rng.permuted(samples, axis=1)
            else:
                whole = samples.reshape(epochs, -1, framed.per_sequence)
                order = rng.permuted(np.tile(np.arange(whole.shape[1]), (epochs, 1)), axis=1)
                samples = np.take_along_axis(whole, order[:, :, None], axis=1).reshape(epochs, size)
        return samples + (np.arange(epochs)[:, None] * size if framed.fresh else 0)

    def _batches(self, samples: np.ndarray, batch_size: int) -> np.ndarray:
        """[epochs, samples] → [epochs, updates of an epoch, batch], the last one padded with `EMPTY`."""
        epochs, size = samples.shape
        if self.slots == "runs":
            return samples.reshape(epochs, batch_size, size // batch_size).transpose(0, 2, 1)
        missing = -size % batch_size
        return np.pad(samples, ((0, 0), (0, missing)), constant_values=EMPTY).reshape(epochs, -1, batch_size)

    def _resets(self, framed: Framed, batches: np.ndarray, per_epoch: int) -> np.ndarray:
        if self.reset == "batch":
            return np.ones(batches.shape, bool)
        first = np.zeros(batches.shape, bool)
        first[0] = True
        if self.reset in ("epoch", "sequence"):
            first[::per_epoch] = True
        if self.reset == "sequence":
            if framed.starts is not None:
                first |= framed.starts[batches]
            elif self.slots == "runs":
                first |= batches % framed.per_sequence == 0
            else:
                first[:: framed.per_sequence // batches.shape[1]] = True
        return first


def shuffled() -> Order:
    """The usual training of a stateless network: samples shuffled every epoch, every batch from a zero state."""
    return Order(shuffle="samples", reset="batch")


def in_batches() -> Order:
    """In order, but stateless: every batch starts from a zero state."""
    return Order(shuffle="no", reset="batch")


@typed
def in_sequence(reset: Reset = "epoch", slots: Slots = "dealt", shuffle: Shuffle = "no") -> Order:
    """The training of a stateful network: samples in order, state carried until the reset."""
    if shuffle == "samples" and reset != "batch":
        raise ValueError("shuffle is 'samples', but state is carried from sample to sample: use sequences or no")
    return Order(shuffle=shuffle, reset=reset, slots=slots)


@typed
def truncated(k1: int | str | None, k2: int | str | None, *, slots: Slots = "dealt") -> Order:
    """TBPTT(k1, k2) within each sample, in order; every sample starts from a zero state.

    After every k1 steps, and at the last step, the last max(k1, k2) steps are run, and there is one update. Its loss is
    the mean over the targets of the last min(k1, k2) steps that no update has counted yet; without such a target there
    is no update. Its gradient goes k2 steps back. A sample with one target has it at its last step. k1 = k2 = n is
    Keras' own update, which is also made for a batch without a target.

    For k2 > k1 the windows overlap. A step is then run again with the present weights, from the state that was stored
    before the window. Williams and Peng 1990 and Sutskever 2013 do not run it again: they go back through the
    activations that were stored with the older weights. The two forms are the same where no step is run twice: for
    k2 <= k1 if k1 divides the steps of a sample. 0411 compares them for TBPTT(1, n).

    k1, k2  an update every k1 time steps, its gradient k2 steps back: whole numbers, or "n" (or None) for all the
            steps of a sample. Keras can do k1 = k2 = n; on pieces of k steps with carried
            state (`framing.split`) it does k1 = k2 = k
    slots   which samples go to the same slot, as for `Order`

    Raises ValueError if k1 or k2 is not a whole number, 1 or more; a schedule refuses more than the steps of a sample.

    >>> truncated(1, "n")
    Order(shuffle='no', reset='batch', slots='dealt', k1=1, k2=None)
    """
    return Order(slots=slots, k1=_steps("k1", k1), k2=_steps("k2", k2))


@typed
def form(text: str) -> tuple[int | None, int | None]:
    """The (k1, k2) of a form of truncated BPTT that is written as text: "1,n" → (1, None).

    >>> truncated(*form("10,10")) == truncated(10, 10)
    True
    """
    parts = text.split(",")
    if len(parts) != 2:
        raise ValueError(f"form is {shown(text)}: write k1,k2 as whole numbers or n, for example n,n or 1,n or 20,20")
    try:
        return _steps("k1", parts[0]), _steps("k2", parts[1])
    except ValueError as error:
        raise ValueError(f"form is {shown(text)}: {error}") from None


def _steps(name: str, value: int | str | None) -> int | None:
    """A number of time steps; None for all of them."""
    text = "n" if value is None else str(value).strip()
    if text != "n" and not (text.isdecimal() and len(text) < 20 and int(text)):
        raise ValueError(f"{name} is {shown(value)}: use a whole number of time steps, 1 or more, or n for all of them")
    return None if text == "n" else int(text)


@typed
def evaluation(order: Order, framed: Framed, batch_size: Positive) -> Schedule:
    """One pass over all samples, not shuffled, with the resets of training: for testing a trained network."""
    epochs = framed.samples // framed.per_epoch
    return replace(order, shuffle="no").schedule(framed, epochs, batch_size)
