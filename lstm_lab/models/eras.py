"""Keras' defaults at the time of the sources, and today: what `in_keras1` switches, and what it leaves.

The alphabet tutorial says that it was run with Keras 2.0.2, the other two ask for Keras 2.0 or later. Keras 2.0 still
had the gates and the ε of Keras 1, hence the name. The report prints this list, and nothing else says it again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Default:
    """One default of Keras: what it was then, what it is in Keras 3, and what becomes of it here."""

    what: str
    then: str
    now: str
    here: str


DEFAULTS = (
    Default(
        "gates of an LSTM",
        "hard_sigmoid up to Keras 2.2: 0.2 z + 0.5, clipped to 0 and 1",
        "sigmoid; the hard_sigmoid of Keras 3 is another one, relu6(z + 3) / 6",
        "switched",
    ),
    Default("ε of Adam", "1e-8, until December 2017", "1e-7", "switched"),
    Default("place of Adam's ε", "beside the root, after the correction of the rate", "the same", "nothing to switch"),
    Default("bias of the forget gate", "1", "1", "nothing to switch"),
    Default(
        "first weights of an LSTM",
        "Keras 1 drew each gate's weights by themselves, and made the recurrent ones 1.1 times as large; "
        "Keras 2.0 drew them as Keras 3 does",
        "one Glorot draw for all gates, one orthogonal draw for all recurrent weights",
        "as in Keras 2.0 and 3",
    ),
    Default(
        "cross-entropy",
        "of probabilities clipped to 1e-7 and 1 − 1e-7",
        "with TensorFlow, from the logits, not clipped",
        "as in Keras 3: the two differ only for probabilities beyond the clip",
    ),
    Default(
        "random numbers of a seed",
        "NumPy's generator, with those of Theano or TensorFlow 1",
        "Keras' own seeds, with those of TensorFlow 2",
        "as in Keras 3: seed 7 of then cannot be drawn again",
    ),
)
