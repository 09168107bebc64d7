"""0410 · Truncated BPTT: its canonical forms side by side.

Question   An update every k1 steps with gradients over k2: which forms learn what lies some steps back, at what cost?
Source     book, chapter 2, configurations for truncated BPTT
Shapes     x [sequences, 12 time steps, symbols] one-hot · y [sequences, 12] the symbol asked for at every step
Look at    what is recalled, beside the updates and the time steps run for each sequence
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.probes import Measure


def sequences(settings, rng):
    """Fresh random sequences to echo some steps late; or the two of which only the last symbol is asked, the first."""
    if settings.task == "memory":
        both = datasets.memory.long_lag(settings.length)
        return framing.sequences(datasets.memory.pairs(both, last_only=True), coding="one_hot")
    pairs = datasets.lags.echo(
        settings.epochs * settings.batch_size, settings.length, settings.lag, 4, rng, per_epoch=settings.batch_size
    )
    return framing.sequences(pairs, coding="one_hot")


def recalled(asked):
    """The answers that need memory: the last one of each sequence, or all that echo on fresh sequences."""
    fresh = asked.settings.task == "echo"
    return (probes.fresh_sequences(20, "recalled") if fresh else probes.in_order("recalled"))(asked)


def cost(asked):
    """Updates a sequence, those whose last min(k1, k2) steps hold an answer, and the time steps that are run."""
    settings, steps = asked.settings, asked.framed.steps
    ends = {*range(settings.k1, steps + 1, settings.k1), steps}
    answered, new = asked.framed.loss_mask[0], min(settings.k1, settings.k2)
    updates = sum(bool(answered[max(end - new, 0) : end].any()) for end in ends)
    run = sum(min(end, max(settings.k1, settings.k2)) for end in ends)
    return {"updates_per_sequence": Measure(float(updates)), "steps_run_per_sequence": Measure(float(run))}


experiment = Experiment(
    __file__,
    data=sequences,
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=settings.length + 1 if settings.task == "memory" else 4,
        return_sequences=True,
        optimizer=models.Adam(settings.learning_rate),
    ),
    order=schedule.in_batches(),
    ask=[recalled, cost, probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
