"""Framed: samples as [samples, time steps, features], the training data of both trainers.

Symbols stay integer codes until a trainer needs floats. The compiled trainer can then look up a row of the kernel
instead of multiplying one-hot rows, and the arrays of 10,000 symbols still fit into memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lstm_lab.common.arrays import float32
from lstm_lab.common.checks import shown
from lstm_lab.common.typed import NotNegative, check_fields
from lstm_lab.datasets.pairs import BLANK, check_codes
from lstm_lab.framing.codec import Codec


@dataclass(frozen=True, eq=False)
class Framed:
    """Training data: samples as [samples, time steps, features], with their targets.

    inputs     int32 codes [samples, time steps, codes per step], or float32 [samples, time steps, features]
    targets    int32 classes [samples] or [samples, output steps], or float32 [samples, outputs] or
               [samples, output steps, outputs]
    codec      turns input codes into features; None if the inputs are floats
    target_codec   the codec of the targets' classes; None for a regression
    loss_mask  bool [samples] or [samples, output steps]: which targets count; None: all
    per_epoch     samples of one epoch; 0: all. If fewer than all, data are fresh: epoch e learns the e-th slice
    per_sequence  samples of one sequence, for `reset="sequence"`; 0: the epoch is one sequence
    starts     bool [samples]: where a sequence begins, for sequences of different lengths, instead of `per_sequence`
    holes      whether empty places are missing values, and not padding
    """

    inputs: np.ndarray
    targets: np.ndarray
    codec: Codec | None = None
    target_codec: Codec | None = None
    loss_mask: np.ndarray | None = None
    per_epoch: NotNegative = 0
    per_sequence: NotNegative = 0
    starts: np.ndarray | None = None
    holes: bool = False

    def __post_init__(self):
        check_fields(self)
        object.__setattr__(self, "per_epoch", self.per_epoch or self.samples)
        object.__setattr__(self, "per_sequence", self.per_sequence or self.per_epoch)
        check = _Check(self)
        check.inputs()
        check.targets()
        check.epochs()
        for name in ("inputs", "targets"):
            if (codes := getattr(self, name)).dtype.kind in "iu":  # what is worked out from a small type wraps round
                object.__setattr__(self, name, codes.astype(np.int32, copy=False))

    @property
    def samples(self) -> int:
        return len(self.inputs)

    @property
    def steps(self) -> int:
        return self.inputs.shape[1]

    @property
    def fresh(self) -> bool:
        """Whether every epoch has new samples."""
        return self.per_epoch != self.samples

    @property
    def features(self) -> int:
        """Number of features of one time step in the input of the network."""
        return self.inputs.shape[2] * (self.codec.width if self.codec else 1)

    @property
    def shape(self) -> tuple[int, int, int]:
        """[samples of one epoch, time steps, features]."""
        return self.per_epoch, self.steps, self.features

    @cached_property
    def input_mask(self) -> np.ndarray:
        """Bool [samples, time steps]: whether a step holds a symbol, and not padding."""
        if self.codec is None:
            return np.ones(self.inputs.shape[:2], bool)
        return (self.inputs != BLANK).any(axis=-1)

    def x(self, samples=slice(None)) -> np.ndarray:
        """The inputs of some samples for the network, chosen as in `take`: float32 [n, time steps, features]."""
        samples = self._numbers(samples)
        return self.codec.encode(self.inputs[samples]) if self.codec else self.inputs[samples]

    def last_epoch(self) -> Framed:
        """The samples of the last epoch, with their sequences."""
        last = slice(self.samples - self.per_epoch, None)
        mask, starts = (None if flags is None else flags[last] for flags in (self.loss_mask, self.starts))
        return replace(self, inputs=self.inputs[last], targets=self.targets[last], loss_mask=mask, starts=starts)

    def _numbers(self, samples) -> np.ndarray:
        try:
            return np.arange(self.samples)[samples]
        except (IndexError, TypeError, ValueError):
            raise ValueError(f"samples are {shown(samples)}: there are 0 to {self.samples - 1}") from None

    def take(self, samples) -> Framed:
        """Some of the samples, by number, by a slice, or by a flag for each, as one epoch and one sequence."""
        samples = self._numbers(samples)
        mask = None if self.loss_mask is None else self.loss_mask[samples]
        return replace(
            self,
            inputs=self.inputs[samples],
            targets=self.targets[samples],
            loss_mask=mask,
            per_epoch=0,
            per_sequence=0,
            starts=None,
        )


class _Check:
    """The checks of a Framed. They find every wrong index, because JAX wraps or clamps one without an error."""

    def __init__(self, framed: Framed):
        self.framed = framed

    def inputs(self):
        inputs, codec = self.framed.inputs, self.framed.codec
        if inputs.ndim != 3 or 0 in inputs.shape:
            raise ValueError(f"inputs of shape {inputs.shape}: need [samples, time steps, features], none of them 0")
        if codec is None:
            _finite("inputs", inputs)
        else:
            check_codes("inputs", inputs, codec.classes, BLANK)
            if codec.coding == "embedding":
                check_codes("inputs of an embedding", inputs, codec.classes)
                if inputs.shape[2] != 1:
                    raise ValueError(f"inputs of shape {inputs.shape}: an embedding takes one code per time step")

    def targets(self):
        framed, targets = self.framed, self.framed.targets
        if not targets.ndim or 0 in targets.shape:
            raise ValueError(f"targets of shape {targets.shape}: need one or more for each sample")
        if len(targets) != framed.samples:
            raise ValueError(f"targets for {len(targets)} samples, but inputs for {framed.samples}")
        if np.issubdtype(targets.dtype, np.integer):
            if framed.target_codec is None:
                raise ValueError("integer targets need `target_codec`, the codec of their classes")
            check_codes("targets", targets, framed.target_codec.classes)
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
        if framed.per_epoch < 1 or framed.samples % framed.per_epoch:
            raise ValueError(f"epoch of {framed.per_epoch} samples does not divide the {framed.samples} samples")
        if framed.per_sequence < 1 or framed.per_epoch % framed.per_sequence:
            raise ValueError(
                f"sequence of {framed.per_sequence} samples does not divide an epoch of {framed.per_epoch}"
            )
        if framed.starts is not None and (framed.starts.shape != (framed.samples,) or not framed.starts[0]):
            raise ValueError(
                f"starts of shape {framed.starts.shape}: need {(framed.samples,)}, True for the first sample"
            )


def _finite(name: str, values: np.ndarray) -> None:
    if values.dtype != np.float32:
        raise ValueError(f"{name} of type {values.dtype}: need float32, or integer codes with a codec")
    float32(name, values)
