"""0320 · Memory: the smallest network and the fewest epochs that still solve it.

Question   The tutorial's 20 units and 250 epochs came from trial and error: what is enough, on nine seeds of ten?
Source     memory tutorial, extension "Tuning"
Shapes     x [8 samples, 1 time step, 5 features] one-hot · y [8] symbol index
Look at    the grid of units × epochs, searched on seeds 0 to 19; the section itself is its winner, on all 100 seeds,
           of which 20 to 99 were not searched with
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.memory.pairs(), coding="one_hot"),
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=5, stateful=settings.carry, activation="sigmoid"
    ),
    order=lambda settings: schedule.in_sequence(reset="sequence" if settings.carry else "batch"),
    ask=[probes.in_order(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
