"""A stateful twin: a network with the weights of a trained one that takes one time step per call."""

from __future__ import annotations

import keras
from keras import layers

from lstm_lab.common.checks import check_size, shown
from lstm_lab.common.typed import Positive, typed
from lstm_lab.state.carrying import carry
from lstm_lab.state.layers import every_layer, keras_can, numbers_kept

# Layers that compute every time step without the others: one step at a time gives the same as all at once.
_STEPWISE = (
    layers.InputLayer,
    layers.Masking,
    layers.Embedding,
    layers.RNN,
    layers.Dense,
    layers.EinsumDense,
    layers.TimeDistributed,
    layers.Activation,
    layers.ReLU,
    layers.LeakyReLU,
    layers.PReLU,
    layers.ELU,
    layers.Dropout,
    layers.SpatialDropout1D,
    layers.GaussianNoise,
    layers.GaussianDropout,
    layers.ActivityRegularization,
    layers.Rescaling,
    layers.Add,
    layers.Subtract,
    layers.Multiply,
    layers.Average,
    layers.Maximum,
    layers.Minimum,
    layers.Identity,
    layers.CategoryEncoding,
)
# Operations that compute masks; they are in the graph like the layers.
_ELEMENTWISE = {"NotEqual", "Equal", "LogicalAnd", "LogicalOr", "LogicalNot", "Cast"}
_ALONG_FEATURES = (layers.BatchNormalization, layers.LayerNormalization, layers.Concatenate, layers.Softmax)


@typed
def stateful_twin(model, batch_size: Positive = 1, steps: Positive | None = 1):
    """A copy of a Sequential or functional model with the same weights, its recurrent layers stateful.

    After n steps, one per call, its answer is that of the model for the same n steps at once.

    batch_size   rows per call, each with its own state
    steps        time steps per call; None: any number
    The twin's state starts at zero. Its weights are a copy: after more training, call
    `twin.set_weights(model.get_weights())`. Call the twin directly or use `predict`, which carries its state on every
    backend (see `carry`).

    ValueError: no recurrent layer; or a layer that needs the other time steps, such as Bidirectional, Flatten over
    time, convolution, attention or RepeatVector: the message names it.
    """
    if not isinstance(model, keras.Model) or not (isinstance(model, keras.Sequential) or hasattr(model, "operations")):
        raise ValueError(f"{shown(getattr(model, 'name', model))} is neither a Sequential nor a functional model")
    if not model.built or not model.inputs:
        raise ValueError(f"model {model.name!r} is not built: give it a keras.Input or call it once")
    timed = _Timed()
    timed.outputs(model, [_fed_as_sequence(model, tensor) for tensor in model.inputs])
    if not timed.recurrent:
        raise ValueError(f"model {model.name!r} has no recurrent layer: there is no state to keep")
    kept = numbers_kept(model)
    check_size(8 * batch_size * kept, f"batch_size is {batch_size}: a state of {kept} numbers a row", "use fewer rows")
    with keras_can(f"model {model.name!r}: Keras cannot make its layers again"):
        twin = _clone(model, timed, batch_size, steps)
    twin.set_weights(model.get_weights())
    carry(twin)
    return twin


def _clone(model, timed: _Timed, batch_size: int, steps: int | None):
    """The model on inputs of the twin's shape; nested models too, since their inputs have a batch size of their own."""
    flags = iter(timed.inputs_of[id(model)])

    def narrowed(tensor):
        rest = tensor.shape[1:]
        shape = (batch_size, steps, *rest[1:]) if next(flags) else (batch_size, *rest)
        return keras.Input(batch_shape=shape, dtype=tensor.dtype, name=tensor.name)

    def clone(layer):
        if isinstance(layer, keras.Model):
            return _clone(layer, timed, batch_size, steps)
        config = layer.get_config()
        if isinstance(layer, layers.RNN):
            config["stateful"] = True
        return type(layer).from_config(config)

    inputs = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    return keras.models.clone_model(
        model, input_tensors=keras.tree.map_structure(narrowed, inputs), clone_function=clone
    )


