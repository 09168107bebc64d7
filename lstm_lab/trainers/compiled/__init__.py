"""The compiled trainer: the updates of Keras' loops, in the same order and with the same resets, as one XLA program.

It imports NumPy and JAX and nothing of Keras or TensorFlow, so that a run starts in a second and goes wherever JAX
goes. Weights go in and come out in Keras' order and layout. A process compiles its programs anew, unless
JAX is told where to keep them, with JAX_COMPILATION_CACHE_DIR; the command line keeps them in the user's cache folder.

>>> import numpy as np
>>> from lstm_lab import compiled, framing, models, schedule
>>> from lstm_lab.datasets import alphabet
>>> framed = framing.time_steps(alphabet.pairs(1, "ABCDE"))
>>> network = models.lstm_classifier(units=8, classes=5, stateful=True)
>>> order = schedule.in_sequence(reset="epoch").schedule(framed, epochs=200)
>>> start = network.initial_weights(framed.steps, framed.features, np.random.default_rng(0))
>>> trained = compiled.train(network, framed, order, start)
>>> bool(trained.history["loss"][-1] < trained.history["loss"][0])
True
"""

from lstm_lab.models.predictor import Predictor
from lstm_lab.trainers.compiled.fit import fit
from lstm_lab.trainers.compiled.run import OptimizerState, cores, each_seed, find_device, group_of, train, train_seeds
from lstm_lab.trainers.trained import Trained, TrainingDiverged

__all__ = [
    "OptimizerState",
    "Predictor",
    "Trained",
    "TrainingDiverged",
    "cores",
    "each_seed",
    "find_device",
    "fit",
    "group_of",
    "train",
    "train_seeds",
]
