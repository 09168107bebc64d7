"""0352 · Memory: what the state remembers and forgets.

Question   How much of the first symbol is left in the state after each step: untrained, trained, and after a reset?
Source     memory tutorial, what its results show; readers' questions on when state is reset and what a reset does
Shapes     x [2 sequences, p time steps, p + 1 features] one-hot · y [2, p] symbol index
Look at    curves.svg: the distance of the two sequences' states, as a share of the distance after the first symbol;
           only that symbol differs, so the network remembers it as long as the states differ
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def memory_of_the_first_symbol(asked):
    """The three curves, and the right last answers: untrained, trained, and with a reset half way."""
    framed, kept, measures = asked.framed, {}, {}
    targets, guessed = framed.targets[:, -1], probes.lookup_table(framed, framed)[:, -1]
    ways = {
        "untrained": (asked.before, None),
        "trained": (asked.trained.weights, None),
        "reset": (asked.trained.weights, framed.steps // 2),
    }
    for name, (weights, reset_at) in ways.items():
        apart, answers = probes.side_by_side(asked, weights, framed.inputs, reset_at)
        right, best = int((answers == targets).sum()), int((guessed == targets).sum())
        measures[f"last_{name}"] = Measure((right, 2), chance=2 / framed.target_codec.classes, lookup_table=best)
        measures |= {f"{name}_t{step:02}": Measure(float(share)) for step, share in enumerate(apart, 1)}
        kept[name] = apart[-1]
    return measures | {"kept_over_untrained": Measure(float(kept["trained"] / kept["untrained"]))}


experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.sequences(datasets.memory.long_lag_pairs(settings.steps), coding="one_hot"),
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=settings.steps + 1, return_sequences=True, activation=settings.activation
    ),
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[probes.in_order(), memory_of_the_first_symbol],
)

if __name__ == "__main__":
    main(experiment)
