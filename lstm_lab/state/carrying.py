"""Whether Keras' trainer carries state from batch to batch, and making it do so on JAX.

Keras' JAX trainer is a pure function of the variables that it gets, and a layer's state is not one of them (Keras
3.15.1). `fit`, `evaluate` and `predict` start every batch from the state that the model had when the step was
compiled, and drop the new state. Only a direct call `model(x)` changes the state.
"""

from __future__ import annotations

import keras

from lstm_lab.state.layers import stateful_layers, variables


class _Held:
    """A state variable in the place of a random generator's variable: it is carried, but it is not a weight.

    The JAX trainer carries the variables that it finds there, but Keras neither lists them in `weights` nor saves them.
    So saving, loading and copying weights work as before.
    """

    def __init__(self, variable):
        self.state = variable


def carries(model) -> bool:
    """Whether fit, evaluate and predict carry this model's state from batch to batch on the backend in use."""
    held = variables(model)
    if keras.backend.backend() != "jax":
        return True
    known = {id(variable) for variable in model.variables}
    return all(id(variable) in known for of_layer in held.values() for variable in of_layer)


def carry(model) -> None:
    """Make fit, evaluate and predict carry the state on JAX. On other backends they do so, and nothing is changed.

    Call it once, after the model is built. It holds for this model object: a model loaded by Keras needs it again, one
    loaded by `state.load` does not. Steps that were compiled before are compiled again.

    ValueError: the model has no stateful layer, or is not built. RuntimeError: this version of Keras does not allow it.
    """
    if carries(model):
        return
    known = {id(variable) for variable in model.variables}
    for _, layer in stateful_layers(model):
        layer._seed_generators.extend(_Held(v) for v in keras.tree.flatten(layer.states) if id(v) not in known)
    for function in ("train_function", "test_function", "predict_function"):
        if hasattr(model, function):
            setattr(model, function, None)
    if not carries(model):
        raise RuntimeError(f"Keras {keras.__version__} offers no place to carry state on JAX: call the model directly")
