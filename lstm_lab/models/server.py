"""A trained network in service: numbers come in one at a time, for ever, and each is answered at once.

    server = serve(architecture, weights, codec)     # NumPy: no Keras, no compiling
    server = serve(model, codec=codec)               # anybody's Keras model, through its stateful twin
    server(37)                                       # → the network's answer to 37, after all that came before
    for answer in server.each(numbers): …            # as a generator, over a stream that need not end

State is carried from number to number and never reset unless you call `server.reset()`. A network trained on short
windows has never seen a state that old; whether it still answers rightly is a question to ask (0260), not a promise.

Source: echo tutorial, a reader's "crucial question": an echo in production, from one number at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from lstm_lab.framing.codec import Codec
from lstm_lab.models.architecture import LSTM, Architecture, Dense, Embedding, Flatten, Masking, RepeatVector
from lstm_lab.models.predictor import ACTIVATIONS


def serve(network, weights: list[np.ndarray] | None = None, codec: Codec | None = None) -> Server:
    """A server for a network: call it with one number after the other.

    network  an Architecture, with its trained `weights`; or a Keras model, which brings its own
    codec    how a number becomes features (that of the training samples, `framed.codec`); None: the number itself is
             the one feature

    Raises ValueError for a network without an LSTM, for one that needs all time steps at once, for an Architecture with
    a Dense before an LSTM, and where the weights are missing or one too many.
    """
    if isinstance(network, Architecture):
        _check(network, codec)
        if weights is None:
            raise ValueError("weights are missing: an Architecture is served with the weights of its training")
        return Server(_Numpy(network, weights, codec), codec)
    if weights is not None:
        raise ValueError("weights given beside a Keras model, which has its own: use model.set_weights, or leave out")
    return Server(_Twin(network, codec), codec)


class Server:
    """One number in, one answer out; made by `serve`."""

    def __init__(self, network: _Numpy | _Twin, codec: Codec | None):
        self._network, self._codec = network, codec

    def __call__(self, number: int | float) -> int | float:
        """The most probable symbol's code, or for a single output its value."""
        outputs = self.outputs(number)
        return int(outputs.argmax()) if len(outputs) > 1 else float(outputs[0])

    def outputs(self, number: int | float) -> np.ndarray:
        """Everything the network puts out after this number: float32 [outputs].

        Raises ValueError for a number outside the alphabet; the state is then as it was.
        """
        if self._codec is not None and not (0 <= number < self._codec.classes and number == int(number)):
            raise ValueError(
                f"number {number} is outside the alphabet: need an integer from 0 to {self._codec.classes - 1}"
            )
        return self._network(number)

    def each(self, numbers: Iterable[int | float]) -> Iterator[int | float]:
        """An answer for each number, as soon as it comes: takes one, gives one, without end."""
        for number in numbers:
            yield self(number)

    def reset(self) -> None:
        """Forget everything: the next number is the first."""
        self._network.reset()


class _Numpy:
    """An Architecture one step at a time: what `forward.Predictor` computes, on vectors, with its state kept here.

    Symbols are looked up in the first kernel, not multiplied as one-hot rows, and the gates share one tanh.
    """

    def __init__(self, architecture: Architecture, weights: list[np.ndarray], codec: Codec | None):
        needed = architecture.initial_weights(1, codec.width if codec else 1, np.random.default_rng(0))
        if [array.shape for array in needed] != [np.shape(array) for array in weights]:
            raise ValueError(f"weights of shapes {[np.shape(array) for array in weights]}: this network needs "
                             f"{[array.shape for array in needed]}")  # fmt: skip
        left = iter([np.asarray(array, np.float32) for array in weights])
        rows = next(left) if isinstance(architecture.layers[0], Embedding) else None
        self._cells = [_Cell(next(left), next(left), next(left)) for _ in architecture.lstm_layers]
        dense = [layer for layer in architecture.layers if isinstance(layer, Dense)]
        self._dense = [(next(left), next(left), ACTIVATIONS[layer.activation]) for layer in dense]
        self._codec, self._table = codec, self._cells[0].kernel if rows is None else rows @ self._cells[0].kernel

    def __call__(self, number: int | float) -> np.ndarray:
        x = self._cells[0].step(self._driven(number))
        for cell in self._cells[1:]:
            x = cell.step(x @ cell.kernel)
        for kernel, bias, activation in self._dense:
            x = activation(x @ kernel + bias)
        return x

    def _driven(self, number: int | float) -> np.ndarray:
        """What the number adds to the first layer's gates."""
        if self._codec is None:
            return self._table[0] * np.float32(number)
        if self._codec.coding == "scaled":
            return self._table[0] * np.float32((number + self._codec.offset) / self._codec.scale)
        return self._table[int(number)]

    def reset(self) -> None:
        for cell in self._cells:
            cell.reset()


class _Cell:
    """One LSTM layer and its state. As sigmoid(z) = tanh(z / 2) / 2 + 1/2, the gates' columns are halved beforehand."""

    def __init__(self, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray):
        self.units = len(recurrent)
        halved = np.full(4 * self.units, 0.5, np.float32)
        halved[2 * self.units : 3 * self.units] = 1.0  # the candidate is a tanh itself
        self.kernel, self._recurrent, self._bias = kernel * halved, recurrent * halved, bias * halved
        self.reset()

    def reset(self) -> None:
        self._h = self._c = np.zeros(self.units, np.float32)

    def step(self, driven: np.ndarray) -> np.ndarray:
        """The output [units] after one more step, from what its input adds to the gates [4 · units]."""
        opened = np.tanh(driven + self._h @ self._recurrent + self._bias)
        units, half = self.units, np.float32(0.5)
        gates = half * opened + half
        self._c = gates[units : 2 * units] * self._c + gates[:units] * opened[2 * units : 3 * units]
        self._h = gates[3 * units :] * np.tanh(self._c)
        return self._h


class _Twin:
    """A Keras model's stateful twin: batch of one, one time step, the same weights."""

    def __init__(self, model, codec: Codec | None):
        from lstm_lab import state

        self._state, self._codec, self._twin = state, codec, state.stateful_twin(model)

    def __call__(self, number: int | float) -> np.ndarray:
        x = np.array([[[number]]], np.float32 if self._codec is None else np.int32)
        return np.asarray(self._twin(x if self._codec is None else self._codec.encode(x))).reshape(-1)

    def reset(self) -> None:
        self._state.reset(self._twin)


def _check(architecture: Architecture, codec: Codec | None) -> None:
    if not architecture.lstm_layers:
        raise ValueError("the network has no LSTM layer: without state there is nothing to serve one number at a time")
    last_lstm = max(number for number, layer in enumerate(architecture.layers) if isinstance(layer, LSTM))
    for number, layer in enumerate(architecture.layers):
        if isinstance(layer, Flatten | RepeatVector):
            raise ValueError(f"the network has {type(layer).__name__}, which needs all time steps at once")
        if isinstance(layer, Dense) and number < last_lstm:
            raise ValueError(
                f"Dense is layer {number + 1}, before an LSTM, and can only follow them here: serve the network as a "
                "Keras model (to_keras, set_weights)"
            )
        if isinstance(layer, Masking) and (codec is None or codec.coding != "one_hot"):
            raise ValueError("the network has Masking, and a number could be its value: serve it without that layer")
    embeds, coded = isinstance(architecture.layers[0], Embedding), codec is not None and codec.coding == "embedding"
    if embeds != coded:
        raise ValueError("an Embedding and a codec with coding 'embedding' go together, and only one of them is here")
