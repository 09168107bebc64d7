"""The list of kinds: another kind of layer is one new file beside this one, and one line here."""

from __future__ import annotations

from lstm_lab.layers.base import Layer, check_plain, shown
from lstm_lab.layers.dense import Dense
from lstm_lab.layers.embedding import Embedding
from lstm_lab.layers.flatten import Flatten
from lstm_lab.layers.gru import GRU
from lstm_lab.layers.lstm import LSTM
from lstm_lab.layers.masking import Masking
from lstm_lab.layers.repeat_vector import RepeatVector
from lstm_lab.layers.simple_rnn import SimpleRNN

KINDS: tuple[type[Layer], ...] = (
    Masking,
    Embedding,
    LSTM,
    GRU,
    SimpleRNN,
    RepeatVector,
    Flatten,
    Dense,
)


def from_keras(layer) -> Layer:
    """A Keras layer as plain data; ValueError names the layer and what is not supported."""
    for each in layer._flatten_layers():  # with its cell, or what it wraps
        check_plain(f"layer {each.name}", each)
        if each.dtype_policy.name != "float32":
            raise ValueError(f"layer {each.name}: dtype {each.dtype_policy.name} is not supported, use float32")
        extras = list(each.get_config().items())
        for extra in ("regularizer", "constraint"):  # these can be set on a variable, too
            extras += [(f"{variable.name}_{extra}", getattr(variable, extra)) for variable in each.weights]
        for name, value in extras:
            if name.endswith(("regularizer", "constraint", "lora_rank", "quantization_config")) and value is not None:
                raise ValueError(f"layer {each.name}: {name}={shown(value)} is not supported")
    for kind in KINDS:
        if kind.reads(layer):
            return kind.from_keras(layer)
    names = ", ".join(kind.__name__ for kind in KINDS)
    raise ValueError(
        f"layer {layer.name}: {type(layer).__name__} is not supported; use {names} or TimeDistributed(Dense)"
    )
