"""Where a model keeps state: its stateful recurrent layers, by path, in the order of the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import keras

from lstm_lab.common.checks import cut, shown


def variables(model) -> dict[str, list]:
    """The state variables of every stateful layer: {path of names: [Keras variables]}, in the model's own order.

    A path names the models and wrappers around a layer, then the layer: "lstm", "encoder/lstm",
    "bidirectional/forward_lstm". LSTM has two variables (h, c), GRU and SimpleRNN one, StackedRNNCells those of its
    cells in order.
    ValueError: no Keras model or layer, no stateful layer in it, or one that is not built yet.
    """
    if not isinstance(model, keras.layers.Layer):
        raise ValueError(f"model is {shown(model)}: give a Keras model, as in state.get(model)")
    synchronise(model)
    found: dict[str, list] = {}
    for path, layer in stateful_layers(model):
        if layer.states is None:
            raise ValueError(
                f"stateful layer {path!r} has no state yet: build the model first, with "
                "keras.Input(batch_shape=(batch, steps, features)) or by calling it once"
            )
        found[path] = keras.tree.flatten(layer.states)
        if any(getattr(variable, "_value", None) is None for variable in found[path]):
            raise ValueError(
                f"the state of layer {path!r} and the model's weights are gone: on JAX, Keras loses them when evaluate "
                "or predict raises; build the model again and load its weights"
            )
    if not found:
        raise ValueError(f"model {model.name!r} has no stateful layer: give its recurrent layers stateful=True")
    return found


def stateful_layers(model) -> Iterator[tuple[str, keras.layers.Layer]]:
    """(path, layer) of the stateful recurrent layers, built or not."""
    taken: set[str] = set()
    for path, layer in every_layer(model):
        if isinstance(layer, keras.layers.RNN) and layer.stateful:
            name, count = path, 1
            while name in taken:  # layers of a subclassed model may share a name
                count += 1
                name = f"{path}#{count}"
            taken.add(name)
            yield name, layer


def every_layer(
    layer, path: tuple[str, ...] = (), seen: set[int] | None = None
) -> Iterator[tuple[str, keras.layers.Layer]]:
    """(path, layer) of all layers inside, depth first; a layer that is used several times comes once."""
    seen = set() if seen is None else seen
    # Keras has no public function that also finds layers inside wrappers, cells and attributes of other layers.
    for inner in layer._layers:
        if id(inner) not in seen:
            seen.add(id(inner))
            here = (*path, inner.name)
            yield "/".join(here), inner
            yield from every_layer(inner, here, seen)


def numbers_kept(model) -> int:
    """How many numbers a row of the batch has in the states of the recurrent layers, stateful or not."""
    recurrent = [layer for _, layer in every_layer(model) if isinstance(layer, keras.layers.RNN)]
    return sum(int(size) for layer in recurrent for size in keras.tree.flatten(layer.cell.state_size))


@contextmanager
def keras_can(what: str) -> Iterator[None]:
    """What Keras cannot do with somebody's layers as a ValueError of one line: it passes on what a layer raises."""
    try:
        yield
    except Exception as error:
        raise ValueError(f"{what}: {cut(' '.join(str(error).split()) or type(error).__name__)}") from error


def clear(held: Sequence) -> None:
    """Set Keras variables to zero."""
    if keras.backend.backend() == "jax":
        # One compiled call for all: to make one array costs more there than an update of a small network.
        zeros = _compiled_zeros(tuple((tuple(variable.shape), variable.dtype) for variable in held))()
    else:
        zeros = [keras.ops.zeros(variable.shape, variable.dtype) for variable in held]
    for variable, zero in zip(held, zeros, strict=True):
        variable.assign(zero)


@cache
def _compiled_zeros(kinds: tuple[tuple[tuple[int, ...], str], ...]):
    import jax

    return jax.jit(lambda: [jax.numpy.zeros(shape, dtype) for shape, dtype in kinds])


def synchronise(model) -> None:
    """On JAX: write what Keras' trainer holds during an epoch back into the variables. Other backends: nothing."""
    if keras.backend.backend() == "jax" and hasattr(model, "jax_state_sync"):
        model.jax_state_sync()
