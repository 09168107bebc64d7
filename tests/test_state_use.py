"""Does the network use its state? Tests on networks made by hand, of which the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from made_networks import STEPS, SYMBOLS, clock, cue_kept, memoryless, one_back, sequences

from lstm_lab.inspecting.use import verdict
from lstm_lab.inspecting.use.clock import explained
from lstm_lab.inspecting.use.making import TESTS, ask
from lstm_lab.inspecting.use.network import Ours
from lstm_lab.inspecting.use.sequences import as_symbols, of_samples, read_targets
from lstm_lab.inspecting.use.verdict import KINDS

ROWS = 40
QUICK = [test for test in TESTS if test != "gradient"]


def drawn(seed=0):
    """Random symbols [sequences, steps]."""
    return np.random.default_rng(seed).integers(SYMBOLS, size=(ROWS, STEPS))


def before(x):
    """The symbol before each, 0 before the first."""
    return np.concatenate([np.zeros((len(x), 1), int), x[:, :-1]], axis=1)


def cued(seed=0):
    """A cue, 0 or 1, then 2s and 3s; and the cue at every step."""
    rng = np.random.default_rng(seed)
    x = rng.integers(2, 4, size=(ROWS, STEPS))
    x[:, 0] = rng.integers(2, size=ROWS)
    return x, np.repeat(x[:, :1], STEPS, axis=1)


CASES = {
    "memoryless": (memoryless, lambda: (drawn(), drawn()), verdict.NOTHING),
    "one step back": (one_back, lambda: (drawn(), before(drawn())), verdict.REMEMBERS),
    "clock": (clock, lambda: (drawn(), np.tile(np.arange(STEPS), (ROWS, 1))), verdict.CLOCK),
    "first cue kept": (cue_kept, cued, verdict.TRAINED),
    "last cue kept": (lambda: cue_kept(overwritten=True), cued, verdict.REMEMBERS),
    "noisy": (lambda: cue_kept(overwritten=True, pull=3), cued, verdict.REMEMBERS),
    "guesses": (memoryless, lambda: (drawn(), drawn(1)), verdict.CHANCE),
}


def highest(curve):
    """Where a curve is highest."""
    return max(curve.at, key=lambda at: curve[at].estimate)


def asked(name, tests=QUICK, seed=0):
    network, data, _ = CASES[name]
    return ask(network(), sequences(*data()), tests=tests, seed=seed)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_verdict_on_a_network_of_which_it_is_known(name, seed):
    assert asked(name, seed=seed).verdict.kind == CASES[name][2]


def test_every_verdict_but_one_is_on_such_a_network():
    given = {kind for _, _, kind in CASES.values()}
    assert set(KINDS) - given == {verdict.SAMPLE}  # see below


def test_memory_within_a_sample_is_told_from_carried_state():
    x = drawn()
    one_hot = np.eye(SYMBOLS, dtype="float32")[x].reshape(-1, 4, SYMBOLS)  # samples of four steps
    targets = x.reshape(-1, 4)[:, -2]
    use = ask(one_back(), of_samples(one_hot, targets, (SYMBOLS,), carries=True, slots=1, per_sequence=3), tests=QUICK)
    assert use.verdict.kind == verdict.SAMPLE
    assert use.right.estimate == 1
    assert use.resets.adds.estimate == 0
    assert use.reach.used == [1]
    assert "the input 1 step back" in str(use.verdict)


def test_resets_cost_what_they_take_away():
    use = asked("one step back")
    every = use.resets.every
    # Of every k answers the first lacks the symbol before it, and is right by luck: it says 0, as `argmax` of equals.
    lucky = (before(drawn())[:, ::1] == 0).mean()
    assert list(every.at) == [1, 2, 4, 8, 12]
    assert every[12].estimate == 1
    assert every[1].estimate == pytest.approx(lucky)
    assert every[1].estimate < every[2].estimate < every[4].estimate < every[8].estimate < 1
    assert use.resets.adds.estimate == pytest.approx(1 - lucky)


def test_another_state_gives_another_answer_only_where_state_matters():
    assert asked("memoryless").swap.changed.estimate == 0
    swap = asked("one step back").swap
    assert swap.own.estimate == 1
    assert swap.changed.estimate == pytest.approx(1 - 1 / SYMBOLS, abs=0.15)
    assert asked("clock").swap.changed.estimate == 0  # at the same step all its states are the same


def test_a_clock_is_seen_by_its_place_and_a_map_by_its_input():
    assert asked("clock").clock.place.estimate == pytest.approx(1)
    assert asked("clock").clock.input.high < 0.1
    assert asked("memoryless").clock.input.estimate == pytest.approx(1)
    assert asked("memoryless").clock.place.high < 0.1
    assert asked("one step back").clock.rest > 0.8


def test_the_warm_up_that_is_needed():
    assert asked("memoryless").warm_up.needed == 0
    assert asked("one step back").warm_up.needed == 1
    assert asked("clock").warm_up.needed is None
    assert asked("first cue kept").warm_up.needed is None


def test_the_reach_of_a_network_that_looks_one_step_back():
    reach = asked("one step back").reach
    assert reach.used == [1]
    assert reach.changed[1].estimate == 1
    assert reach.changed[0].estimate == reach.changed[2].estimate == 0


def test_the_gradient_goes_where_the_answer_looks():
    found = asked("one step back", tests=["gradient"]).gradient
    assert highest(found.trained) == 1
    assert found.trained[2].estimate < 1e-3 * found.trained[1].estimate


def test_service_without_resets():
    assert asked("one step back").served.differs is None
    assert asked("last cue kept").served.differs is None
    served = asked("first cue kept").served
    assert served.differs == STEPS  # the first sequence is as in training
    assert served.steps >= 1000
    assert served.same.values[0].estimate == 1
    assert served.right_late.high < served.right.low


def test_the_same_seed_gives_the_same_words_and_a_test_does_not_change_another():
    assert str(asked("noisy")) == str(asked("noisy"))
    assert asked("noisy", tests=["swap"]).swap == asked("noisy").swap


def test_one_sequence_alone_is_asked_at_its_places():
    x = drawn()[:1]
    use = ask(one_back(), sequences(x, before(x)), tests=QUICK)
    assert use.verdict.kind == verdict.REMEMBERS
    assert use.swap.changed.low > 0


def test_a_test_that_cannot_be_made_says_why_and_the_others_are_made():
    x = np.zeros((ROWS, STEPS), int)
    use = ask(clock(), sequences(x, np.tile(np.arange(STEPS), (ROWS, 1))), tests=QUICK)
    assert set(use.not_made) == {"clock", "reach"}
    assert "all inputs are the same" in use.not_made["clock"]
    assert use.clock is None
    assert use.resets is not None
    assert "not made" in str(use)


def test_ten_thousand_sequences_are_asked_in_portions(monkeypatch):
    seen = []
    run = Ours.run
    monkeypatch.setattr("lstm_lab.inspecting.use.network.AT_ONCE", 600)
    monkeypatch.setattr(Ours, "_predict", None, raising=False)
    monkeypatch.setattr(
        Ours, "run", lambda self, x, state, of: run(self, x, state, lambda out: seen.append(len(out)) or of(out))
    )
    x = np.random.default_rng(0).integers(SYMBOLS, size=(300, STEPS))
    use = ask(one_back(), sequences(x, before(x)), tests=["resets", "swap"])
    assert use.right.estimate == 1
    assert max(seen) <= 600


@pytest.mark.parametrize(
    ("y", "classes", "targets"),
    [
        ([2, 0], 3, [2, 0]),
        ([[2.0], [0.0]], 3, [2, 0]),
        ([[0, 0, 1], [1, 0, 0]], 3, [2, 0]),
    ],
)
def test_targets_as_fit_takes_them(y, classes, targets):
    answers, found = read_targets(np.array(y), (2,), 3)
    assert answers.classes == classes
    assert found.tolist() == targets


def test_one_output_is_two_classes_or_a_number():
    answers, _ = read_targets(np.array([0, 1, 1]), (3,), 1)
    assert answers.of(np.array([[0.2], [0.9]])).tolist() == [0, 1]
    answers, found = read_targets(np.array([0.5, 1.5, 1.0]), (3,), 1)
    assert answers.classes is None
    assert answers.right(found, found).tolist() == [1, 1, 1]
    mean = np.full_like(found, found.mean())
    assert answers.right(mean, found).mean() == pytest.approx(0)


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (np.array([0, 3]), "y holds 3: the model has 3 outputs"),
        (np.array([0, 1, 2]), "y has 3 samples and x has 2"),
        (np.array([0.0, np.nan]), "1 values that are no finite numbers"),
        (np.zeros((2, 4)), r"y has shape \(2, 4\)"),
    ],
)
def test_targets_that_do_not_fit_are_refused(y, says):
    with pytest.raises(ValueError, match=says):
        read_targets(y, (2,), 3)


def test_inputs_are_symbols_or_bins():
    one_hot = np.eye(100)[np.arange(100)]
    assert len(np.unique(as_symbols(one_hot))) == 100
    assert len(np.unique(as_symbols(np.linspace(0, 1, 25)[:, None]))) == 25
    assert len(np.unique(as_symbols(np.linspace(0, 1, 1000)[:, None]))) == 16
    assert len(np.unique(as_symbols(np.random.default_rng(0).random((500, 3))))) == 16


def test_the_share_that_groups_explain_is_the_same_for_classes_and_their_one_hot_rows():
    rng = np.random.default_rng(0)
    groups = rng.integers(5, size=(30, 8))
    answers = (groups + (rng.random(groups.shape) < 0.4)) % 5
    found = explained(answers, groups)
    assert found == pytest.approx(explained(np.eye(5)[answers], groups))
    assert 0.2 < found < 0.6
    assert explained(answers, rng.integers(5, size=groups.shape)) < 0.05
    assert explained(answers, rng.integers(120, size=groups.shape)) < 0.2  # two in a group: half, by chance alone
    assert explained(groups, groups) == 1
    assert explained(np.zeros_like(groups), groups) == 0
