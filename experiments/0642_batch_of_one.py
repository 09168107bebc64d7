"""0642 · Does a batch size of 1 reset the state?

Question   Is it the batch size that makes each sequence start from an empty state?
Source     book, chapter 4, state management, first of three common examples
Shapes     x [8 samples, 3 time steps, 1 feature] in batches of 1 or 4 · answers [8, 1]
Look at    the answers that are the same as from an empty state, with `stateful` on and off
"""

import numpy as np

from lstm_lab import Lesson, main, models, state


def keras_model(network, weights, batch_size, steps):
    model = network.to_keras((batch_size, steps, 1))
    model.set_weights(weights)
    return model


def predicted(network, weights, x, batch_size):
    """Keras' answers to all samples from a new model: [samples, 1]."""
    return keras_model(network, weights, batch_size, x.shape[1]).predict(x, batch_size=batch_size, verbose=0)


def same(answers, wanted):
    return int(np.isclose(answers, wanted, atol=1e-6).all(axis=1).sum()), len(wanted)


def measures(settings, rng):
    n, large = settings.samples, settings.batch_size
    x = rng.normal(size=(n, settings.steps, 1)).astype(np.float32)
    stateless, stateful = (models.lstm_regressor(settings.units, stateful=carried) for carried in (False, True))
    weights = stateless.initial_weights(settings.steps, 1, rng)
    wanted = np.concatenate([predicted(stateless, weights, sample[None], 1) for sample in x])
    values = {}
    for size in (1, large):
        values[f"stateless_{size}"] = same(predicted(stateless, weights, x, size), wanted)
        values[f"stateful_{size}"] = same(predicted(stateful, weights, x, size), wanted)
    one, answers = keras_model(stateful, weights, 1, settings.steps), []
    for sample in x:
        state.reset(one)
        answers.append(one.predict(sample[None], verbose=0)[0])
    values["stateful_1_with_a_reset_before_each"] = same(np.array(answers), wanted)
    changed = x.copy()
    changed[::large] += 1  # the first row of every batch
    before, after = (predicted(stateful, weights, each, large) for each in (x, changed))
    others = np.arange(n) % large > 0
    return values | {"rows_untouched_by_the_first_row": same(after[others], before[others])}


def show(settings):
    measured = measures(settings, np.random.default_rng(0))
    return [f"{name}: {right} of {asked} answers are the same" for name, (right, asked) in measured.items()]


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
