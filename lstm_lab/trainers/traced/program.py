"""Keras' function for one update in another form: it makes the updates of many batches at once."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from lstm_lab.common.checks import cut
from lstm_lab.trainers.traced.arrays import shapes, take
from lstm_lab.trainers.traced.batches import Batches, Feed, Untraceable

FIRST = 8  # updates of the first call, which is timed
SECONDS = 0.25  # that a call takes, about: so often a progress bar moves, and Ctrl-C is heard


class Program:
    """The train or test function of a model: Keras calls it for some batches, and it may be ahead of Keras.

    step     "train" or "test"
    run      (state, arrays, order, start, stop, any_size) → (logs of the last batch, the first batch whose loss is no
             number or -1, state); the state is what Keras' JAX trainer hands over, and None on TensorFlow
    feed     whose batches they are
    each     whether a callback looks at every batch: then none is trained in advance
    on_block is called with the number, in the epoch, of the last batch that is trained by now, and its logs
    on_nan   is called with the number, in the epoch, of the first batch whose loss is no number
    """

    feed: Feed | None = None

    def __init__(self, model, step: str, run: Callable):
        self._model, self._step, self._run = model, step, run
        self._plain: Callable | None = None
        self._known: list = []  # shapes that are compiled
        self._seconds: float | None = None  # of one update
        self._logs: Any = None
        self.each = False
        self.on_nan: Callable[[int], None] | None = None
        self.on_block: Callable[[int, Any], None] | None = None
        self.why_plain = ""  # why it trains one batch at a time, where it does

    def __call__(self, *given):
        """As Keras calls it: (iterator) → logs; on JAX (state, iterator) → (logs, state)."""
        assert self.feed is not None
        state, batches = list(given[:-1]), self.feed.latest
        left = self._model.steps_per_execution
        while left:
            if not batches.ahead:
                try:
                    self._logs, state = self._block(state, batches)
                except StopIteration:
                    if left == self._model.steps_per_execution:
                        raise
                    break
                if self.on_block:
                    self.on_block(batches.epoch_given - 1, self._logs)
            now = min(left, batches.ahead)
            batches.ahead -= now
            left -= now
        return (self._logs, *state) if state else self._logs

    def release(self) -> None:
        """Let go of what belongs to one call of `fit`: a model would keep the data, and a copy of its weights."""
        self.feed = self.on_block = self.on_nan = self._logs = None

    def _block(self, state: list, batches: Batches) -> tuple[Any, list]:
        """The logs of the last of the next batches, and the state after them."""
        if self._plain is None:
            try:
                return self._trained(state, batches, batches.block(self._most()))
            except Untraceable as error:
                self._go_plain(error)
        batch = next(batches)
        batches.ahead = 1
        return self._one(state, batch)

    def _most(self) -> int:
        if self.each:
            return 1
        return FIRST if self._seconds is None else max(1, int(SECONDS / self._seconds))

    def _trained(self, state: list, batches: Batches, block: tuple) -> tuple[Any, list]:
        arrays, order, start, stop = block
        batches.ahead = stop - start
        assert self.feed is not None
        given, any_size = state[0] if state else None, self.feed.any_size
        signature = shapes((arrays, order)), any_size
        if signature not in self._known:
            try:
                self._run(given, arrays, order, start, start, any_size)  # compiles, and trains nothing
            except Exception as error:  # whatever XLA cannot compile; what is wrong otherwise, Keras says next
                self._go_plain(error)
                return self._one_by_one(state, block)
            self._known.append(signature)
        began = perf_counter()
        logs, lost, after = self._run(given, arrays, order, start, stop, any_size)
        lost = int(lost)  # waits for the program
        self._seconds = (perf_counter() - began) / batches.ahead
        if lost >= 0 and self.on_nan:
            self.on_nan(batches.epoch_given - (stop - lost))
        return logs, [after] if state else []

    def _one_by_one(self, state: list, block: tuple) -> tuple[Any, list]:
        """The batches of a block by Keras' own function."""
        arrays, order, start, stop = block
        logs = None
        for place in range(start, stop):
            logs, state = self._one(state, take(arrays, order[place]))
        return logs, state

    def _one(self, state: list, batch) -> tuple[Any, list]:
        assert self._plain is not None
        found = self._plain(*state, iter([batch]))
        return (found[0], [found[1]]) if state else (found, [])

    def _go_plain(self, error: Exception) -> None:
        """Let Keras' own function make the updates from now on."""
        self.why_plain = cut(" ".join(str(error).split()) or type(error).__name__)
        mine = getattr(self._model, f"{self._step}_function")
        getattr(self._model, f"make_{self._step}_function")(force=True)
        self._plain = getattr(self._model, f"{self._step}_function")
        setattr(self._model, f"{self._step}_function", mine)
