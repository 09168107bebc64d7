"""The reference: Keras' own `fit` and reset of state, on TensorFlow.

`literal` does what the sources do, in the words a Keras user would write: Keras' seed, initialisers and shuffling, a
`fit` for every stretch between two resets. `train` obeys a `Schedule` from given weights, and is what the compiled
trainer is held against. Both expand no more than one epoch of one-hot rows at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from lstm_lab.common.typed import Positive, typed
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import EMPTY, Order, Schedule
from lstm_lab.layers import States
from lstm_lab.models import Architecture
from lstm_lab.trainers.backend import check, keras, state_tools
from lstm_lab.trainers.trained import Trained, TrainingDiverged

EachEpoch = Callable[[int, dict], None]  # called after every epoch: (epochs done, its loss and accuracy)


@typed
def literal(
    architecture: Architecture,
    framed: Framed,
    order: Order,
    epochs: Positive,
    batch_size: Positive = 1,
    progress: EachEpoch | None = None,
) -> tuple[list[np.ndarray], Trained]:
    """Train as the sources do: (Keras' initial weights, the trained network).

    Call `keras.utils.set_random_seed(seed)` first: initial weights and shuffling come from Keras' own generators.
    """
    # An epoch's schedule refuses a batch size that does not fit, as Keras would not.
    stretches = _stretches(replace(order, shuffle="no", k1=None, k2=None).schedule(framed, 1, batch_size))
    shuffled = order.shuffle == "samples"
    if order.shuffle == "sequences" or order.slots != "dealt" or not {order.k1, order.k2} <= {None, framed.steps}:
        raise ValueError("the literal start does only what the sources do: use the scheduled start for this order")
    if shuffled and framed.loss_mask is not None and batch_size > 1:
        raise ValueError("some targets do not count, and Keras shuffles the batches: use the scheduled start")
    model = build(architecture, framed, batch_size)
    before = model.get_weights()
    history = _History(progress)
    if not order.carries and not framed.fresh:
        _fit(model, history, _arrays(framed, slice(None), batch_size), batch_size, epochs, shuffled)
        return before, _trained(model, history, architecture.stateful)

    for epoch in range(epochs):
        first = epoch * framed.per_epoch if framed.fresh else 0
        for start, stop in stretches:
            samples = slice(first + start * batch_size, first + min(stop * batch_size, framed.per_epoch))
            _fit(model, history, _arrays(framed, samples, batch_size), batch_size, 1, shuffled)
            if order.carries and order.reset != "never":
                state_tools.reset(model)
        history.close()
    return before, _trained(model, history, architecture.stateful)


@typed
def train(
    architecture: Architecture,
    framed: Framed,
    schedule: Schedule,
    weights: list,
    *,
    state: Sequence | None = None,
    progress: EachEpoch | None = None,
) -> Trained:
    """Make a schedule's updates from given weights and state.

    state: of each layer that has one its arrays, [batch, units] each; None: zeros.
    Raises ValueError for truncated BPTT other than Keras' own k1 = k2 = time steps.
    """
    schedule.check(framed)
    for name, value in (("k1", schedule.k1), ("k2", schedule.k2)):
        if value not in (None, framed.steps):
            raise ValueError(
                f"{name} is {value}: Keras trains with k1 = k2 = time steps ({framed.steps}) only; "
                "use the compiled trainer"
            )
    architecture.check_carrying(schedule)
    weights = architecture.checked_weights(weights)
    architecture.check_shapes(weights, framed.steps, framed.features)
    model = build(architecture, framed, schedule.batch_size)
    model.set_weights(weights)
    if state is not None:
        _set_state(model, architecture.checked_state(state, schedule.batch_size))
    history = _History(progress)
    for start, stop in _stretches(schedule):
        slots = np.flatnonzero(schedule.reset_before[start])
        if schedule.carries and slots.size:
            state_tools.reset(model, None if slots.size == schedule.batch_size else slots)
        samples = schedule.batches[start:stop].reshape(-1)
        full = samples != EMPTY
        if not full.reshape(stop - start, -1)[:-1].all():
            raise ValueError("an empty place before the last batch of an epoch: Keras' fit cannot leave one out")
        _fit(model, history, _arrays(framed, samples[full], schedule.batch_size), schedule.batch_size)
        if stop == schedule.updates or schedule.epoch[stop] != schedule.epoch[start]:
            history.close()
    return _trained(model, history, architecture.stateful)


def build(architecture: Architecture, framed: Framed, batch_size: int) -> keras.Sequential:
    """The Keras model of an architecture for framed samples, with accuracy among its metrics for classes."""
    check()
    architecture.check_codec(framed.codec)
    if architecture.gives_sequence and framed.targets.ndim == (1 if framed.target_codec is not None else 2):
        raise ValueError(
            f"targets of shape {framed.targets.shape}: this network answers at every step, and Keras needs a target at "
            "each; use the compiled trainer, or a network that answers once a sample"
        )
    batch = batch_size if architecture.stateful else None
    width = () if framed.codec and framed.codec.coding == "embedding" else (framed.features,)
    model = architecture.to_keras((batch, framed.steps, *width))
    if framed.target_codec is not None:
        hits = keras.metrics.CategoricalAccuracy(name="accuracy")  # beside a binary loss too: argmax hits
        which = "metrics" if framed.loss_mask is None else "weighted_metrics"  # only targets that count are counted
        model.compile(loss=model.loss, optimizer=model.optimizer, **{which: [hits]})
    return model


class KerasPredictor:
    """Answers of a trained network, by Keras: (inputs, state) → (probabilities, state).

    inputs: as in `Framed.inputs`, [batch, time steps, …]; state: of each layer that has one its arrays, None for zeros.
    A stateful twin with the same weights is built for every shape asked for, so that state goes in and comes out.
    """

    def __init__(self, architecture: Architecture, weights: list[np.ndarray], codec=None):
        self._architecture, self._weights, self._codec = architecture, weights, codec
        self._has_state = bool(architecture.state_shapes(1))
        self._twins: dict[tuple, keras.Sequential] = {}

    def __call__(self, inputs: np.ndarray, state: States | None = None) -> tuple[np.ndarray, States]:
        x = self._codec.encode(inputs) if self._codec else inputs
        twin = self._twins.get(x.shape)
        if twin is None:
            twin = self._twins[x.shape] = replace(self._architecture, stateful=True).to_keras(x.shape)
            twin.set_weights(self._weights)
        if self._has_state:
            state_tools.reset(twin)
            if state is not None:
                _set_state(twin, state)
        return np.asarray(twin.predict_on_batch(x)), _state(twin) if self._has_state else []


class _History(keras.callbacks.Callback):
    """Collects loss and accuracy of every `fit`, and averages those that make up one epoch."""

    def __init__(self, progress: EachEpoch | None):
        super().__init__()
        self.epochs: list[dict[str, float]] = []
        self._parts: list[tuple[int, dict[str, float]]] = []  # (updates, logs) of each `fit` of the epoch
        self._progress = progress

    def on_epoch_end(self, epoch, logs=None):
        logs = {name: float(value) for name, value in (logs or {}).items()}
        if not np.isfinite(logs["loss"]):
            raise TrainingDiverged(
                f"the loss is {logs['loss']} in epoch {len(self.epochs) + 1}: try a smaller learning_rate"
            )
        if self.params.get("epochs", 1) > 1:
            self._add(logs)
        else:
            self._parts.append((self.params["steps"], logs))

    def close(self) -> None:
        """End an epoch made of several `fit` calls."""
        if self._parts:
            updates, logs = zip(*self._parts, strict=True)
            self._add({name: float(np.average([part[name] for part in logs], weights=updates)) for name in logs[0]})
            self._parts.clear()

    def _add(self, logs: dict[str, float]) -> None:
        self.epochs.append(logs)
        if self._progress:
            self._progress(len(self.epochs), logs)


def _trained(model: keras.Sequential, history: _History, stateful: bool) -> Trained:
    history.close()
    names = history.epochs[0] if history.epochs else {}
    return Trained(
        weights=[np.array(array) for array in model.get_weights()],
        state=_state(model) if stateful else [],
        history={name: np.array([epoch[name] for epoch in history.epochs], np.float32) for name in names},
        optimizer_state=model.optimizer,
    )


def _set_state(model: keras.Sequential, state: States) -> None:
    state_tools.set(model, {str(place): arrays for place, arrays in enumerate(state)})


def _state(model: keras.Sequential) -> States:
    return list(state_tools.get(model).values())


def _stretches(schedule: Schedule) -> list[tuple[int, int]]:
    """Updates [start, stop) that one `fit` can make: within an epoch, and no reset inside while state is carried."""
    new = np.diff(schedule.epoch, prepend=-1) != 0
    if schedule.carries:
        new |= schedule.reset_before.any(axis=1)
    starts = np.flatnonzero(new)
    return list(zip(starts.tolist(), [*starts[1:].tolist(), schedule.updates], strict=True))


def _fit(model: keras.Sequential, history: _History, arrays: tuple, batch_size: int, epochs=1, shuffle=False) -> None:
    x, y, weight = arrays
    model.fit(x, y, batch_size, epochs, verbose=0, callbacks=[history], shuffle=shuffle, sample_weight=weight)


def _arrays(framed: Framed, samples, batch_size: int):
    """Inputs, targets and sample weights of some samples as Keras takes them."""
    x, y = framed.x(samples), framed.targets[samples]
    if framed.target_codec is not None:
        y = np.eye(framed.target_codec.classes, dtype=np.float32)[y]
    if framed.loss_mask is None:
        return x, y, None
    # Keras divides a weighted loss by the number of targets, so the weights of those that count make up for the rest.
    loss_mask = framed.loss_mask[samples].astype(np.float32)
    parts = [loss_mask[i : i + batch_size] for i in range(0, len(loss_mask), batch_size)]
    return x, y, np.concatenate([part * (part.size / max(part.sum(), 1.0)) for part in parts])
