"""Which Keras models can be inspected."""

from __future__ import annotations

from typing import Any

from lstm_lab.common.checks import shown


def recurrent_layers(model: Any, instead: str) -> list:
    """The recurrent layers of a model that can be inspected, wrapped and nested ones too.

    instead: what the error for several inputs or outputs says of it
    ValueError for anything but a built Sequential or functional model with one input, one output and such a layer.
    """
    import keras

    from lstm_lab.state.layers import every_layer

    if not isinstance(model, keras.Model):
        raise ValueError(f"model is {shown(model)}: give a Keras model")
    recurrent = [layer for _, layer in every_layer(model) if isinstance(layer, keras.layers.RNN)]
    if not recurrent:
        raise ValueError(f"model {model.name!r} has no recurrent layer: it has no state, and sees its sample only")
    if not model.built or not getattr(model, "inputs", None):
        raise ValueError(f"model {model.name!r} is not built: give it a keras.Input")
    for what, tensors in (("inputs", model.inputs), ("outputs", model.outputs)):
        if len(tensors) != 1:
            raise ValueError(f"model {model.name!r} has {len(tensors)} {what}: {instead}")
    return recurrent
