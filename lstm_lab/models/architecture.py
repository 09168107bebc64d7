"""Architecture: the layers of a network as plain, frozen data, with its loss and its optimizer.

Both trainers build from it: `to_keras` gives the model a Keras user would write, the compiled trainer walks over the
layers. Weights are always a list of float32 arrays in Keras' order and layout (that of `model.get_weights()`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lstm_lab.common.arrays import float32
from lstm_lab.common.checks import check_size, is_whole, shown
from lstm_lab.common.typed import Positive, check_fields, typed
from lstm_lab.framing.codec import Codec
from lstm_lab.framing.schedule import Order, Schedule
from lstm_lab.layers import Dense, Layer, Shape, States, from_keras
from lstm_lab.layers.base import check_plain
from lstm_lab.models import losses, optimizers
from lstm_lab.models.losses import Loss
from lstm_lab.models.optimizers import Adam, Optimizer


@dataclass(frozen=True)
class Architecture:
    """A network, its loss and its optimizer.

    layers    from input to output; the last one is Dense
    stateful  whether the recurrent layers keep their state from one batch to the next
    loss      "categorical_crossentropy" behind a softmax, "binary_crossentropy" behind a sigmoid, or "mse"
    """

    layers: tuple[Layer, ...]
    stateful: bool = False
    loss: Loss = "categorical_crossentropy"
    optimizer: Optimizer = Adam()  # noqa: RUF009 (frozen)

    def __post_init__(self):
        check_fields(self)
        if not self.layers or not isinstance(self.layers[-1], Dense):
            raise ValueError("the last layer of an Architecture must be Dense")
        self._check_layers()
        needed = losses.KINDS[self.loss].activation
        if needed and self.layers[-1].activation != needed:
            raise ValueError(f"loss {self.loss} needs a last layer with {needed}, not {self.layers[-1].activation}")

    def _check_layers(self) -> None:
        """ValueError for the first layer that cannot take what the one before it gives."""
        shape: Shape = (1, 1)
        for number, layer in enumerate(self.layers, 1):
            name, has_steps = f"{type(layer).__name__} is layer {number}", shape[0] is not None
            if type(layer).apply is Layer.apply:
                raise ValueError(f"{name}: it has no arithmetic, use one of the kinds")
            if number > 1 and layer.first_only:
                raise ValueError(f"{name}: it can only be the first")
            if has_steps and layer.takes_steps is False:
                raise ValueError(
                    f"{name}: it takes one row a sample, and is given time steps; put a layer before it "
                    "that ends them, for example LSTM without return_sequences"
                )
            if layer.takes_steps and not has_steps:
                raise ValueError(
                    f"{name}: it takes time steps, and is given one row a sample; the recurrent layer "
                    "before it needs return_sequences=True"
                )
            shape = layer.output_shape(shape)

    @property
    def outputs(self) -> int:
        return self._shapes()[-1][1]

    @property
    def gives_sequence(self) -> bool:
        """Whether there is an output at every time step: [batch, steps, outputs] rather than [batch, outputs]."""
        return self._shapes()[-1][0] is not None

    def output_steps(self, steps: int) -> int | None:
        """At how many steps there is an output, for inputs of so many; None: once a sample."""
        return self._shapes(steps)[-1][0]

    @property
    def keeps_steps(self) -> bool:
        """Whether no layer mixes time steps or makes new ones: a mask of the inputs then reaches the loss."""
        return all(layer.keeps_steps for layer in self.layers)

    @property
    def answers_each_step(self) -> bool:
        """Whether each output step belongs to an input step: no encoder and decoder in between."""
        return self.gives_sequence and self.keeps_steps

    @property
    def up_to_the_loss(self) -> tuple[Layer, ...]:
        """The layers, the last one without the activation that the loss takes in itself."""
        *others, head = self.layers
        assert isinstance(head, Dense)
        return (*others, head if losses.KINDS[self.loss].activation is None else replace(head, activation="linear"))

    def state_shapes(self, batch: int) -> list[tuple[tuple[int, ...], ...]]:
        """Shapes of the state's arrays, for each layer that has a state."""
        return [layer.state_shapes(batch) for layer in self.layers if layer.has_state]

    @typed
    def checked_state(self, state: Sequence, batch: Positive) -> States:
        """A state as float32 arrays; ValueError where they are no finite numbers, or have other shapes."""
        try:
            arrays = [tuple(float32("state", array) for array in layer) for layer in state]
        except TypeError:
            raise ValueError(f"state is {shown(state)}: need for each layer that has one its arrays") from None
        shapes, needed = [tuple(array.shape for array in layer) for layer in arrays], self.state_shapes(batch)
        if shapes != needed:
            raise ValueError(f"state of shapes {shown(shapes)}: this network and a batch of {batch} need {needed}")
        return arrays

    def checked_weights(self, weights: Any) -> list[np.ndarray]:
        """The weights as float32 arrays; ValueError where they are no finite numbers."""
        if not isinstance(weights, list | tuple):
            raise ValueError(f"weights are {shown(weights)}: need a list of arrays, as model.get_weights() gives it")
        return [float32(f"weights[{number}]", array) for number, array in enumerate(weights)]

    def check_shapes(self, weights: list[np.ndarray], steps: int, features: int) -> None:
        """ValueError where the weights' shapes are not those for inputs [samples, steps, features]."""
        shapes, needed = [array.shape for array in weights], self.weight_shapes(steps, features)
        if shapes != needed:
            raise ValueError(f"weights of shapes {shown(shapes)}: this network on {features} feature(s) needs {needed}")

    def check_codec(self, codec: Codec | None) -> None:
        """ValueError where the network takes codes and the inputs are features, or the other way round."""
        first, coded = self.layers[0], codec is not None and codec.coding == "embedding"
        if first.takes_codes != coded:
            raise ValueError(
                f"the network {'has an' if first.takes_codes else 'has no'} Embedding, but the inputs' coding is "
                f"{codec.coding if codec else 'float'}: an Embedding and coding 'embedding' go together"
            )
        if codec is not None and coded and codec.classes > (rows := first.weight_shapes((1, 1))[0][0]):
            raise ValueError(f"the codec has {codec.classes} symbols, but the Embedding {rows} rows: use one for each")

    def check_room(self, batch: int, steps: int, features: int) -> None:
        """ValueError where training on batches [batch, steps, features] would take more memory than the bound."""
        given = list(zip(self.layers, self._shapes(steps, features), strict=False))
        weights = sum(math.prod(shape) for layer, one in given for shape in layer.weight_shapes(one))
        # The weights, their gradients, what an optimizer keeps, and the draws in float64 that they begin with.
        fewer = "use fewer units, classes or features; of integers from a file, each up to the largest is a class"
        check_size(48 * weights, f"a network of {weights:,} weights", fewer)
        kernels = (((one[0] or 1), layer.weight_shapes(one)[0][-1]) for layer, one in given if layer.weight_shapes(one))
        size = sum(places * width for places, width in kernels) + steps * features
        what = f"batches of {batch} samples of {steps} time steps, {size} numbers a sample"
        check_size(24 * batch * size, what, "use smaller batches, fewer steps or fewer units")

    def check_carrying(self, order: Order | Schedule) -> None:
        """ValueError where an order or schedule carries state and the network does not, or the other way round."""
        if order.carries != self.stateful:
            raise ValueError(
                f"the network is {'stateful' if self.stateful else 'stateless'}, but its order "
                f"{'carries state' if order.carries else 'resets state before every batch'}: make them agree"
            )

    def weight_shapes(self, steps: int, features: int) -> list[tuple[int, ...]]:
        """Shapes of the weights in Keras' order, for inputs [samples, steps, features]."""
        given = zip(self.layers, self._shapes(steps, features), strict=False)
        return [shape for layer, one in given for shape in layer.weight_shapes(one)]

    def weights_of_layers(self, weights: list[np.ndarray]) -> Iterator[tuple[Layer, list[np.ndarray]]]:
        """Every layer with its own weights."""
        left = iter(weights)
        for layer in self.layers:
            yield layer, [next(left) for _ in layer.weight_shapes((1, 1))]

    @typed
    def initial_weights(self, steps: Positive, features: Positive, rng: np.random.Generator) -> list[np.ndarray]:
        """Fresh weights as Keras' initialisers draw them, from a NumPy generator.

        steps, features: of the input [samples, time steps, features] (features of an embedding: 1).
        """
        self.check_room(1, steps, features)
        given = zip(self.layers, self._shapes(steps, features), strict=False)
        return [array.astype(np.float32) for layer, one in given for array in layer.initial_weights(one, rng)]

    def in_keras1(self) -> Architecture:
        """The same network with the defaults of Keras 1, as far as `eras` lists them: the layers' and the optimizer's.

        ValueError names a layer or optimizer whose old form is not written here.
        """
        layers = tuple(layer.in_keras1() for layer in self.layers)
        return replace(self, layers=layers, optimizer=self.optimizer.in_keras1())

    def to_keras(self, batch_shape: tuple[int | None, ...]):
        """The compiled Keras model for inputs of `batch_shape` (batch, time steps, features).

        A stateful network needs a fixed batch; an embedding takes (batch, time steps).
        """
        import keras

        if not isinstance(batch_shape, tuple | list) or len(batch_shape) not in (2, 3):
            raise ValueError(f"batch_shape is {shown(batch_shape)}: need (batch, time steps, features)")
        if not all(size is None or is_whole(size) for size in batch_shape):
            raise ValueError(f"batch_shape is {shown(batch_shape)}: need whole numbers, 1 or more, or None")
        batch_shape = tuple(None if size is None else int(size) for size in batch_shape)  # NumPy's wrap round
        self.check_room(batch_shape[0] or 1, batch_shape[1] or 1, batch_shape[2] or 1 if len(batch_shape) == 3 else 1)
        if self.stateful and batch_shape[0] is None:
            raise ValueError("a stateful network needs a fixed batch size: its state has one row for every slot")
        layers = [layer.to_keras(self.stateful) for layer in self.layers]
        model = keras.Sequential([keras.Input(batch_shape=batch_shape), *layers])
        model.compile(loss=self.loss, optimizer=self.optimizer.to_keras())
        return model

    @classmethod
    def from_keras(cls, model) -> Architecture:
        """The architecture of somebody's own compiled Sequential model; ValueError names what is not supported."""
        import keras

        name = repr(getattr(model, "name", type(model).__name__))
        if not isinstance(model, keras.Sequential):
            raise ValueError(f"model {name}: only keras.Sequential is supported, not {type(model).__name__}")
        if not model.built:
            raise ValueError(f"model {name} has no weights yet: begin it with keras.Input(shape=…) or build it")
        check_plain(f"model {name}", model)
        layers = tuple(from_keras(layer) for layer in model.layers)
        if not model.trainable:
            raise ValueError(f"model {name}: frozen weights (trainable=False) are not supported")
        for number, layer in enumerate(model.layers):
            if layer in model.layers[:number]:
                raise ValueError(f"layer {layer.name} stands in the model twice: shared weights are not supported")
            if not layer.trainable or layer.non_trainable_weights:
                raise ValueError(f"layer {layer.name}: frozen weights (trainable=False) are not supported")
            if getattr(layer, "stateful", False) and not layer.states:
                raise ValueError(
                    f"layer {layer.name}: stateful was set after it was built, so it has no state yet: "
                    "give stateful=True where the layer is made"
                )
        stateful = {theirs.stateful for theirs, ours in zip(model.layers, layers, strict=True) if ours.has_state}
        if len(stateful) == 2:
            raise ValueError(f"model {name}: stateful must be the same for all its recurrent layers")
        optimizer = getattr(model, "optimizer", None)
        if optimizer is None or not getattr(model, "compiled", True):
            raise ValueError(f"model {name} is not compiled: call model.compile(loss=…, optimizer=…)")
        return cls(layers, stateful == {True}, losses.from_keras(model), optimizers.from_keras(optimizer))

    def _shapes(self, steps: int = 1, features: int = 1) -> list[Shape]:
        """(steps, features) of the input, and behind every layer."""
        shapes: list[Shape] = [(steps, features)]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return shapes
