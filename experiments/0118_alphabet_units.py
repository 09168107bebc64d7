"""0118 · Alphabet, units and scale: why 32 units, and why numbers from 0 to 1?

Question   Does the naive network need its 32 units, and does dividing its letters by 26 help it?
Source     alphabet tutorial, a reader's question why 32 units; and its section that scales letters to the range 0 to 1
Shapes     x [25 samples, 1 time step, 1 feature] float32 · y [25] letter index; with length 3 x [23, 3, 1]
Look at    the grid of units; and `not_scaled`, whose letters are the numbers 0 to 25
"""

from dataclasses import replace

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def letters(settings, rng):
    """The alphabet's pairs; letter number n is the input n / `divisor`."""
    framed = framing.time_steps(datasets.alphabet.pairs(settings.length))
    return replace(framed, codec=replace(framed.codec, scale=settings.divisor))


experiment = Experiment(
    __file__,
    data=letters,
    model=lambda settings: models.lstm_classifier(settings.units, classes=26),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.final_loss()],
    variants={"in_order_of_the_alphabet": {"order": schedule.in_batches()}},
)

if __name__ == "__main__":
    main(experiment)
