"""0310 · Memory: two sequences that differ in their first symbol and end with it.

Question   Does the network learn 3 0 1 2 → 3 and 4 0 1 2 → 4 with carried state, but no gradient through time?
Source     memory tutorial, the two sequences and its complete example
Shapes     x [8 samples, 1 time step, 5 features] one-hot · y [8] symbol index; four samples a sequence
Look at    the answer to 2; and how much the state still depends on the first symbol then, before training and after
"""

from dataclasses import replace

import numpy as np

from lstm_lab import Experiment, compiled, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def network(settings):
    """The tutorial's LSTM, a sigmoid output for every symbol; or another recurrent or a feed-forward network."""
    classes = len(datasets.memory.alphabet(settings.sequences))
    if settings.network == "MLP":
        return models.mlp_classifier(settings.units, classes)
    return models.lstm_classifier(
        settings.units, classes, kind=settings.network, stateful=settings.carry, activation="sigmoid"
    )


def loss_of_last_pass(asked):
    """The last loss that the source prints: of sequence 1 in the last epoch, each symbol before its own update.

    The same training again, with every update as an epoch of its own, because a history has one loss an epoch.
    """
    order = asked.order.schedule(asked.framed, asked.settings.epochs, asked.settings.batch_size)
    singly = replace(order, epoch=np.arange(order.updates, dtype=np.int32))
    losses = compiled.train(asked.architecture, asked.framed, singly, asked.before).history["loss"]
    last_epoch = losses[order.epoch == order.epoch[-1]]
    return {"loss_of_last_pass": Measure(float(last_epoch[: len(last_epoch) // 2].mean()))}


def first_symbol_kept(asked):
    """The distance of the two sequences' states at their last step, as a share of the distance at their first step."""
    if not asked.architecture.state_shapes(1):
        return {}
    both, last, kept = asked.framed.inputs.reshape(2, -1, 1), asked.framed.per_sequence - 1, {}
    for when, weights in (("before", asked.before), ("after", asked.trained.weights)):
        apart, _ = probes.side_by_side(asked, weights, both, reset_at=None if asked.order.carries else last)
        kept[f"first_symbol_kept_{when}"] = Measure(float(apart[-1]))
    return kept


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.memory.pairs(settings.sequences), coding="one_hot"),
    model=network,
    order=lambda settings: schedule.in_sequence(reset="sequence" if settings.carry else "batch"),
    ask=[probes.in_order(), probes.in_order("sequence", per_sequence=True), loss_of_last_pass, first_symbol_kept],
)

if __name__ == "__main__":
    main(experiment)
