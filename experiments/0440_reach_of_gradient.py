"""0440 · How far the gradient reaches: ‖d loss(t) / d x(t − k)‖ against k.

Question   How much of an error gets back to the inputs k steps before it, and does training change that?
Source     book, chapter 2, on vanishing gradients and the choice of k2
Shapes     x [samples, 21 time steps, 4 symbols] one-hot: a cue, 19 fillers, the question · y [samples, 21] the cue
Look at    the curve before training, which fades with k, and after it, which stands up again at the cue
"""

import jax
import jax.numpy as jnp
import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule
from lstm_lab.layers import forward
from lstm_lab.probes import Measure


def cued(settings, rng):
    """Fresh sequences: the cue at their beginning, the question at their end."""
    length, batch = settings.lag + 1, settings.batch_size
    return framing.sequences(
        datasets.lags.cue(settings.epochs * batch, length, settings.lag, length, rng, per_epoch=batch), coding="one_hot"
    )


def reach(architecture, weights, framed):
    """Mean over samples of ‖d loss at the last step / d x(t − k)‖, [time steps], k = 0 first."""
    x, targets = np.swapaxes(framed.x(), 0, 1), framed.targets[:, -1]

    def loss(x):
        logits, _ = forward(jnp, architecture.up_to_the_loss, weights, x, None, [])
        return -jnp.sum(jax.nn.log_softmax(logits[-1])[jnp.arange(framed.samples), targets])

    return np.asarray(jnp.linalg.norm(jax.grad(loss)(x), axis=-1).mean(axis=1))[::-1]


def curves(asked):
    """The curve before and after training: some k of it, and all as lines in powers of ten; how much less it fades
    from the filler half way to the cue once the network is trained."""
    fresh, lag = asked.redraw(asked.settings.replace(epochs=1)), asked.settings.lag
    measures, kept = {}, {}
    for when, weights in (("before", asked.before), ("after", asked.trained.weights)):
        curve = reach(asked.architecture, weights, fresh)
        measures |= {f"{when}_k{k:02}": Measure(float(curve[k])) for k in asked.settings.shown}
        lines = [f"k = {k:2}  10^{np.log10(value):5.1f}" for k, value in enumerate(curve)]
        measures[f"{when}_cue_to_present"] = Measure(float(curve[lag] / curve[0]), lines=lines)
        kept[when] = curve[lag] / curve[lag // 2]
    return measures | {"opened": Measure(float(kept["after"] / kept["before"]))}


experiment = Experiment(
    __file__,
    data=cued,
    model=lambda settings: models.lstm_classifier(
        settings.units, classes=4, return_sequences=True, optimizer=models.Adam(settings.learning_rate)
    ),
    order=schedule.in_batches(),
    ask=[probes.fresh_sequences(num=10), curves],
)

if __name__ == "__main__":
    main(experiment)
