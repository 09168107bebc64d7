"""Framing: from pairs of symbols to the arrays [samples, time steps, features] a network is trained on.

The sources frame the same pairs in different ways and get different networks; this module is that choice, and nothing
else. A framed set stays as integer codes until a trainer needs floats, so that a compiled trainer can look symbols up
instead of multiplying one-hot rows, and 10,000 symbols still fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from lstm_lab.codec import Codec, Coding
from lstm_lab.datasets.pairs import BLANK, Pairs
from lstm_lab.preparing.padding import pad


@dataclass(frozen=True, eq=False)
class Framed:
    """What a trainer learns from: samples already laid out as [samples, time steps, features].

    inputs     int32 codes [samples, time steps, codes per step], or float32 [samples, time steps, features]
    targets    int32 classes [samples] or [samples, output steps], or float32 [samples, outputs] or
               [samples, output steps, outputs]
    codec      turns input codes into features; None where the inputs are floats already
    answers    the codec of the targets' classes; None for a regression
    loss_mask  bool [samples] or [samples, output steps]: which targets count; None: all
    epoch      samples in one epoch. Fewer than there are samples means fresh data: epoch e learns the e-th slice.
    sequence   samples in one sequence (what `reset="sequence"` goes by); None: the whole epoch is one sequence
    starts     bool [samples]: where a sequence begins, in place of `sequence` if they are of unequal length
    holes      whether empty places are values missing where they stand, rather than padding to look past
    """

    inputs: np.ndarray
    targets: np.ndarray
    codec: Codec | None = None
    answers: Codec | None = None
    loss_mask: np.ndarray | None = None
    epoch: int | None = None
    sequence: int | None = None
    starts: np.ndarray | None = None
    holes: bool = False

    def __post_init__(self):
        check = _Check(self)
        check.inputs()
        check.targets()
        check.epochs()

    @property
    def samples(self) -> int:
        return len(self.inputs)

    @property
    def steps(self) -> int:
        return self.inputs.shape[1]

    @property
    def epoch_samples(self) -> int:
        return self.samples if self.epoch is None else self.epoch

    @property
    def sequence_samples(self) -> int:
        return self.epoch_samples if self.sequence is None else self.sequence

    @property
    def fresh(self) -> bool:
        """Whether every epoch has samples of its own."""
        return self.epoch_samples != self.samples

    @property
    def features(self) -> int:
        """Features of one time step as the network's first layer sees them."""
        return self.inputs.shape[2] * (self.codec.width if self.codec else 1)

    @property
    def shape(self) -> tuple[int, int, int]:
        """[samples of one epoch, time steps, features]."""
        return self.epoch_samples, self.steps, self.features

    @cached_property
    def input_mask(self) -> np.ndarray:
        """Bool [samples, time steps]: where a step holds a symbol rather than padding."""
        if self.codec is None:
            return np.ones(self.inputs.shape[:2], bool)
        return (self.inputs != BLANK).any(axis=-1)

    def x(self, samples=slice(None)) -> np.ndarray:
        """The inputs of some samples as the network takes them: float32 [n, time steps, features]."""
        return self.codec.encode(self.inputs[samples]) if self.codec else self.inputs[samples]

    def last_epoch(self) -> Framed:
        """The samples of the last epoch, its sequences as they are."""
        last = slice(self.samples - self.epoch_samples, None)
        mask, starts = (None if flags is None else flags[last] for flags in (self.loss_mask, self.starts))
        return replace(
            self, inputs=self.inputs[last], targets=self.targets[last], loss_mask=mask, epoch=None, starts=starts
        )

    def take(self, samples) -> Framed:
        """Some of the samples, as one epoch of their own."""
        mask = None if self.loss_mask is None else self.loss_mask[samples]
        return replace(
            self,
            inputs=self.inputs[samples],
            targets=self.targets[samples],
            loss_mask=mask,
            epoch=None,
            sequence=None,
            starts=None,
        )


