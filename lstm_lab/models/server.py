"""A trained network in service: numbers come in one at a time, without end, and each is answered at once.

    server = serve(architecture, weights, codec)     # NumPy: no Keras, no compiling
    server = serve(model, codec=codec)               # anybody's Keras model, through its stateful twin
    server(37)                                       # → the network's answer to 37, after all that came before
    for answer in server.each(numbers): …            # as a generator, over a stream that need not end

State is carried from number to number and never reset unless you call `server.reset()`. A network trained on short
windows has never seen a state that old. Whether it still answers correctly is a question to ask (0260), not a promise.

Source: echo tutorial, a reader's "crucial question": an echo in production, from one number at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from lstm_lab.common.checks import is_number, shown
from lstm_lab.common.typed import typed
from lstm_lab.framing.codec import Codec
from lstm_lab.layers import States
from lstm_lab.models.architecture import Architecture
from lstm_lab.models.predictor import Predictor


@typed
def serve(network, weights: list | None = None, codec: Codec | None = None) -> Server:
    """A server for a network: call it with one number after the other.

    network  an Architecture, with its trained `weights`; or a Keras model, which brings its own
    codec    how a number becomes features (that of the training samples, `framed.codec`); None: the number itself is
             the one feature

    Raises ValueError for a network without a recurrent layer, for one that needs all time steps at once, and where the
    weights are missing or one too many; and for a Keras model whose input is not what a number becomes by the codec.
    """
    if not isinstance(network, Architecture):
        if weights is not None:
            raise ValueError(
                "weights given beside a Keras model, which has its own: use model.set_weights, or leave out"
            )
        return _keras_server(network, codec)
    network.check_codec(codec)
    _check(network, codec)
    if weights is None:
        raise ValueError("weights are missing: an Architecture is served with the weights of its training")
    network.check_shapes(network.checked_weights(weights), 1, codec.width if codec else 1)
    return Server(Predictor(network, weights, codec), codec)


class Server:
    """One number in, one answer out; made by `serve`.

    predict  (inputs [1, 1, 1], state) → (outputs, state)
    """

    def __init__(self, predict: Callable, codec: Codec | None):
        self._predict, self._codec = predict, codec
        self._state: States | None = None

    def __call__(self, number: int | float) -> int | float:
        """The most probable symbol's code, or for a single output its value."""
        outputs = self.outputs(number)
        return int(outputs.argmax()) if len(outputs) > 1 else float(outputs[0])

    def outputs(self, number: int | float) -> np.ndarray:
        """Everything the network puts out after this number: float32 [outputs].

        Raises ValueError for a number outside the alphabet; the state is then as it was.
        """
        if not is_number(number):
            raise ValueError(f"number is {shown(number)}: need a finite number")
        if self._codec is not None and not (0 <= number < self._codec.classes and number == int(number)):
            raise ValueError(
                f"number {number} is outside the alphabet: need an integer from 0 to {self._codec.classes - 1}"
            )
        x = np.array([[[number]]], np.float32 if self._codec is None else np.int32)
        outputs, self._state = self._predict(x, self._state)
        return outputs.reshape(-1)

    @typed
    def each(self, numbers: Iterable[float]) -> Iterator[int | float]:
        """An answer for each number, as soon as it comes: takes one, gives one, without end."""
        for number in numbers:
            yield self(number)

    def reset(self) -> None:
        """Forget everything: the next number is the first."""
        self._state = None


def _keras_server(model, codec: Codec | None) -> Server:
    """Through the model's stateful twin, which keeps the state itself: batch of one, one time step, same weights."""
    import keras

    from lstm_lab import state
    from lstm_lab.state.layers import every_layer

    twin = state.stateful_twin(model)
    codes, width = codec is not None and codec.coding == "embedding", codec.width if codec else 1
    shapes, needed = [tuple(tensor.shape) for tensor in twin.inputs], (1, 1) if codes else (1, 1, width)
    if shapes != [needed]:
        raise ValueError(
            f"model {model.name!r} takes {' and '.join(map(str, shapes))} at a time step, and a number becomes "
            f"{needed} {f'with a codec of coding {codec.coding}' if codec else 'without a codec'}: use one that fits"
        )
    tables = [layer.input_dim for _, layer in every_layer(twin) if isinstance(layer, keras.layers.Embedding)]
    if codec is not None and tables and codec.classes > min(tables):
        raise ValueError(
            f"the codec has {codec.classes} symbols, but the Embedding {min(tables)} rows: use one for each"
        )
    if len(twin.outputs) != 1:
        raise ValueError(f"model {model.name!r} has {len(twin.outputs)} outputs: serve one with one output")

    def predict(x, carried):
        if carried is None:
            state.reset(twin)
        return np.asarray(twin(x if codec is None else codec.encode(x))), []

    return Server(predict, codec)


def _check(architecture: Architecture, codec: Codec | None) -> None:
    if not any(layer.has_state for layer in architecture.layers):
        raise ValueError(
            "the network has no recurrent layer: without state there is nothing to serve one number at a time"
        )
    for layer in architecture.layers:
        if not layer.keeps_steps:
            raise ValueError(f"the network has {type(layer).__name__}, which needs all time steps at once")
    first = architecture.layers[0]
    if first.first_only and not first.takes_codes and (codec is None or codec.coding != "one_hot"):
        raise ValueError(
            f"the network has {type(first).__name__}, and a number could be its value: serve it without that layer"
        )
