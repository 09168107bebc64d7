"""The native engine of `fit`: whole epochs of a small, plain network in the arithmetic of the compiled trainer.

Nobody looks at the model before the end: where there are callbacks or validation data, the traced engine trains.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import keras
import numpy as np

from lstm_lab.common.checks import shown
from lstm_lab.framing.schedule import EMPTY, Schedule
from lstm_lab.layers import Masking
from lstm_lab.state.carrying import carries
from lstm_lab.trainers.compiled import TrainingDiverged
from lstm_lab.trainers.compiled.fit import as_framed
from lstm_lab.trainers.compiled.keras_model import KerasModel
from lstm_lab.trainers.compiled.plan import Plan
from lstm_lab.trainers.compiled.run import train
from lstm_lab.trainers.compiled.running import Run
from lstm_lab.trainers.traced.batches import Feed
from lstm_lab.trainers.traced.building import build
from lstm_lab.trainers.trained import Trained

TOGETHER = 2000  # updates of the first call of a program, or of an epoch if it has more
SECONDS = 0.25  # that some epochs take, about: so often the bar moves, and so much is lost when training is stopped


class Native:
    """A model, its data and its order of batches. ValueError names what this engine does not take.

    architecture, framed, backend  what `compiled.train` takes
    """

    def __init__(self, model, data: Feed, reset: str | None):
        if model.run_eagerly:
            raise ValueError("the model was compiled with run_eagerly=True")
        if any(getattr(keras.config, limit, lambda: None)() for limit in ("max_epochs", "max_steps_per_epoch")):
            raise ValueError("keras.config limits the epochs or their steps")
        if data.arrays is None or data.steps:
            raise ValueError("the data are no arrays that are trained as a whole")
        x, y, weights = (*data.arrays, None, None)[:3]
        if y is None or weights is not None or not all(hasattr(array, "shape") for array in (x, y)):
            raise ValueError("it takes one x and one y, without weights of samples or classes")
        build(model, lambda: next(iter(data)))  # draws an order, as Keras does
        self._held = KerasModel(model)
        self.architecture, self.backend = self._held.architecture, self._held.backend
        self.framed = as_framed(self.architecture, np.asarray(x), self._held.targets(np.asarray(y)))
        self._held.check_batches(self.framed.samples, data.batch_size)
        if self._held.batch_size and not carries(model):
            raise ValueError(f"a stateful model's fit does not carry its state on {self.backend}")
        self._metrics = _asked(model)
        if self._metrics and not (self._metrics in (["accuracy"], ["acc"]) and self.framed.target_codec is not None):
            raise ValueError(f"of metrics it knows 'accuracy' of classes alone, not {shown(self._metrics)}")
        masks = isinstance(self.architecture.layers[0], Masking) and self.architecture.gives_sequence
        if self._metrics and masks:  # Keras counts skipped steps on JAX, and not on TensorFlow
            raise ValueError("it does not know the accuracy at time steps some of which are skipped")
        self._model, self._data, self._reset = model, data, reset
        self._batch = min(data.batch_size, self.framed.samples)
        rows = np.arange(self._batch, dtype=np.int32)[None]
        one = Schedule(rows, np.zeros(rows.shape, bool), np.zeros(1, np.int32), carries=self.architecture.stateful)
        start = self._held.start()  # what the trainer refuses, it refuses here
        Run(Plan(self.architecture, self.framed, one, start["weights"], self.backend), **start)

    @property
    def products(self) -> int:
        """Multiplications of weights and numbers in an update, more or less."""
        return self._batch * self.framed.steps * self._model.count_params()

    def train(self, how: dict[str, Any]) -> tuple[keras.callbacks.History, int]:
        """The history, and the number of epochs that are trained: fewer where the loss became no number.

        After an error the model is as it was after the last epochs that were finished.
        """
        done, last = how["initial_epoch"], how["epochs"]
        together = -(-TOGETHER // self._data.num_batches)
        listening = keras.callbacks.CallbackList(
            [],
            add_history=True,
            add_progbar=how["verbose"] != 0,
            model=self._model,
            verbose=how["verbose"],
            epochs=last,
            steps=self._data.num_batches,
        )
        self._model.stop_training = False
        listening.on_train_begin()
        goes_on, trained, drawn = self._held.start(), None, np.random.get_state()
        try:
            while done < last:
                epochs, drawn, began = min(together, last - done), np.random.get_state(), perf_counter()
                trained = train(
                    self.architecture,
                    self.framed,
                    self.schedule(epochs),
                    backend=self.backend,
                    **goes_on,
                )
                done += epochs
                goes_on = {
                    "weights": trained.weights,
                    "state": trained.state or None,
                    "optimizer_state": trained.optimizer_state,
                }
                seconds = perf_counter() - began
                for number, logs in enumerate(self.logs(trained), done - epochs):
                    listening.on_epoch_begin(number)
                    if listening._progbar:  # which would measure the time that it takes to say so
                        listening._progbar._maybe_init_progbar()
                        listening._progbar.progbar._start -= seconds / epochs
                    listening.on_epoch_end(number, logs)
                if seconds < SECONDS / 2:
                    together *= 2
        except TrainingDiverged:
            np.random.set_state(drawn)
        except BaseException as error:
            error.add_note(f"The model is as it was after {done} of {last} epochs.")
            raise
        finally:
            if trained is not None:
                self.write(trained)
        listening.on_train_end()
        return self._model.history, done

    def logs(self, trained: Trained) -> list[dict[str, float]]:
        """What Keras' callbacks are told of each epoch."""
        history = {name: trained.history[_OURS.get(name, name)] for name in sorted(["loss", *self._metrics])}
        return [dict(zip(history, map(float, epoch), strict=True)) for epoch in zip(*history.values(), strict=True)]

    def schedule(self, epochs: int) -> Schedule:
        """The order in which Keras draws the samples of so many epochs."""
        assert self._data.order is not None
        samples = np.stack([self._data.order.draw() for _ in range(epochs)])
        missing = -samples.shape[1] % self._batch
        batches = np.pad(samples, ((0, 0), (0, missing)), constant_values=EMPTY).reshape(epochs, -1, self._batch)
        resets = np.zeros(batches.shape, bool)
        resets[:, : {None: 0, "epoch": 1, "batch": batches.shape[1]}[self._reset]] = True
        return Schedule(
            batches=batches.reshape(-1, self._batch),
            reset_before=resets.reshape(-1, self._batch),
            epoch=np.repeat(np.arange(epochs, dtype=np.int32), batches.shape[1]),
            carries=self.architecture.stateful,
        )

    def write(self, trained: Trained) -> None:
        """Leave the model as Keras' `fit` would have, with the metrics of the last epoch."""
        self._held.write(trained)
        counts = {"loss": self.framed.samples, "accuracy": self.framed.targets.size}
        metrics = {"loss": self._model._loss_tracker}
        if self._metrics:
            metrics["accuracy"], *_ = self._model._compile_metrics.metrics
        for name, metric in metrics.items():
            metric.total.assign(trained.history[name][-1] * counts[name])
            metric.count.assign(counts[name])


def _asked(model) -> list:
    """The metrics that were given to `compile`: words, or what else they are."""
    given = model._compile_metrics
    if given is None:
        return []
    asked = [given._user_metrics, given._user_weighted_metrics]
    return [metric for metric in keras.tree.flatten(asked) if metric is not None]


_OURS = {"acc": "accuracy"}