class _Check:
    """The checks of a Framed; JAX would wrap or clamp a wrong index in silence, so nothing wrong may pass here."""

    def __init__(self, framed: Framed):
        self.framed = framed

    def inputs(self):
        inputs, codec = self.framed.inputs, self.framed.codec
        if inputs.ndim != 3 or 0 in inputs.shape:
            raise ValueError(
                f"inputs of shape {inputs.shape}: need [samples, time steps, features], none of them empty"
            )
        if codec is None:
            _finite("inputs", inputs)
        else:
            _in_range("inputs", inputs, codec.classes, lowest=BLANK)
            if codec.coding == "embedding":
                _in_range("inputs of an embedding", inputs, codec.classes, lowest=0)
                if inputs.shape[2] != 1:
                    raise ValueError(f"inputs of shape {inputs.shape}: an embedding takes one code per time step")

    def targets(self):
        framed, targets = self.framed, self.framed.targets
        if len(targets) != framed.samples:
            raise ValueError(f"targets for {len(targets)} samples, but inputs for {framed.samples}")
        if np.issubdtype(targets.dtype, np.integer):
            if framed.answers is None:
                raise ValueError("integer targets need `answers`, the codec of their classes")
            _in_range("targets", targets, framed.answers.classes, lowest=0)
            places = targets.shape
        else:
            _finite("targets", targets)
            places = targets.shape[:-1]
        if framed.loss_mask is not None and framed.loss_mask.shape != places:
            raise ValueError(f"loss_mask of shape {framed.loss_mask.shape}: need {places}, one flag per target")
        for name, flags in (("loss_mask", framed.loss_mask), ("starts", framed.starts)):
            if flags is not None and flags.dtype != bool:
                raise ValueError(f"{name} of type {flags.dtype}: need bool")

    def epochs(self):
        framed = self.framed
        if framed.epoch_samples < 1 or framed.samples % framed.epoch_samples:
            raise ValueError(f"epoch of {framed.epoch_samples} samples does not divide the {framed.samples} samples")
        if framed.sequence_samples < 1 or framed.epoch_samples % framed.sequence_samples:
            raise ValueError(
                f"sequence of {framed.sequence_samples} samples does not divide an epoch of {framed.epoch_samples}"
            )
        if framed.starts is not None and (framed.starts.shape != (framed.samples,) or not framed.starts[0]):
            raise ValueError(
                f"starts of shape {framed.starts.shape}: need {(framed.samples,)}, True for the first sample"
            )


def _finite(name: str, values: np.ndarray) -> None:
    if values.dtype != np.float32:
        raise ValueError(f"{name} of type {values.dtype}: need float32, or integer codes with a codec")
    if not np.isfinite(values).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise ValueError(f"{name}{list(place)} is {values[place]}: need finite numbers")


def _in_range(name: str, codes: np.ndarray, classes: int, lowest: int) -> None:
    if not np.issubdtype(codes.dtype, np.integer):
        raise ValueError(f"{name} of type {codes.dtype}: need integer codes")
    wrong = (codes < lowest) | (codes >= classes)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name}{list(place)} is {codes[place]}: need a code from {lowest} to {classes - 1}")


def codec(pairs: Pairs, coding: Coding = "scaled", offset: int = 0, blank: float = 0.0) -> Codec:
    """The codec of a dataset's symbols; "scaled" divides by their number (plus the offset), as the sources do."""
    if coding not in ("scaled", "one_hot", "embedding"):
        raise ValueError(f"coding is {coding!r}: use scaled, one_hot or embedding")
    scale = float(len(pairs.symbols) + offset)
    return Codec(pairs.symbols, coding, scale=scale, offset=offset, blank=blank)


def time_steps(pairs: Pairs, holes: bool = False, **coding) -> Framed:
    """Context as time steps: pairs of length L → x [samples, L, 1 symbol]. What an LSTM is made for.

    Keyword arguments are those of `codec`. Pairs of different lengths must be padded first: see `padded`.
    holes: empty places are values that are missing where they stand, and stay there.

    >>> from lstm_lab.datasets import alphabet
    >>> time_steps(alphabet.pairs(length=3)).shape
    (23, 3, 1)
    """
    if not holes and (pairs.inputs == BLANK).any():
        raise ValueError("pairs of different lengths: use framing.padded(pairs, steps=…)")
    return replace(_framed(pairs, pairs.inputs[:, :, None], coding), holes=holes)


def window(pairs: Pairs, **coding) -> Framed:
    """Context as features: pairs of length L → x [samples, 1, L symbols]: a feed-forward net's fixed window.

    >>> from lstm_lab.datasets import alphabet
    >>> window(alphabet.pairs(length=3)).shape
    (23, 1, 3)
    """
    return _framed(pairs, pairs.inputs[:, None, :], coding)


