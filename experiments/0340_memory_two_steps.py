"""0340 · Memory: two time steps in a sample.

Question   If (3, 0) → 1, (0, 1) → 2, (1, 2) → 3 are samples of two time steps, is carried state still needed?
Source     memory tutorial, a reader's two-step framing
Shapes     x [6 samples, 2 time steps, 5 features] one-hot · y [6] symbol index; three samples a sequence
Look at    (1, 2), which is followed by 3 in one sequence and by 4 in the other. If samples overlap, the carried state
           is given values twice; if not, as with (3, 0) → 1 and (1, 2) → 3, once
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def samples(settings, rng):
    pairs = datasets.memory.pairs(context=settings.steps, stride=settings.stride)
    return framing.time_steps(pairs, coding="one_hot")


experiment = Experiment(
    __file__,
    data=samples,
    model=lambda settings: models.lstm_classifier(settings.units, 5, stateful=settings.carry, activation="sigmoid"),
    order=lambda settings: schedule.in_sequence(reset="sequence" if settings.carry else "batch"),
    ask=[probes.in_order(), probes.kernel_unmoved(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
