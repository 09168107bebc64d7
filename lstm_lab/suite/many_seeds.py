"""One model from many starts: does it work, or did one seed?"""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_lab.common.checks import is_whole, items, shown
from lstm_lab.judging.statistics import Interval, interquartile_mean, success_rate

_SIDE_BY_SIDE = {"batch_size", "epochs", "shuffle", "reset"}  # arguments of `fit` with which seeds share a program
_SMALL = 2_000_000  # multiplications of an update; a larger one has work for all cores by itself
_TOGETHER = 16  # seeds whose starts are in memory at once


@dataclass(frozen=True, eq=False, repr=False)
class Seeds:
    """What came of each seed.

    histories  of each seed what `fit` gives: name → [epochs]
    weights    of each seed, as `model.get_weights()` has them
    succeeded  of each seed whether it was a success; empty if nobody said what a success is
    """

    seeds: list[int] = field(default_factory=list)
    histories: list[dict[str, list[float]]] = field(default_factory=list)
    weights: list[list[np.ndarray]] = field(default_factory=list)
    succeeded: list[bool] = field(default_factory=list)

    @property
    def rate(self) -> Interval:
        """The share of seeds that succeeded, with Wilson's 95 % interval; ValueError if none was asked for."""
        if not self.succeeded:
            raise ValueError("success was not given: fit_seeds(…, success=lambda model: …) says what one is")
        return success_rate(sum(self.succeeded), len(self.succeeded))

    def last(self, name: str = "loss") -> Interval:
        """The interquartile mean over the seeds of what the last epoch had, with a bootstrapped 95 % interval."""
        known = self.histories[0] if self.histories else {}
        if name not in known:
            raise ValueError(f"name is {shown(name)}: the history has {', '.join(known) or 'no epoch'}")
        return interquartile_mean([history[name][-1] for history in self.histories])

    def __repr__(self) -> str:
        said = []
        if self.succeeded:
            rate = self.rate
            said.append(
                f"{sum(self.succeeded)} of {len(self.seeds)} seeds succeeded ({rate.low:.0%} to {rate.high:.0%})"
            )
        if any(self.histories):
            loss = self.last()
            said.append(f"loss {loss.estimate:.3g} ({loss.low:.3g} to {loss.high:.3g})")
        return f"Seeds({len(self.seeds)} seeds, {', '.join(said)})"


def fit_seeds(
    build: Callable[[], Any],
    x: Any,
    y: Any = None,
    *,
    seeds: Iterable[int] = range(100),
    success: Callable[[Any], bool] | None = None,
    verbose: bool = True,
    **how: Any,
) -> Seeds:
    """Train the same model from many seeds: each as `keras.utils.set_random_seed(seed)`, `build()` and `fit` would.

    build    makes a compiled Keras model, the same one in all but its weights
    success  model → whether its training has worked, asked of each trained model, which it leaves as it is
    verbose  whether a bar shows how far it is
    how      what else `lstm_lab.fit` takes; x and y too are as there, but no generator, which one training uses up

    A program is compiled once. The seeds of a small plain network are trained side by side, one on each core. Ctrl-C
    ends it; the seeds that are finished are returned, with a warning. Raises what `fit` raises, and ValueError for
    seeds that are no whole numbers.
    """
    import keras

    numbers = items("seeds", seeds, "a list of whole numbers, as in range(100)")
    for seed in numbers:
        if not is_whole(seed, 0) or seed >= 2**32:
            raise ValueError(f"seeds has {shown(seed)}: use whole numbers from 0 to below 2³²")
    numbers = [int(seed) for seed in numbers]
    if not numbers or len(set(numbers)) < len(numbers):
        raise ValueError(f"seeds are {shown(numbers)}: need one or more, each once")
    if not callable(build) or isinstance(build, keras.Model):  # a model can be called, too
        raise ValueError(f"build is {shown(build)}: give a function that makes a compiled Keras model")
    if inspect.isgenerator(x):
        raise ValueError("x is a generator, which the first training uses up: give arrays or a dataset")
    found = Seeds()
    try:
        for seed, model, history in _shown(_trained(build, x, y, numbers, how), len(numbers), verbose):
            weights = model.get_weights()
            succeeded = [bool(success(model))] if success is not None else []
            found.seeds.append(seed)
            found.histories.append(history)
            found.weights.append(weights)
            found.succeeded.extend(succeeded)
    except KeyboardInterrupt:
        if not found.seeds:
            raise
        warnings.warn(f"stopped after {len(found.seeds)} of {len(numbers)} seeds", stacklevel=2)
    return found