def _graph(model):
    """The functional graph of a model; a Sequential model has one inside."""
    return model._functional if isinstance(model, keras.Sequential) else model


def _nodes(model) -> list:
    """The calls of layers in the graph, from the inputs to the outputs."""
    by_depth = _graph(model)._nodes_by_depth
    return [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]


def _fed_as_sequence(model, tensor) -> bool:
    """Whether an input has a time axis: [batch, steps, …], or codes [batch, steps] for an Embedding."""
    if len(tensor.shape) > 2:
        return True
    return any(
        isinstance(node.operation, layers.Embedding) and any(tensor is used for used in node.input_tensors)
        for node in _nodes(model)
    )


class _Timed:
    """Goes through the graph, follows the time axis, and refuses every layer that needs several time steps at once."""

    def __init__(self):
        self.recurrent: set[int] = set()
        self.inputs_of: dict[int, list[bool]] = {}

    def outputs(self, model, flags: list[bool]) -> list[bool]:
        """Whether each output has a time axis, from whether each input has one; ValueError names a refused layer."""
        self.inputs_of[id(model)] = flags
        graph = _graph(model)
        timed = {id(tensor): flag for tensor, flag in zip(graph.inputs, flags, strict=True)}
        for node in _nodes(model):
            if isinstance(node.operation, layers.InputLayer):
                continue
            given = [timed[id(tensor)] for tensor in node.input_tensors]
            for tensor, flag in zip(node.outputs, self._through(node, given), strict=True):
                timed[id(tensor)] = flag
        return [timed[id(tensor)] for tensor in graph.outputs]

    def _through(self, node, given: list[bool]) -> list[bool]:
        layer = node.operation
        if isinstance(layer, keras.Model):
            if not hasattr(_graph(layer), "_nodes_by_depth"):
                raise _refused(layer, "is a subclassed model, which cannot be rebuilt layer by layer")
            return self.outputs(layer, given[: len(_graph(layer).inputs)])  # masks may follow the inputs
        if isinstance(layer, layers.RNN):
            return self._recurrent(node, given)
        if not any(given):
            return [False] * len(node.outputs)
        inside = list(every_layer(layer)) if isinstance(layer, keras.layers.Layer) else []
        if isinstance(layer, layers.Bidirectional):
            raise _refused(layer, "reads the steps backwards too, which have not come yet")
        if any(isinstance(inner, layers.RNN) for _, inner in inside):
            raise _refused(layer, "starts its recurrent layer from zero at every step")
        rank = len(node.input_tensors[0].shape)
        # "Any" is an operation of a Masking layer in a functional graph, over the features of one step
        along_features = isinstance(layer, _ALONG_FEATURES) or type(layer).__name__ == "Any"
        stepwise = isinstance(layer, _STEPWISE) or type(layer).__name__ in _ELEMENTWISE
        if not all(given) or not (stepwise or (along_features and _axes(layer) <= {-1, rank - 1})):
            raise _refused(
                layer, "may need the other time steps; put it after the last step of the last recurrent layer"
            )
        return [True] * len(node.outputs)

    def _recurrent(self, node, given: list[bool]) -> list[bool]:
        layer = node.operation
        if id(layer) in self.recurrent:
            raise _refused(layer, "is used twice: one state cannot serve both places")
        if len(node.arguments.args) > 1 or node.arguments.kwargs.get("initial_state") is not None:
            raise _refused(layer, "takes its initial state from another layer, so it cannot keep its own")
        if not given[0]:
            raise _refused(layer, "runs over a sequence that is not the model's input")
        if layer.go_backwards:
            raise _refused(layer, "reads the steps backwards, from one that has not come yet")
        self.recurrent.add(id(layer))
        return [layer.return_sequences] + [False] * (len(node.outputs) - 1)


def _axes(layer) -> set[int]:
    axis = layer.axis
    return {axis} if isinstance(axis, int) else {*(axis or ())}


def _refused(layer, why: str) -> ValueError:
    return ValueError(f"{type(layer).__name__} {layer.name!r} cannot be served one step at a time: it {why}")
