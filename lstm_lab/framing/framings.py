"""The framings: from pairs of symbols to arrays [samples, time steps, features], on which a network is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from lstm_lab.common.checks import is_number
from lstm_lab.common.typed import Positive, typed
from lstm_lab.datasets.pairs import BLANK, Pairs, check_room
from lstm_lab.framing.codec import Codec, Coding
from lstm_lab.framing.framed import Framed
from lstm_lab.preparing.padding import pad


@typed
def codec_of(pairs: Pairs, coding: Coding = "scaled", offset: int = 0, blank: float = 0.0) -> Codec:
    """The codec of a dataset's symbols; "scaled" divides by their number plus the offset, as the sources do."""
    scale = len(pairs.symbols) + offset
    return Codec(pairs.symbols, coding, scale=float(scale) if is_number(scale) else scale, offset=offset, blank=blank)


@typed
def time_steps(pairs: Pairs, holes: bool = False, **coding) -> Framed:
    """Context as time steps: pairs of length L → x [samples, L, 1 symbol]. LSTMs are made for this framing.

    Keyword arguments are those of `codec_of`. Pairs of different lengths must be padded first: see `padded`.
    holes: whether empty places are missing values; they then stay where they are.

    >>> from lstm_lab.datasets import alphabet
    >>> time_steps(alphabet.pairs(length=3)).shape
    (23, 3, 1)
    """
    if not holes and (pairs.inputs == BLANK).any():
        raise ValueError("pairs of different lengths: use framing.padded(pairs, steps=…)")
    return replace(_framed(pairs, pairs.inputs[:, :, None], coding), holes=holes)


@typed
def window(pairs: Pairs, **coding) -> Framed:
    """Context as features: pairs of length L → x [samples, 1, L symbols], the window of a feed-forward network.

    >>> from lstm_lab.datasets import alphabet
    >>> window(alphabet.pairs(length=3)).shape
    (23, 1, 3)
    """
    return _framed(pairs, pairs.inputs[:, None, :], coding)


@typed
def padded(pairs: Pairs, steps: Positive, side: Literal["pre", "post"] = "pre", **coding) -> Framed:
    """Sequences of any length up to `steps`, padded with empty places: x [samples, steps, 1 symbol].

    side: "pre" pads on the left, as Keras' pad_sequences and the sources do; "post" pads on the right.
    The padding has code −1, which no symbol has. The codec decides whether it also differs in the features: if codes
    are scaled with offset 0, padding and the first symbol are both 0.0 (see 0172).

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


@typed
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
    check_room(len(pairs) * length, 0, f"sequences of {length} symbols: all that begins each", "use shorter sequences")
    sequences = pairs.inputs.reshape(-1, length)
    place = np.arange(length)[:, None] - (length - 1) + np.arange(length)[None, :]
    inputs = np.where(place >= 0, sequences[:, np.maximum(place, 0)], BLANK).astype(np.int32)
    return _framed(pairs, inputs.reshape(-1, length, 1), coding)


@typed
def sequences(pairs: Pairs, **coding) -> Framed:
    """Whole sequences as samples: one-symbol pairs → x [sequences, length, 1 symbol], targets [sequences, length].

    For a network that answers at every step (`return_sequences`), and for TBPTT, which divides the steps itself.
    """
    if pairs.inputs.shape[1] != 1:
        raise ValueError(f"pairs of length {pairs.inputs.shape[1]}: sequences takes one symbol a pair")
    _alike(pairs)
    length = pairs.per_sequence or len(pairs.inputs)
    mask = None if pairs.loss_mask is None else pairs.loss_mask.reshape(-1, length)
    return Framed(
        inputs=pairs.inputs.reshape(-1, length, 1),
        targets=pairs.targets.reshape(-1, length),
        codec=codec_of(pairs, **coding),
        target_codec=Codec(pairs.symbols),
        loss_mask=mask,
        per_epoch=(pairs.per_epoch or 0) // length,
        per_sequence=1,
    )


@typed
def split(framed: Framed, steps: int) -> Framed:
    """Whole sequences cut into pieces: x [sequences, length, f] → [sequences · length / steps, steps, f], in order.

    The pieces of a sequence are in order and still one sequence for the schedule (`reset="sequence"`), so state can be
    carried from piece to piece, or reset. Needs targets at every step.

    >>> from lstm_lab.datasets import memory
    >>> whole = sequences(memory.pairs(), coding="one_hot")
    >>> split(whole, steps=2).shape, split(whole, steps=2).per_sequence
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
        per_epoch=framed.per_epoch * pieces,
        per_sequence=pieces,
        starts=None,
    )


def _alike(pairs: Pairs) -> None:
    if pairs.starts is not None:
        raise ValueError("sequences of unequal length: this framing needs equal lengths, so pad them first")


def _framed(pairs: Pairs, inputs: np.ndarray, coding: dict) -> Framed:
    return Framed(
        inputs=np.ascontiguousarray(inputs, np.int32),
        targets=pairs.targets,
        codec=codec_of(pairs, **coding),
        target_codec=Codec(pairs.symbols),
        loss_mask=pairs.loss_mask,
        per_epoch=pairs.per_epoch or 0,
        per_sequence=pairs.per_sequence or 0,
        starts=pairs.starts,
    )
