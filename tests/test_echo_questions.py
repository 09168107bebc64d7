"""The echo family: what its experiments ask, each probe with a made-up network whose answers are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from lstm_lab.datasets import echo
from lstm_lab.suite import catalogue
from lstm_lab.trainers.trained import Trained


def asked_of(experiment, settings, predictor, rng=7, **parts):
    """What a probe of an experiment needs, with a made-up network."""
    rng = np.random.default_rng(rng)
    order, redraw = experiment.order(settings), lambda changed: experiment.data(changed, rng)
    architecture = experiment.model(settings)
    framed = experiment.data(settings.replace(epochs=1), np.random.default_rng(1))
    return SimpleNamespace(
        settings=settings,
        order=order,
        redraw=redraw,
        architecture=architecture,
        framed=framed,
        predictor=predictor,
        rng=rng,
        **parts,
    )


def says(codes, classes=100):
    """Probabilities whose largest entries are these codes."""
    return np.eye(classes, dtype=np.float32)[codes]


def test_scaled_numbers_are_the_integers_over_the_largest():
    experiment = catalogue.load(catalogue.find("0222"))
    settings = experiment.config.resolve("five_steps", overrides={"epochs": 2})
    framed = experiment.data(settings, np.random.default_rng(3))
    values = echo.draw(2, np.random.default_rng(3))
    assert framed.shape == (20, 5, 1)
    np.testing.assert_allclose(framed.inputs[0, :, 0] * 99, values[0, 1:6], atol=1e-4)
    np.testing.assert_allclose(framed.targets[:20, 0] * 99, values[0, 4:24], atol=1e-4)


def test_a_rounded_answer_is_right_only_within_half_an_integer():
    experiment = catalogue.load(catalogue.find("0222"))
    settings = experiment.config.resolve()
    for off, right, within in ((0.4, 2500, 2500), (0.6, 0, 2500), (5.6, 0, 0)):
        asked = asked_of(experiment, settings, lambda x, state, off=off: (x[:, 0] + np.float32(off / 99), None))
        measures = experiment.probes[1](asked)
        assert measures["rounded"].value.stored == [right, 2500]
        assert measures["within_five"].value.stored == [within, 2500]


def test_integers_become_bits_the_highest_first():
    experiment = catalogue.load(catalogue.find("0224"))
    settings = experiment.config.resolve(overrides={"epochs": 1})
    framed = experiment.data(settings, np.random.default_rng(7))
    assert echo.draw(1, np.random.default_rng(7))[0, 0] == 94
    assert framed.inputs[0, 0].tolist() == [1, 0, 1, 1, 1, 1, 0]
    np.testing.assert_array_equal(framed.inputs[:, 0], framed.targets)
    one = experiment.config.resolve("one_bit", overrides={"epochs": 1})
    assert experiment.data(one, np.random.default_rng(7)).shape == (20, 5, 1)


def test_an_integer_is_right_only_if_all_its_bits_are():
    experiment = catalogue.load(catalogue.find("0224"))

    def first_bit_wrong(x, state):
        return np.concatenate([1 - x[:, 0, :1], x[:, 0, 1:]], axis=1), None

    measures = experiment.probes[0](asked_of(experiment, experiment.config.resolve(), first_bit_wrong))
    assert measures["right"].value.stored == [0, 2500]
    assert measures["bits"].value.stored == [6 * 2500, 7 * 2500]


@pytest.mark.parametrize(("variant", "different", "rows"), [("fresh", 2, 25), ("main", 1, 25), ("each_once", 1, 100)])
def test_a_fixed_training_set_stays_and_a_fresh_one_does_not(variant, different, rows):
    experiment = catalogue.load(catalogue.find("0226"))
    settings = experiment.config.resolve(variant, overrides={"epochs": 2})
    job = experiment.job(settings, 0)
    learnt = job.framed.inputs[job.schedule.batches.ravel(), 0, 0].reshape(2, -1)
    assert learnt.shape == (2, rows)
    assert len({tuple(sorted(epoch)) for epoch in learnt}) == different
    if variant == "each_once":
        assert sorted(learnt[0]) == list(range(100))


def test_an_answer_is_unchanged_if_it_is_the_same_from_a_zero_state():
    experiment = catalogue.load(catalogue.find("0238"))
    settings = experiment.config.resolve()

    def ignores_state(x, state):
        return says(x[:, 0, 0]), [(np.zeros((len(x), 1)),)]

    def counts_batches(x, state):
        seen = 0 if state is None else int(state[0][0][0, 0])
        return says((x[:, 0, 0] + seen) % 100), [(np.full((len(x), 1), seen + 1),)]

    probe = experiment.probes[0]
    assert probe(asked_of(experiment, settings, ignores_state))["unchanged"].value.stored == [2400, 2400]
    assert probe(asked_of(experiment, settings, counts_batches))["unchanged"].value.stored == [600, 2400]


def test_a_window_is_asked_with_fewer_and_more_steps():
    experiment = catalogue.load(catalogue.find("0242"))
    settings = experiment.config.resolve()

    def fourth_of_five(x, state):
        return says(x[:, min(3, x.shape[1] - 1), 0]), None

    def value_before(x, state):
        return says(x[:, -2, 0]), None

    measures = experiment.probes[0](asked_of(experiment, settings, fourth_of_five))
    assert [name for name, m in measures.items() if m.value.score > 0.5] == ["right_of_05"]
    measures = experiment.probes[0](asked_of(experiment, settings, value_before))
    assert [m.value.score for m in measures.values()] == [1.0] * 9


def test_the_source_removes_one_complete_row():
    lesson = catalogue.load(catalogue.find("0244"))
    measures = lesson.ask(lesson.config.resolve(), 0)
    assert measures["removed_that_lack_a_value"].value.stored == [5, 6]
    assert measures["kept_complete"].value.stored == [20, 20]


def test_a_reader_s_loop_loses_five_numbers_a_pass_and_finds_no_new_ones():
    experiment = catalogue.load(catalogue.find("0270"))
    settings = experiment.config.resolve()
    probe = experiment.probes[1]
    measures = probe(asked_of(experiment, settings, lambda x, state: (says(x[:, -2, 0]), None)))
    assert measures["answers_of_each_pass"].value.stored == "20-15-10-5"
    assert measures["known_numbers"].value.stored == [5000, 5000]
    measures = probe(asked_of(experiment, settings, lambda x, state: (says(np.zeros(len(x), int)), None)))
    assert measures["known_numbers"].value.score < 0.5


def test_twice_the_epochs_are_twice_those_to_learn():
    experiment = catalogue.load(catalogue.find("0250"))
    history = {"accuracy": np.array([0.0] * 10 + [1.0] * 30)}
    measures = experiment.probes[2](SimpleNamespace(trained=Trained([], [], history)))
    assert {name: m.value.score for name, m in measures.items()} == {"epochs_to_learn": 29, "epochs_to_learn_twice": 58}
