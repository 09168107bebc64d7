"""The time of our Keras trainer beside the plainest Keras loop for the same section, as a ratio measured in one run.

The loops below are what a Keras user would write. Both train for the same epochs, fewer than the section has.
"""

from __future__ import annotations

import resource

import table

from lstm_lab.suite import catalogue
from lstm_lab.suite.draws import LegacyDraws
from lstm_lab.suite.experiment import Experiment
from lstm_lab.trainers import keras as trainer
from lstm_lab.trainers.backend import keras

EPOCHS = {"0110": 60, "0120": 60, "0130": 60, "0140": 300, "0150": 60, "0170": 3}


def plain(declared: Experiment, epochs: int) -> None:
    """fit, and for the stateful network fit and reset, with nothing around it."""
    settings = declared.config.resolve(overrides={"epochs": epochs})
    keras.utils.set_random_seed(7)
    framed = declared.data(settings, LegacyDraws(7))
    x, y = framed.x(), keras.utils.to_categorical(framed.targets, 26)
    stateful = declared.id == "0150"
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(settings.batch_size if stateful else None, *x.shape[1:])),
            keras.layers.LSTM(settings.units, stateful=stateful),
            keras.layers.Dense(26, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    if stateful:
        for _ in range(epochs):
            model.fit(x, y, epochs=1, batch_size=settings.batch_size, verbose=0, shuffle=False)
            model.layers[0].reset_state()
    else:
        shuffle = declared.id != "0140"
        model.fit(x, y, epochs=epochs, batch_size=settings.batch_size, verbose=0, shuffle=shuffle)


def ours(declared: Experiment, epochs: int) -> None:
    """The literal start, with history and progress."""
    settings = declared.config.resolve(overrides={"epochs": epochs})
    keras.utils.set_random_seed(7)
    framed = declared.data(settings, LegacyDraws(7))
    architecture, order = declared.checked(settings, framed)
    trainer.literal(architecture, framed, order, epochs, settings.batch_size, lambda done, logs: None)


def main() -> None:
    quick = table.options(__doc__, "two epochs, one round").parse_args().quick
    rows = []
    for section, epochs in EPOCHS.items():
        epochs = 2 if quick else epochs
        declared = catalogue.load(catalogue.find(section))
        assert isinstance(declared, Experiment)
        taken = table.interleaved(
            {"plain": lambda d=declared, e=epochs: plain(d, e), "ours": lambda d=declared, e=epochs: ours(d, e)},
            rounds=1 if quick else 3,
        )
        ratio = taken["ours"] / taken["plain"]
        rows.append([section, str(epochs), f"{taken['plain']:.2f}", f"{taken['ours']:.2f}", f"{ratio:.2f}"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    table.write(
        "keras_overhead",
        "Our Keras trainer beside the plainest Keras loop",
        ["section", "epochs", "plain, s", "ours, s", "ours / plain"],
        rows,
        f"Medians of three interleaved runs. Peak memory of the whole process: {peak:.2f} GB.",
    )


if __name__ == "__main__":
    main()
