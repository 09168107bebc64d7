"""0606 · What fit, evaluate and predict do with 10 samples.

Question   How many updates does an epoch make, in which order, and what do the calls return?
Source     book, chapter 4, fit, evaluate and predict; define, on activations as layers of their own
Shapes     x [10 samples, 2 time steps, 1 feature] · y [10, 1], the number of each sample
Look at    the order of the samples in the first epoch: `fit` shuffles them unless it is told not to
"""

import numpy as np

from lstm_lab import Lesson, main


def network(*head):
    """LSTM(3) and its head. Without one, the output is 0 for every sample, and stays so: the step size is 0."""
    from lstm_lab.trainers.backend import keras

    layers = head or (keras.layers.Dense(1, kernel_initializer="zeros"),)
    model = keras.Sequential([keras.Input((2, 1)), keras.layers.LSTM(3), *layers])
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["mae"])
    return model


def order(x, y, **options):
    """The samples in the order of learning, in batches of one: the running mean of the losses shows each loss."""
    from lstm_lab.trainers.backend import keras

    means = []
    told = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: means.append(logs["loss"]))
    network().fit(x, y, batch_size=1, verbose=0, callbacks=[told], **options)
    losses = np.diff(np.array([0, *means]) * np.arange(len(means) + 1))
    return np.rint(np.sqrt(np.maximum(losses, 0))).astype(int).tolist()


def measures(settings, rng):
    from lstm_lab.trainers.backend import keras

    keras.utils.set_random_seed(settings.seed)
    n, dense = settings.samples, keras.layers.Dense
    x, y = rng.normal(size=(n, 2, 1)).astype(np.float32), np.arange(n, dtype=np.float32)[:, None]
    values = {}
    for size in settings.batch_sizes:
        model = network()
        history = model.fit(x, y, batch_size=size, epochs=3, verbose=0).history
        values[f"updates_in_batches_of_{size}"] = str(int(model.optimizer.iterations) // 3)
    values["losses_in_the_history_of_3_epochs"] = str(len(history["loss"]))
    values["numbers_of_evaluate"] = str(len(model.evaluate(x, y, verbose=0)))
    for name, options in (("default", {}), ("unshuffled", {"shuffle": False})):
        values[f"{name}_order_kept"] = (int((np.array(order(x, y, **options)) == np.arange(n)).sum()), n)
    apart = network(dense(1), keras.layers.Activation("sigmoid"))
    within = network(dense(1, "sigmoid"))
    within.set_weights(apart.get_weights())
    same = np.isclose(apart.predict(x, verbose=0), within.predict(x, verbose=0), atol=1e-6)
    return values | {"activation_as_a_layer_same": (int(same.sum()), n)}


lesson = Lesson(__file__, show=lambda settings: [str(measures(settings, np.random.default_rng(0)))], measures=measures)

if __name__ == "__main__":
    main(lesson)