def padded(pairs: Pairs, steps: int, side: Literal["pre", "post"] = "pre", **coding) -> Framed:
    """Sequences of any length up to `steps`, filled up with empty places: x [samples, steps, 1 symbol].

    side: "pre" pads in front, as Keras' pad_sequences does and as the sources need it; "post" behind.
    The padding is code −1, apart from every symbol; whether the network can tell it from one is the codec's matter:
    scaled with offset 0, the empty 0.0 is also the first symbol (see 0172).

    >>> from lstm_lab.datasets import alphabet
    >>> padded(alphabet.prefixes(), steps=25).inputs[1, :, 0].tolist()[-3:]
    [-1, 0, 1]
    """
    sequences = [row[row != BLANK] for row in pairs.inputs]
    longest = max(map(len, sequences))
    if steps < longest:
        raise ValueError(f"steps is {steps}: the longest sequence has {longest} symbols, so use {longest} or more")
    inputs = pad(sequences, steps, side, value=BLANK)
    return _framed(pairs, inputs[:, :, None], coding)


def growing(pairs: Pairs, **coding) -> Framed:
    """The whole sequence so far as time steps: sample i holds steps 0 … i, left-padded: x [samples, length, 1].

    Takes one-symbol pairs in sequence order; `pairs.per_sequence` says where a new sequence begins.

    >>> from lstm_lab.datasets import alphabet
    >>> growing(alphabet.pairs(length=1)).inputs[1, -3:, 0].tolist()
    [-1, 0, 1]
    """
    if pairs.inputs.shape[1] != 1:
        raise ValueError(f"pairs of length {pairs.inputs.shape[1]}: growing takes one symbol a pair")
    _alike(pairs)
    length = pairs.per_sequence or len(pairs.inputs)
    sequences = pairs.inputs.reshape(-1, length)
    place = np.arange(length)[:, None] - (length - 1) + np.arange(length)[None, :]
    inputs = np.where(place >= 0, sequences[:, np.maximum(place, 0)], BLANK).astype(np.int32)
    return _framed(pairs, inputs.reshape(-1, length, 1), coding)


def sequences(pairs: Pairs, **coding) -> Framed:
    """Whole sequences as samples: one-symbol pairs → x [sequences, length, 1 symbol], targets [sequences, length].

    For a network that answers at every step (`return_sequences`) and for TBPTT, which cuts the steps itself.
    """
    if pairs.inputs.shape[1] != 1:
        raise ValueError(f"pairs of length {pairs.inputs.shape[1]}: sequences takes one symbol a pair")
    _alike(pairs)
    length = pairs.per_sequence or len(pairs.inputs)
    mask = None if pairs.known is None else pairs.known.reshape(-1, length)
    return Framed(
        inputs=pairs.inputs.reshape(-1, length, 1),
        targets=pairs.targets.reshape(-1, length),
        codec=codec(pairs, **coding),
        answers=Codec(pairs.symbols),
        loss_mask=mask,
        epoch=None if pairs.per_epoch is None else pairs.per_epoch // length,
        sequence=1,
    )


def split(framed: Framed, steps: int) -> Framed:
    """Whole sequences cut by hand: x [sequences, length, f] → [sequences · length / steps, steps, f], in order.

    A sequence's pieces follow one another and still are one sequence to the schedule (`reset="sequence"`), so that
    state can be carried from piece to piece, or dropped. Takes targets at every step.

    >>> from lstm_lab.datasets import memory
    >>> whole = sequences(memory.pairs(), coding="one_hot")
    >>> split(whole, steps=2).shape, split(whole, steps=2).sequence
    ((4, 2, 5), 2)
    """
    if steps < 1 or framed.steps % steps:
        fits = ", ".join(str(size) for size in range(1, framed.steps + 1) if framed.steps % size == 0)
        raise ValueError(f"steps is {steps}: it does not divide the {framed.steps} steps of a sequence, use {fits}")
    if framed.targets.shape[:2] != framed.inputs.shape[:2]:
        raise ValueError(
            f"targets of shape {framed.targets.shape}: splitting needs one at each of {framed.steps} steps"
        )
    pieces = framed.steps // steps

    def cut(array):
        return None if array is None else array.reshape(-1, steps, *array.shape[2:])

    return replace(
        framed,
        inputs=cut(framed.inputs),
        targets=cut(framed.targets),
        loss_mask=cut(framed.loss_mask),
        epoch=None if framed.epoch is None else framed.epoch * pieces,
        sequence=pieces,
        starts=None,
    )


def _alike(pairs: Pairs) -> None:
    if pairs.starts is not None:
        raise ValueError("sequences of unequal length: this framing needs them alike, so pad them first")


def _framed(pairs: Pairs, inputs: np.ndarray, coding: dict) -> Framed:
    return Framed(
        inputs=np.ascontiguousarray(inputs, np.int32),
        targets=pairs.targets,
        codec=codec(pairs, **coding),
        answers=Codec(pairs.symbols),
        loss_mask=pairs.known,
        epoch=pairs.per_epoch,
        sequence=pairs.per_sequence,
        starts=pairs.starts,
    )
