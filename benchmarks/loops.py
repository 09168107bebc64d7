"""The same updates as a Keras user would make them: a plain loop, and every form that is advised to make it faster.

All forms make the updates of one schedule, with the same resets of state. The time leaves out what is done once only:
building the model, tracing it, and one-hot rows that are the same in every epoch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_lab.suite.experiment import Job
from lstm_lab.trainers import keras as trainer
from lstm_lab.trainers.backend import keras

FREE_STEPS = 100  # steps per execution of a network that is never reset


class KerasLoops:
    """One section's updates, each form a method that makes all of them."""

    def __init__(self, job: Job):
        self.job, self.framed, self.order = job, job.framed, job.order
        self.batch_size, self.epochs = job.schedule.batch_size, job.settings.epochs
        self.per_epoch = job.schedule.updates // self.epochs
        resets = np.flatnonzero(job.schedule.reset_before.any(axis=1)) if self.order.carries else np.array([0])
        self.reset_every = int(np.diff(resets, append=job.schedule.updates).min())
        self.steps_per_execution = self.reset_every if self.order.carries else min(FREE_STEPS, job.schedule.updates)
        self.x, self.y = self._arrays(slice(None))
        learnt = job.schedule.batches.reshape(-1)
        self.long_x, self.long_y = self.x[learnt], self.y[learnt]
        self.model = trainer.build(job.architecture, job.framed, self.batch_size)
        self._many = trainer.build(job.architecture, job.framed, self.batch_size)
        self._many.compile(
            loss=self._many.loss,
            optimizer=self._many.optimizer,
            metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
            steps_per_execution=self.steps_per_execution,
        )

    def forms(self) -> dict[str, Callable[[], None]]:
        """Every form by its name; `one fit` only where it differs from the plain loop."""
        forms = {"plain": self.plain, "train_on_batch": self.train_on_batch}
        if self.order.carries or self.framed.fresh:
            forms["one fit"] = self.one_fit
        return forms | {"long epoch": self.long_epoch, "steps_per_execution": self.several_steps}

    def plain(self) -> None:
        """As in the sources: a `fit` for every stretch between resets or new data, one `fit` where there are none."""
        if not self.order.carries and not self.framed.fresh:
            self._fit(self.model, self.x, self.y, epochs=self.epochs, shuffle=self.order.shuffle == "samples")
            return
        stretch = self.reset_every * self.batch_size if self.order.carries else self.framed.per_epoch
        for epoch in range(self.epochs):
            x, y, first = self.x, self.y, 0
            if self.framed.fresh:  # a new sequence, and its one-hot rows, in every epoch
                first = epoch * self.framed.per_epoch
                x, y = self._arrays(slice(first, first + self.framed.per_epoch))
            for start in range(0, self.framed.per_epoch, stretch):
                part = slice(start, start + stretch)
                self._fit(self.model, x[part], y[part], epochs=1, shuffle=self.order.shuffle == "samples")
                if self.order.carries:
                    forget(self.model)

    def train_on_batch(self) -> None:
        """A Python loop over batches."""
        for number, batch in enumerate(self.job.schedule.batches):
            if self.order.carries and number % self.reset_every == 0:
                forget(self.model)
            self.model.train_on_batch(self.x[batch], self.y[batch])

    def one_fit(self) -> None:
        """One `fit` over all epochs, state reset by a callback; fresh data comes from one dataset of all epochs."""
        callbacks = [Forget(self.reset_every)] if self.order.carries else []
        if not self.framed.fresh:
            self._fit(self.model, self.x, self.y, epochs=self.epochs, shuffle=False, callbacks=callbacks)
            return
        import tensorflow

        pairs = tensorflow.data.Dataset.from_tensor_slices((self.long_x, self.long_y)).batch(self.batch_size, True)
        options = {"epochs": self.epochs, "steps_per_epoch": self.per_epoch, "callbacks": callbacks}
        self.model.fit(pairs, shuffle=False, verbose=0, **options)

    def long_epoch(self) -> None:
        """The whole schedule as one epoch; a callback resets the state at the same updates."""
        self._one_epoch(self.model)

    def several_steps(self) -> None:
        """The long epoch with several steps per execution: up to the next reset, or `FREE_STEPS`."""
        self._one_epoch(self._many)

    def _one_epoch(self, model) -> None:
        callbacks = [Forget(self.reset_every)] if self.order.carries else []
        self._fit(model, self.long_x, self.long_y, epochs=1, shuffle=False, callbacks=callbacks)

    def _fit(self, model, x, y, **options) -> None:
        model.fit(x, y, batch_size=self.batch_size, verbose=0, **options)

    def _arrays(self, samples: slice) -> tuple[np.ndarray, np.ndarray]:
        return self.framed.x(samples), np.eye(self.framed.target_codec.classes, dtype=np.float32)[
            self.framed.targets[samples]
        ]


class Forget(keras.callbacks.Callback):
    """Resets state before every n-th batch of an epoch."""

    def __init__(self, every: int):
        super().__init__()
        self.every = every

    def on_train_batch_begin(self, batch, logs=None):
        if batch % self.every == 0:
            forget(self.model)


def forget(model: keras.Model) -> None:
    """Set the state to zero as a Keras user does, layer by layer."""
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()
