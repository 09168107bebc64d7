"""Truncated BPTT(k1, k2) against the rule spelt out in NumPy, its gradients taken by finite differences in float64."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from lstm_lab import compiled, models, probes, schedule
from lstm_lab.framing.codec import Codec
from lstm_lab.framing.framed import Framed
from lstm_lab.framing.schedule import Schedule
from lstm_lab.judging.measures import Number
from lstm_lab.models import SGD
from lstm_lab.suite.catalogue import load_script

RATE = float(np.float32(0.5))
SYMBOLS = tuple("ABC")


def sequences(steps: int, batch: int, per_step: bool = True) -> Framed:
    rng = np.random.default_rng(1)
    inputs = rng.integers(0, 3, (batch, steps, 1)).astype(np.int32)
    targets = rng.integers(0, 3, (batch, steps) if per_step else batch).astype(np.int32)
    known = rng.random((batch, steps)) < 0.7 if per_step else None
    return Framed(inputs, targets, Codec(SYMBOLS, "one_hot"), Codec(SYMBOLS), loss_mask=known)


def small(per_step: bool = True, stateful: bool = False):
    return models.lstm_classifier(2, 3, return_sequences=per_step, stateful=stateful, optimizer=SGD(RATE))


def by_the_rule(weights, framed: Framed, k1: int, k2: int, rows: int):
    """Weights and the number of updates after learning all samples as one batch, `rows` times, each from zeros."""
    batch, steps = framed.inputs.shape[:2]
    x = np.eye(3)[framed.inputs[..., 0]]
    known, targets = framed.loss_mask, framed.targets
    if targets.ndim == 1:
        targets = np.tile(targets[:, None], (1, steps))
        known = np.tile(np.arange(steps) == steps - 1, (batch, 1))
    updates = 0
    for _ in range(rows):
        stored = {0: (np.zeros((batch, 2)), np.zeros((batch, 2)))}
        unlearnt = {(b, t) for b in range(batch) for t in range(steps) if known[b, t]}
        for end in (t for t in range(1, steps + 1) if t % k1 == 0 or t == steps):
            start, cut = max(end - max(k1, k2), 0), max(end - k2, 0)
            stored |= run(weights, x, start, end, stored[start])[1]
            learnt = {(b, t) for b, t in unlearnt if end - min(k1, k2) <= t < end}
            unlearnt -= learnt
            if not learnt:
                continue

            def loss(weights, cut=cut, end=end, learnt=learnt, held=stored[cut]):
                logits, _ = run(weights, x, cut, end, held)
                return np.mean(
                    [np.log(np.exp(logits[t][b]).sum()) - logits[t][b][targets[b, t]] for b, t in sorted(learnt)]
                )

            weights = [w - RATE * g for w, g in zip(weights, differences(loss, weights), strict=True)]
            updates += 1
    return weights, updates


def run(weights, x, start, end, state):
    """Logits and states of steps start … end − 1; a state's key is the number of steps behind it."""
    kernel, recurrent, bias, head, head_bias = weights
    (h, c), logits, states = state, {}, {}
    for t in range(start, end):
        z = x[:, t] @ kernel + h @ recurrent + bias
        i, f, o = (1 / (1 + np.exp(-z[:, 2 * n : 2 * n + 2])) for n in (0, 1, 3))
        c = f * c + i * np.tanh(z[:, 4:6])
        h = o * np.tanh(c)
        logits[t], states[t + 1] = h @ head + head_bias, (h, c)
    return logits, states


def differences(loss, weights, step=1e-6):
    gradients = []
    for array in weights:
        gradient = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = loss(weights)
            array[place] = kept - step
            gradient[place] = (above - loss(weights)) / (2 * step)
            array[place] = kept
        gradients.append(gradient)
    return gradients


@pytest.fixture
def float64():
    """JAX in double precision; by its configuration, because `jax.enable_x64` is newer than the oldest JAX allowed."""
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", False)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("per_step", [True, False], ids=["every step", "last step"])
@pytest.mark.parametrize(("k1", "k2"), [(5, 5), (5, 2), (1, 5), (1, 1), (3, 1), (2, 4), (2, 2)])
def test_the_rule_by_finite_differences(k1, k2, per_step):
    framed, architecture = sequences(5, 2, per_step), small(per_step)
    rows = 2
    order = Schedule(
        np.tile(np.arange(2, dtype=np.int32), (rows, 1)), np.ones((rows, 2), bool), np.arange(rows), k1=k1, k2=k2
    )
    weights = [w.astype(float) for w in architecture.initial_weights(5, 3, np.random.default_rng(0))]
    ours = compiled.train(architecture, framed, order, [w.copy() for w in weights])
    theirs, updates = by_the_rule([w.copy() for w in weights], framed, k1, k2, rows)
    assert ours.weights[0].dtype == float
    assert ours.optimizer_state.iterations == updates
    assert max(np.abs(a - b).max() for a, b in zip(theirs, weights, strict=True)) > 0.05
    for a, b in zip(ours.weights, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-7)


