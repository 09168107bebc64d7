"""Keras models and files of state: `from_keras` and `state.load` answer, or refuse in one line."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_input import answered, damaged, examples, little_memory

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("keras_is_there", "little_memory")]
__all__ = ["little_memory"]


@pytest.fixture(scope="module")
def keras_is_there():
    """Imports Keras before the first example, whose ten seconds would not be enough on a busy machine."""
    import keras

    from lstm_lab.models import Architecture

    assert keras
    assert Architecture


WIDTHS = st.integers(1, 4)
ACTIVATIONS = st.sampled_from([None, "tanh", "relu", "sigmoid", "softmax", "hard_sigmoid", "gelu"])


RECURRENT = st.fixed_dictionaries(
    {
        "units": WIDTHS,
        "return_sequences": st.booleans(),
        "stateful": st.booleans(),
        "go_backwards": st.booleans(),
        "dropout": st.sampled_from([0, 0.5]),
        "activation": ACTIVATIONS,
    }
)
LAYERS = st.one_of(  # kinds and arguments; many do not go together
    st.tuples(st.sampled_from(["LSTM", "GRU", "SimpleRNN"]), RECURRENT),
    st.tuples(st.just("Dense"), st.fixed_dictionaries({"units": WIDTHS, "activation": ACTIVATIONS})),
    st.tuples(st.sampled_from(["Bidirectional", "TimeDistributed"]), st.fixed_dictionaries({"units": WIDTHS})),
    st.tuples(st.sampled_from(["Flatten", "BatchNormalization", "LayerNormalization", "Masking"]), st.just({})),
    st.tuples(st.just("RepeatVector"), st.fixed_dictionaries({"n": WIDTHS})),
    st.tuples(st.just("Dropout"), st.just({"rate": 0.5})),
)


def layer(kind, arguments):
    from keras import layers

    if kind == "Bidirectional":
        return layers.Bidirectional(layers.LSTM(**arguments))
    if kind == "TimeDistributed":
        return layers.TimeDistributed(layers.Dense(**arguments))
    return getattr(layers, kind)(**arguments)


@examples(25)
@given(
    st.lists(LAYERS, min_size=1, max_size=4),
    st.sampled_from(["adam", "sgd", "rmsprop", "adamw", "lion"]),
    st.sampled_from(["mse", "categorical_crossentropy", "sparse_categorical_crossentropy", "mae"]),
)
def test_models_are_understood_or_refused(described, optimizer, loss):
    import keras

    from lstm_lab.models import Architecture

    try:
        model = keras.Sequential([keras.Input(batch_shape=(2, 3, 2)), *(layer(*each) for each in described)])
        model.compile(optimizer, loss)
    except ValueError:  # Keras itself has refused it
        return
    understood = answered(Architecture.from_keras, model)
    if understood is not None:  # then it is the same network: as many weights, of the same shapes
        assert [w.shape for w in model.get_weights()] == understood.weight_shapes(3, 2)


@pytest.fixture(scope="module")
def saved():
    """The bytes of a saved model with its state."""
    import keras

    from lstm_lab import state

    model = keras.Sequential([keras.Input(batch_shape=(1, 2, 1)), keras.layers.LSTM(2, stateful=True)])
    with tempfile.TemporaryDirectory() as folder:
        state.save(model, Path(folder, "model.zip"))
        yield Path(folder, "model.zip").read_bytes()


@examples(15)
@given(data=st.data())
def test_a_damaged_file_of_state_is_refused_or_is_the_same(saved, data):
    from lstm_lab import state

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.zip")
        path.write_bytes(data.draw(damaged(saved)))
        loaded = answered(state.load, path)
        if loaded is not None:
            assert not any(array.any() for array in state.get(loaded).arrays())