def _shown(trained: Iterator, count: int, verbose: bool) -> Iterable:
    if not verbose:
        return trained
    from rich.console import Console
    from rich.progress import track

    return track(trained, "seeds", total=count, console=Console(stderr=True))


def _trained(build, x, y, seeds: list[int], how: dict) -> Iterator[tuple[int, Any, dict]]:
    """(seed, trained model, history) of each seed."""
    left = iter(seeds)
    if set(how) <= _SIDE_BY_SIDE:
        while together := list(itertools.islice(left, _TOGETHER)):
            try:
                yield from _side_by_side(build, x, y, together, **how)
            except _Apart:
                left = itertools.chain(together, left)
                break
    yield from _one_by_one(build, x, y, left, how)


class _Apart(Exception):
    """These seeds cannot be trained side by side."""


def _side_by_side(build, x, y, seeds: list[int], *, batch_size=None, epochs=1, shuffle=True, reset=None) -> Iterator:
    from lstm_lab.state.layers import stateful_layers
    from lstm_lab.trainers.compiled import TrainingDiverged, each_seed
    from lstm_lab.trainers.fit import check_counts, resets
    from lstm_lab.trainers.native import Native
    from lstm_lab.trainers.traced.batches import feed

    check_counts({"batch_size": batch_size, "epochs": epochs})
    if not epochs:
        raise _Apart
    data = feed(x, y, None, batch_size=batch_size, shuffle=shuffle)
    ready: list[tuple[Any, Native]] = []
    jobs = []
    for seed in seeds:
        model = _fresh(build, seed)
        resets(model, reset)
        try:
            native = Native(model, data, reset)
        except ValueError:
            raise _Apart from None
        states = [each for _, layer in stateful_layers(model) for each in layer.states]
        used = int(model.optimizer.iterations) or any(np.asarray(each).any() for each in states)
        if native.products > _SMALL or used or any(model is other for other, _ in ready):
            raise _Apart  # it is large, or goes on from where it was
        ready.append((model, native))
        jobs.append((native.framed, native.schedule(epochs), model.get_weights()))
    trained, interrupt = {}, None
    try:
        for number, one in each_seed(native.architecture, jobs, backend=native.backend):
            trained[number] = one
    except (ValueError, TrainingDiverged):
        raise _Apart from None
    except KeyboardInterrupt as error:
        interrupt = error
    for number, one in sorted(trained.items()):
        model, native = ready[number]
        native.write(one)
        logs = native.logs(one)
        yield seeds[number], model, {name: [each[name] for each in logs] for name in logs[0]}
    if interrupt is not None:
        raise interrupt


def _one_by_one(build, x, y, seeds: Iterable[int], how: dict) -> Iterator:
    """In one model, whose programs are kept: what another one starts with is copied into it."""
    from lstm_lab.trainers.fit import fit, resets
    from lstm_lab.trainers.traced.batches import feed
    from lstm_lab.trainers.traced.building import build as build_model
    from lstm_lab.trainers.traced.callbacks import variables

    no_epoch = {"epochs": 0, "initial_epoch": 0, "callbacks": None, "reset": None, "engine": "keras"}
    first = None
    for seed in seeds:
        model = _fresh(build, seed)
        if first is None:
            first = model
        else:
            resets(model, how.get("reset"))  # which lets the state be carried on JAX: a variable of another place
            fit(model, x, y, **{"verbose": 0} | how | no_epoch)  # draws what Keras draws on JAX when it builds a model
            build_model(model, lambda: next(iter(feed(x, y, None, batch_size=how.get("batch_size")))))
            mine, fresh = variables(first), variables(model)
            if [each.shape for each in mine] != [each.shape for each in fresh]:
                raise ValueError(f"build gives another model for seed {seed}: only the weights may differ")
            for variable, start in zip(mine, fresh, strict=True):
                variable.assign(start.value)
        yield seed, first, fit(first, x, y, **{"verbose": 0} | how).history


def _fresh(build, seed: int):
    import keras

    keras.utils.set_random_seed(seed)
    model = build()
    if not isinstance(model, keras.Model):
        raise ValueError(f"build gives {shown(model)}: it must make a compiled Keras model")
    return model
