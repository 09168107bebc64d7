"""From framed samples and a schedule to the arrays a compiled loop walks through, a chunk of updates at a time.

Everything that can be known before training is worked out here in NumPy: which steps are masked, which targets count
and with what share, where a window of truncated BPTT lies, Adam's rates. What is left for the program is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from lstm_lab.common.checks import check_size
from lstm_lab.datasets.pairs import BLANK
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import EMPTY, Schedule
from lstm_lab.layers import Layer
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.losses import Loss
from lstm_lab.models.optimizers import Optimizer

# Of Keras. They differ in two things: how saturated losses are clipped, and what Adam squares of an Embedding.
Backend = Literal["tensorflow", "jax", "torch"]
CHUNK_NUMBERS = 1 << 19  # so many inputs and targets go into one call of the program, more or less


@dataclass(frozen=True)
class Spec:
    """What the compiled program depends on beside the shapes of its arrays; none of it grows with the training."""

    layers: tuple[Layer, ...]  # without the last activation, which is part of the loss
    loss: Loss
    optimizer: Optimizer
    carries: bool  # state goes from update to update
    classes: int | None  # of a one-hot code that is looked up; None: floats, or an embedding's codes
    blank: float  # features of an empty place that is not masked
    windowed: bool  # truncated BPTT: windows that overlap, some of them without an update
    free_steps: int  # steps of a window before the gradient is cut
    backend: Backend  # whose Keras is followed


class Plan:
    """One training run laid out for the compiled loop.

    Raises ValueError where framing, schedule, architecture and weights do not fit each other.
    """

    def __init__(
        self,
        architecture: Architecture,
        framed: Framed,
        schedule: Schedule,
        weights: list[np.ndarray],
        backend: Backend = "tensorflow",
    ):
        schedule.check(framed)
        steps = framed.steps
        self._k1, self._k2 = schedule.k1 or steps, schedule.k2 or steps
        self._windowed = (self._k1, self._k2) != (steps, steps)
        # One target a sample stands at its last step, where the answers are one at every step.
        axes = framed.targets.ndim - (0 if framed.target_codec is not None else 1)
        self._placed = axes == 1 and (self._windowed or architecture.answers_each_step)
        self.weights = architecture.checked_weights(weights)
        _check(architecture, framed, schedule, self.weights, axes, self._placed)
        architecture.check_room(schedule.batch_size, max(self._k1, self._k2), framed.features)
        mixing = [type(layer).__name__ for layer in architecture.layers if not layer.keeps_steps]
        if self._windowed and mixing:
            raise ValueError(
                f"k1 is {self._k1} and k2 {self._k2}: truncated BPTT needs an answer at every time step, which a "
                f"network with {mixing[0]} does not give; use k1 = k2 = {steps}"
            )
        self.architecture, self.schedule = architecture, schedule
        self.framed = _at_last_step(framed) if self._placed else framed
        self._check_room()
        codec = framed.codec
        one_hot = codec if codec is not None and codec.coding == "one_hot" else None
        layers = architecture.up_to_the_loss
        self.spec = Spec(
            layers=tuple(layer.at_every_step() for layer in layers) if self._windowed else layers,
            loss=architecture.loss,
            # The learning rate is among the arrays, so that another one is no other program.
            optimizer=replace(architecture.optimizer, learning_rate=1.0),
            carries=schedule.carries or self._windowed,
            classes=one_hot.classes if one_hot else None,
            blank=float(one_hot.blank) if one_hot and (framed.inputs == BLANK).any() else 0.0,
            windowed=self._windowed,
            free_steps=max(self._k1 - self._k2, 0) if self._windowed else 0,
            backend=backend,
        )

    @cached_property
    def _ends(self) -> np.ndarray:
        """After which steps of a sequence there is an update: k1, 2 · k1, … and the last."""
        ends = list(range(self._k1, self.framed.steps + 1, self._k1))
        return np.array(ends if ends[-1] == self.framed.steps else [*ends, self.framed.steps])

    @property
    def per_row(self) -> int:
        """Updates that one row of the schedule makes (before those without a target are left out)."""
        return len(self._ends)

    def _check_room(self) -> None:
        """ValueError where the arrays of one call of the program would take more memory than the bound."""
        window, batch = max(self._k1, self._k2), self.schedule.batch_size
        what = f"{self.per_row} windows of {window} time steps, in batches of {batch}"
        numbers = self.per_row * window * batch * (self.framed.inputs.shape[2] + 2)
        check_size(16 * numbers, what, "use shorter samples, smaller batches or a larger k1")

    @property
    def updates(self) -> int:
        return self.schedule.updates * self.per_row

    @property
    def program(self) -> tuple:
        """What the compiled program depends on: runs that agree in it share one."""
        return self.spec, self.chunk, self.schedule.batch_size, max(self._k1, self._k2), self.framed.inputs.shape[2]

    @property
    def products(self) -> int:
        """Multiplications of weights and numbers that training makes, forward and back, more or less."""
        weights = sum(array.size for array in self.weights)
        return 3 * self.updates * self.schedule.batch_size * max(self._k1, self._k2) * weights

    @property
    def chunk(self) -> int:
        """Updates of one call of the program: a power of two that depends on the shapes of an update alone."""
        window = max(self._k1, self._k2)
        numbers = self.schedule.batch_size * window * (self.framed.inputs.shape[2] + 2)
        rows = max(CHUNK_NUMBERS // (numbers * self.per_row), 1)
        return min(1 << (rows.bit_length() - 1), 4096) * self.per_row

    def chunks(self, iterations: int) -> Iterator[Chunk]:
        """The chunks in order; `iterations` is how many updates the optimizer has made before."""
        rows = self.chunk // self.per_row
        for first in range(0, self.schedule.updates, rows):
            part = slice(first, min(first + rows, self.schedule.updates))
            chunk = self._rows(part, iterations)
            iterations += int(chunk.updates.sum())
            yield chunk

    def _rows(self, part: slice, iterations: int) -> Chunk:
        framed, samples = self.framed, self.schedule.batches[part]
        present = samples != EMPTY
        place = np.maximum(samples, 0)
        inputs, mask = self._inputs(place)
        targets = framed.targets[place]
        per_step = targets.ndim - (0 if framed.target_codec is not None else 1) == 3
        loss_mask = np.broadcast_to(present[..., None] if per_step else present, targets.shape[: 3 if per_step else 2])
        if framed.loss_mask is not None:
            loss_mask = loss_mask & framed.loss_mask[place]
        if per_step and mask is not None and self.architecture.keeps_steps and not self._placed:
            loss_mask = loss_mask & mask
        arrays = {"inputs": inputs, "mask": mask, "targets": targets, "loss_mask": loss_mask}
        if self._windowed:
            arrays = self._windows(arrays)
        elif per_step:
            arrays = {name: _time_major(array) for name, array in arrays.items()}
        else:
            arrays |= {name: _time_major(arrays[name]) for name in ("inputs", "mask")}
        return self._chunk(arrays, present, part, iterations)

    def _inputs(self, place: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Inputs [updates, batch, steps, n], and which steps are not skipped (None: all)."""
        first, codec = self.architecture.layers[0], self.framed.codec
        raw = self.framed.inputs[place]
        if codec is None:
            return raw, first.mask(raw)
        if codec.coding == "embedding":
            return raw[..., 0], None
        one_hot = codec.coding == "one_hot"  # all its rows but the empty place's are masked alike
        table = codec.encode(np.arange(-1, 1 if one_hot else codec.classes)[:, None, None])[:, 0]
        rows = first.mask(table)
        mask = None if rows is None else rows[np.minimum(raw, 0 if one_hot else raw) + 1].any(axis=-1)
        if not one_hot:
            return table[:, 0][raw + 1], mask
        return raw if mask is None else np.where(mask[..., None], raw, -2), mask

    def _windows(self, arrays: dict) -> dict:
        """Every sequence as its windows: [rows, batch, steps, …] → [rows · windows, window, batch, …]."""
        width, ends = max(self._k1, self._k2), self._ends
        steps = ends[:, None] - width + np.arange(width)  # [windows, window]
        inside = np.maximum(steps, 0)

        def cut(array):  # → [rows, windows, window, batch, …], then rows and windows as one axis
            windows = np.moveaxis(array[:, :, inside], 1, 3)
            return np.ascontiguousarray(windows.reshape(-1, *windows.shape[2:]))

        rows, batch = arrays["inputs"].shape[:2]
        run = np.tile((steps >= 0)[:, :, None], (rows, 1, batch))
        mask = run if arrays["mask"] is None else run & cut(arrays["mask"])
        # A target counts once. The update before this one counted those up to its end.
        learnt = np.append(0, ends[:-1])
        counted = steps >= np.maximum(ends - min(self._k1, self._k2), learnt)[:, None]
        loss_mask = cut(arrays["loss_mask"]) & np.tile(counted[:, :, None], (rows, 1, 1))
        free = self.spec.free_steps
        return {
            "inputs": cut(arrays["inputs"]),
            "mask": mask,
            "targets": cut(arrays["targets"])[:, free:],
            "loss_mask": loss_mask[:, free:],
        }

    def _chunk(self, arrays: dict, present: np.ndarray, part: slice, iterations: int) -> Chunk:
        loss_mask = arrays["loss_mask"]
        counted = loss_mask.sum(axis=tuple(range(1, loss_mask.ndim)), keepdims=True)
        loss_weights, counted = loss_mask / np.maximum(counted, 1), counted.ravel()
        updates = counted > 0 if self._windowed else np.ones(len(loss_mask), bool)
        done = iterations + np.cumsum(updates) - updates
        each = {
            "inputs": arrays["inputs"],
            "mask": arrays["mask"],
            "targets": arrays["targets"],
            "loss_weights": loss_weights.astype(np.float32),
            "rate": self.architecture.optimizer.rates(done),
        }
        if self.spec.carries:
            reset = np.zeros((len(present), self.per_row, present.shape[1]), bool)
            reset[:, 0] = self.schedule.reset_before[part]
            each["reset"] = reset.reshape(-1, present.shape[1])
        if self._windowed:
            each["learns"] = updates
            onward = np.append(np.diff(self._ends), max(self._k1, self._k2)).astype(np.int32)
            each["onward"] = np.tile(onward, len(present))
        return Chunk(
            arrays={name: _padded(array, self.chunk) for name, array in each.items() if array is not None},
            size=len(loss_mask),
            epoch=np.repeat(self.schedule.epoch[part], self.per_row),
            samples=np.repeat(present.sum(axis=1), self.per_row) * updates,
            targets=counted,
            updates=updates,
        )


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some updates. `arrays` are padded to a fixed length, only the first `size` rows are learnt.

    epoch, samples (in the batch), targets (that count) and updates (whether one is made): [size] each
    """

    arrays: dict[str, np.ndarray]
    size: int
    epoch: np.ndarray
    samples: np.ndarray
    targets: np.ndarray
    updates: np.ndarray


def _time_major(array):
    return None if array is None else np.ascontiguousarray(np.swapaxes(array, 1, 2))


def _padded(array: np.ndarray, length: int) -> np.ndarray:
    return np.concatenate([array, np.zeros((length - len(array), *array.shape[1:]), array.dtype)])


def _at_last_step(framed: Framed) -> Framed:
    """One target a sample → a target at each of its time steps, of which only the last counts."""
    steps, targets = framed.steps, framed.targets
    known = np.ones(framed.samples, bool) if framed.loss_mask is None else framed.loss_mask
    return replace(
        framed,
        targets=np.repeat(targets[:, None], steps, axis=1),
        loss_mask=known[:, None] & (np.arange(steps) == steps - 1),
    )


def _check(
    architecture: Architecture,
    framed: Framed,
    schedule: Schedule,
    weights: list[np.ndarray],
    axes: int,
    placed: bool,
) -> None:
    architecture.check_carrying(schedule)
    architecture.check_codec(framed.codec)
    if architecture.layers[0].takes_codes and architecture.optimizer.clips:
        raise ValueError("the optimizer limits its gradients: that is not supported with an Embedding")
    architecture.check_shapes(weights, framed.steps, framed.features)
    outputs = framed.target_codec.classes if framed.target_codec is not None else framed.targets.shape[-1]
    if (axes == 2) != architecture.gives_sequence and not placed:
        raise ValueError(
            f"targets of shape {framed.targets.shape}: this network answers "
            f"{'at every step' if architecture.gives_sequence else 'once a sample'}"
        )
    if axes == 2 and (answers := architecture.output_steps(framed.steps)) != framed.targets.shape[1]:
        raise ValueError(f"targets of shape {framed.targets.shape}: this network answers at {answers} steps")
    if outputs != architecture.outputs:
        raise ValueError(f"targets of {outputs} classes or numbers: this network has {architecture.outputs} outputs")
