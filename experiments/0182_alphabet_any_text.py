"""0182 · Alphabet, any text: symbols that occur more than once.

Question   What does a network learn from a text in which the same letter is followed by different letters?
Source     alphabet tutorial, readers' questions on repetitive sequences such as "aaaabbbccd…" and "ABCDEFABCXYZ"
Shapes     x [pairs of the text, 1 time step, 1 feature], or [pairs, length time steps, 1 feature] · y symbol index
Look at    `best_possible`: the largest number of right answers that the framing allows; try --set text=yours
"""

from collections import Counter, defaultdict

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

ORDERS = {
    "stateful": schedule.in_sequence(reset="epoch"),
    "no carried state": schedule.in_batches(),
    "time steps": schedule.shuffled(),
}


def pairs_of_text(settings, rng):
    """Each symbol and the next one; or windows of `length` symbols as time steps."""
    length = settings.length if settings.framing == "time steps" else 1
    return framing.time_steps(datasets.alphabet.pairs(length, settings.text), coding=settings.coding)


def best_possible(asked):
    """The largest number of right answers that the framing allows: each context gets its most common successor."""
    framed, seen = asked.framed, defaultdict(Counter)
    shown = [bytes(framed.inputs[: i + 1] if asked.order.carries else framed.inputs[i]) for i in range(framed.samples)]
    for context, target in zip(shown, framed.targets.tolist(), strict=True):
        seen[context][target] += 1
    right = sum(counter.most_common(1)[0][1] for counter in seen.values())
    return {"best_possible": probes.Measure((right, framed.samples))}


experiment = Experiment(
    __file__,
    data=pairs_of_text,
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=len(set(settings.text)), stateful=settings.framing == "stateful"
    ),
    order=lambda settings: ORDERS[settings.framing],
    ask=[probes.in_order(), best_possible],
)

if __name__ == "__main__":
    main(experiment)
