"""0412 · Truncated BPTT: its canonical forms on a memory.

Question   Which forms learn to remember over the whole sequence: must k2 be as long?
Source     book, chapter 2, configurations for truncated BPTT
Shapes     x [2 sequences, 12 time steps, 13 symbols] one-hot · y [2, 12], of which only the last is a target: the
           first symbol again
Look at    the forms with k2 = 12 beside the others; a sequence has one target, so every form makes one update for it
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.sequences(
        datasets.memory.long_lag_pairs(settings.length, last_only=True), coding="one_hot"
    ),
    model=lambda settings: models.lstm_classifier(
        settings.units, settings.length + 1, return_sequences=True, learning_rate=settings.learning_rate
    ),
    order=lambda settings: schedule.truncated(settings.k1, settings.k2),
    ask=[probes.in_order("recalled"), probes.cost_of_truncation(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
