"""0312 · Memory: other networks on the tutorial's two sequences.

Question   Can only an LSTM solve the problem, or also a plain recurrent network, a GRU, a feed-forward network?
Source     memory tutorial, problem description: only a recurrent network such as an LSTM can solve it, an MLP cannot
Shapes     x [8 samples, 1 time step, 5 features] one-hot · y [8] symbol index; `window`: the sequence so far, [8, 4, 5]
Look at    `window`: a feed-forward network needs no memory if it is given the whole sequence so far
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

window = {
    "data": lambda settings, rng: framing.growing(datasets.memory.pairs(), coding="one_hot"),
    "model": lambda settings: models.mlp_classifier(settings.units, classes=5),
    "order": schedule.in_batches(),
}
experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.time_steps(datasets.memory.pairs(), coding="one_hot"),
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=5, kind=settings.kind, stateful=True, activation="sigmoid"
    ),
    order=schedule.in_sequence(reset="sequence"),
    ask=[probes.in_order(), probes.final_loss()],
    variants={"window": window},
)

if __name__ == "__main__":
    main(experiment)