@pytest.mark.parametrize(
    ("k1", "k2", "steps_with_targets", "updates", "steps_run"),
    [
        (2, 2, [2], 1, 4),  # of three steps: the window of steps 2 and 3 has no target that is new
        (2, 2, [3], 1, 4),
        (2, 2, [1, 2, 3], 2, 4),
        (2, 3, [2], 1, 5),
        (1, 3, [1, 3], 2, 6),
        (2, 1, [1, 3], 1, 4),  # step 1 is never among the last min(k1, k2) = 1
        (3, 3, [1], 1, 3),
        (3, 1, [2], 0, 3),
    ],
)
def test_each_target_is_counted_once(k1, k2, steps_with_targets, updates, steps_run):
    known = np.isin(np.arange(1, 4), steps_with_targets)[None]
    framed, network = replace(sequences(3, 1), loss_mask=known), small()
    weights = network.initial_weights(3, 3, np.random.default_rng(0))
    order = schedule.truncated(k1, k2)
    trained = compiled.train(network, framed, order.schedule(framed, epochs=5), weights)
    assert trained.optimizer_state.iterations == 5 * updates
    cost = probes.cost_of_truncation()(SimpleNamespace(framed=framed, order=order))
    assert cost["updates_per_sequence"].value == Number(updates)
    assert cost["steps_run_per_sequence"].value == Number(steps_run)


def script(name: str):
    return load_script(Path(__file__).parents[1] / "experiments" / f"{name}.py")


@pytest.mark.parametrize(("k2", "same"), [(1, True), (12, False)])
def test_stored_activations_are_the_same_form_only_where_no_step_is_run_again(k2, same):
    experiment = script("0411_tbptt_stored")
    job = experiment.job(experiment.config.resolve("main", {"k2": k2, "epochs": 20}), seed=0)
    learn = experiment.probes[-1].__globals__["learn_from_stored"]
    stored = learn(job.framed, job.weights, job.architecture.optimizer, k2, 10)
    ours = compiled.train(job.architecture, job.framed, job.schedule, job.weights).weights
    apart = max(np.abs(a - b).max() for a, b in zip(stored, ours, strict=True))
    assert (apart < 1e-4) == same
    assert (apart > 1e-2) != same


def test_equal_k_is_stateful_training_on_pieces():
    """What Keras does when a long sequence is cut into samples and state is carried: TBPTT(k, k) and nothing else."""
    framed, network = sequences(12, 3), small(stateful=True)
    order = schedule.in_sequence("sequence", slots="runs").schedule(framed.take(slice(None)), 4, batch_size=3)
    weights = network.initial_weights(12, 3, np.random.default_rng(0))
    whole = compiled.train(network, framed, Schedule(**vars(order) | {"k1": 3, "k2": 3}), weights)
    pieces = Framed(
        framed.inputs.reshape(12, 3, 1), framed.targets.reshape(12, 3), framed.codec, framed.target_codec,
        loss_mask=framed.loss_mask.reshape(12, 3),
    )  # fmt: skip
    rows = np.tile(np.arange(4)[:, None] + 4 * np.arange(3), (4, 1)).astype(np.int32)
    resets = np.tile((np.arange(4) == 0)[:, None], (4, 3))
    cut = compiled.train(network, pieces, Schedule(rows, resets, np.arange(16) // 4, carries=True), weights)
    for a, b in zip(whole.weights, cut.weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    np.testing.assert_allclose(whole.state[0], cut.state[0], atol=1e-6)
    np.testing.assert_allclose(whole.history["loss"], cut.history["loss"], rtol=1e-4)


def test_windows_need_an_answer_at_every_step():
    network = models.lstm_decoder(2, 3, outputs=4)
    framed = sequences(4, 2)
    order = Schedule(np.zeros((1, 1), np.int32), np.ones((1, 1), bool), np.zeros(1, np.int32), k1=2, k2=2)
    with pytest.raises(ValueError, match=r"k1 is 2 and k2 2: .* RepeatVector"):
        compiled.train(network, framed, order, network.initial_weights(4, 3, np.random.default_rng(0)))


def test_keras_needs_a_target_at_each_step_that_is_answered():
    from lstm_lab.trainers import keras

    framed, network = sequences(3, 2, per_step=False), small()
    weights = network.initial_weights(3, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"targets of shape \(2,\): this network answers at every step, and Keras"):
        keras.train(network, framed, schedule.in_batches().schedule(framed, 1), weights)


@pytest.mark.parametrize(("k1", "k2", "steps"), [(1, 3, 6.3), (1, 12, 19.8), (12, 12, 2.4), (3, 1, 1.6)])
def test_0414_counts_the_steps_of_the_network_for_each_target(k1, k2, steps):
    """12 steps, 10 targets. (1, 3): 1 + 2 + 10 · 3 steps are run and 10 · 3 gone back, for 10 targets."""
    experiment = script("0414_tbptt_map")
    settings = experiment.config.resolve("main", {"k1": k1, "k2": k2, "epochs": 2})
    job = experiment.job(settings, seed=0)
    measured = experiment.probes[-1](SimpleNamespace(framed=job.framed, order=job.order, settings=settings))
    assert measured["steps_per_target"].value == Number(pytest.approx(steps))


@pytest.mark.slow
def test_0405_copies_are_the_network():
    measured = script("0405_unfolded").ask(script("0405_unfolded").config.resolve(), seed=0)
    assert measured["outputs_agreeing"].value.stored == [20, 20]
    assert measured["gradients_agreeing"].value.stored == [180, 180]
    assert measured["last_copy_agreeing"].value.stored[0] < 18


@pytest.mark.parametrize("k", [3, 12])
def test_0425_finds_the_cut_in_each_library(k):
    lesson = script("0425_tbptt_in_libraries")
    measured = lesson.ask(lesson.config.resolve(overrides={"k": k}), seed=0)
    assert len(measured) == 6
    assert all(measure.value.stored == [12, 12] for measure in measured.values())
