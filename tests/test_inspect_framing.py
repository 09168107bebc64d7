"""The slot checker: which targets get the value that they need, why others do not, and what would mend it."""

import ast
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_input import examples
from refusing import refused

from lstm_lab import inspecting
from lstm_lab.framing.schedule import EMPTY, Schedule


def ways(found: inspecting.Framing) -> tuple[int, ...]:
    """Targets in their own sample, by state, never, and by gradient."""
    counts = found.counts
    return tuple(counts[way] for way in ("same_sample", "by_state", "never", "by_gradient"))


def one_slot(resets: list[int], carries: bool = True, **truncated) -> Schedule:
    """One slot that is given samples 0, 1, 2, … and is reset before some."""
    updates = len(resets)
    return Schedule(
        np.arange(updates)[:, None],
        np.array(resets, bool)[:, None],
        np.zeros(updates, int),
        **truncated,
        carries=carries,
    )


def by_going_through(held, needed, schedule):
    """The same as `judged`, batch by batch: (own, state, never, gradient), each a set of (sample, step)."""
    found = {way: set() for way in ("same_sample", "by_state", "never", "by_gradient")}
    memory = [set() for _ in range(schedule.batch_size)]
    steps = held.shape[1]
    for update, slot in np.ndindex(schedule.batches.shape):
        if schedule.reset_before[update, slot] or not schedule.carries:
            memory[slot] = set()
        sample = schedule.batches[update, slot]
        if sample == EMPTY:
            continue
        if schedule.epoch[update] == schedule.epoch[-1]:
            for step in np.flatnonzero(needed[sample] >= 0):
                own = [s for s in range(step + 1) if held[sample, s] == needed[sample, step]]
                way = "same_sample" if own else "by_state" if needed[sample, step] in memory[slot] else "never"
                found[way].add((sample, step))
                if own and own[-1] > step - (schedule.k2 or steps):
                    found["by_gradient"].add((sample, step))
        memory[slot] |= set(held[sample]) - {-1}
    return found


@st.composite
def layouts(draw):
    """Any values in any samples, learnt in any order with any resets, with a gradient over any number of steps."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    steps, batch, rows, epochs = (draw(st.integers(1, most)) for most in (4, 3, 5, 3))
    samples = batch * rows + 2  # of which each epoch learns some
    batches = np.concatenate([rng.permutation(samples)[: batch * rows].reshape(rows, batch) for _ in range(epochs)])
    if not (carries := draw(st.booleans())):
        batches[rng.random(batches.shape) < 0.1] = EMPTY
    reset = rng.random(batches.shape) < 0.2
    schedule = Schedule(batches, reset, np.repeat(np.arange(epochs), rows), 1, draw(st.integers(1, steps)), carries)
    held, needed = rng.integers(-1, 8, (2, samples, steps))
    return held, needed, schedule


@examples(40)
@given(layouts())
def test_judged_finds_what_going_through_the_batches_finds(layout):
    found = inspecting.judged(*layout)
    for way, places in by_going_through(*layout).items():
        assert set(zip(*np.nonzero(getattr(found, way)), strict=True)) == places, way
    assert sum(found.counts[way] for way in ("same_sample", "by_state", "never")) == found.targets
    assert bool(found.problems) == (found.targets == 0 or found.counts["by_gradient"] < found.targets)
    assert max(map(len, str(found).splitlines())) <= 80


def test_the_published_layout_gives_no_slot_the_value_before():
    found = inspecting.framing(batch_size=6, steps=1, samples=25, lag=1)
    assert ways(found) == (0, 0, 23, 0)
    said = " ".join(found.problems)
    assert "slot 0 sees values 0, 6, 12, 18. Sample 6 needs value 5, which is in slot 5." in said
    assert "samples is 25 and batch_size 6: 1 sample of the last batch" in said
    assert "Use samples=24, or a batch_size of 1, 5, 25." in said
    assert [cure.split(":")[0] for cure in found.cures] == ["steps=2", "batch_size=1", "in part, slots='runs'"]
    assert "no gradient goes back to it for 24 of 24" in found.cures[1]
    assert "5 of 23 targets are still without" in found.cures[2]


@pytest.mark.parametrize(
    ("settings", "counts"),
    [
        ({"samples": 24, "lag": 1}, (0, 23, 0, 0)),
        ({"samples": 24, "lag": 1, "batch_size": 6, "slots": "runs"}, (0, 18, 5, 0)),
        ({"samples": 24, "lag": 0, "batch_size": 6}, (24, 0, 0, 24)),
        ({"samples": 24, "lag": 1, "batch_size": 6, "steps": 2}, (24, 0, 0, 24)),
        ({"samples": 24, "lag": 6, "batch_size": 6}, (0, 18, 0, 0)),
        ({"samples": 24, "lag": 2, "stateful": False, "steps": 2}, (0, 0, 23, 0)),
        ({"samples": 24, "lag": 2, "reset": "batch", "steps": 2}, (0, 0, 23, 0)),
        ({"samples": 25, "lag": 2, "stateful": False, "steps": 3, "batch_size": 6}, (25, 0, 0, 25)),
        ({"samples": 3, "steps": 4, "stride": 4, "each_step": True, "lag": 1}, (9, 2, 0, 9)),
        ({"samples": 3, "steps": 4, "stride": 4, "each_step": True, "lag": 1, "stateful": False}, (9, 0, 2, 9)),
        ({"samples": 3, "steps": 4, "stride": 4, "each_step": True, "lag": 1, "k2": 1}, (9, 2, 0, 0)),
        ({"samples": 3, "steps": 4, "stride": 4, "each_step": True, "lag": 1, "k2": 2}, (9, 2, 0, 9)),
        ({"samples": 4, "stride": 2, "lag": 1}, (0, 0, 3, 0)),
        ({"samples": 4, "lag": 9}, (0, 0, 0, 0)),
        ({"samples": 4, "lag": 10**30}, (0, 0, 0, 0)),
        ({"samples": 4, "targets": [-1, 0, 0, 3]}, (1, 2, 0, 1)),
        ({"samples": 2, "targets": [1, 0], "reset": "never"}, (0, 2, 0, 0)),
        ({"samples": 2, "targets": [1, 0]}, (0, 1, 1, 0)),
    ],
)
def test_what_is_reached(settings, counts):
    assert ways(inspecting.framing(**settings)) == counts


def test_the_gradient_of_a_window_that_counts_several_targets_goes_back_to_its_own_first_step():
    held = np.arange(4)[None]
    pieces = one_slot([1], carries=False, k1=2, k2=2)  # targets 2 and 3 are counted together, and 3 reaches step 2
    assert inspecting.judged(held, held - 1, pieces).by_gradient.tolist() == [[False, True, False, True]]
    longer = one_slot([1], carries=False, k1=2, k2=3)
    assert inspecting.judged(held, held - 1, longer).by_gradient.tolist() == [[False, True, True, True]]
    skipped = one_slot([1], carries=False, k1=2, k2=1)  # no window counts the targets of steps 0 and 2
    assert inspecting.judged(held, held, skipped).by_gradient.tolist() == [[False, True, False, True]]
    uneven = one_slot([1], carries=False, k1=3, k2=3)  # the window of steps 2 to 4 counts the targets of 3 and 4 only
    five = np.arange(5)[None]
    assert inspecting.judged(five, five - 1, uneven).by_gradient.tolist() == [[False, True, True, True, True]]
    assert inspecting.judged(five, np.maximum(five - 2, -1), uneven).by_gradient.tolist() == [
        [False, False, True, False, True]
    ]


def test_one_needed_value_for_a_sample_is_that_of_its_last_step():
    found = inspecting.judged([[0, 1], [1, 2]], [0, 2], one_slot([1, 0]))
    assert found.same_sample.tolist() == [[False, True], [False, True]]


@pytest.mark.parametrize(
    ("settings", "problem", "cures"),
    [
        ({"samples": 8, "lag": 1}, "Carried state alone can hold the value that 7 of 7 targets need", ["steps=2"]),
        (
            {"samples": 8, "lag": 2, "stateful": False},
            "State is not carried from batch to batch, and sample 2 has 1 time step, value 2: its target needs value 0",
            ["steps=3", "stateful=True"],
        ),
        ({"samples": 8, "lag": 1, "reset": "batch"}, "State is not carried", ["steps=2", "reset='epoch'"]),
        (
            {"samples": 8, "lag": 1, "batch_size": 2, "stateful": False},
            "State is not carried",
            ["steps=2", "stateful=True and batch_size=1", "in part, stateful=True and slots='runs'"],
        ),
        (
            {"samples": 8, "lag": 1, "shuffle": True},
            "shuffle is True and state is carried",
            ["steps=2", "shuffle=False"],
        ),
        ({"samples": 8, "lag": 1, "reset": "never"}, "flows into its beginning", ["steps=2"]),
        ({"samples": 8, "lag": 8}, "lag is 8: the series has the values 0 to 7. Use 7 or less", []),
        (
            {"samples": 4, "stride": 2, "lag": 1},
            "needs value 1, which no sample holds",
            ["steps=2", "stride=1"],
        ),
        ({"samples": 8, "lag": 2, "batch_size": 2, "stateful": False}, "State is", ["steps=3", "stateful=True"]),
        ({"samples": 3, "stride": 3, "batch_size": 3, "lag": 6}, "needs value 0", ["batch_size=1"]),
        ({"samples": 4, "steps": 3, "lag": 2, "k2": 2}, "k2 is 2: the gradient does not reach", ["k2=None"]),
    ],
)
def test_what_is_wrong_and_what_would_mend_it(settings, problem, cures):
    found = inspecting.framing(**settings)
    assert any(problem in each for each in found.problems)
    named = [cure.split(":")[0] for cure in found.cures]
    assert len(named) == len(cures)
    assert all(cure.startswith(name) for cure, name in zip(named, cures, strict=True))


@examples(30)
@given(
    st.integers(1, 12), st.integers(1, 4), st.integers(1, 3), st.integers(0, 4), *[st.booleans()] * 4, st.integers(1, 3)
)
def test_every_cure_named_does_mend_it(samples, batch, steps, lag, stateful, shuffle, runs, each_step, stride):
    settings = {
        "samples": samples,
        "batch_size": min(batch, samples),
        "steps": steps,
        "lag": lag,
        "stateful": stateful,
        "shuffle": shuffle,
        "slots": "runs" if runs else "dealt",
        "each_step": each_step,
        "stride": stride,
    }
    found = inspecting.framing(**settings)
    length = (samples - 1) * stride + steps
    for cure in found.cures:
        if cure.startswith("in part"):
            continue
        changed = dict(re.findall(r"(\w+)=('?\w+'?)", cure.split(":")[0]))
        changed = {name: ast.literal_eval(value) for name, value in changed.items()}
        now = settings | changed
        if changed.keys() & {"steps", "stride"}:
            now["samples"] = (length - now["steps"]) // now["stride"] + 1
        mended = inspecting.framing(**now)
        assert mended.counts["never"] == 0
        assert mended.targets
        assert found.counts["never"] or mended.counts["by_gradient"] == mended.targets


def test_runs_without_carried_state_must_be_of_one_length_too():
    found = inspecting.framing(samples=9, batch_size=2, lag=0, slots="runs", stateful=False)
    assert found.targets == 8
    assert "and runs have one length. The last batch is left out" in found.problems[0]


def test_a_reset_in_between_is_named():
    found = inspecting.judged([[0], [1], [2]], [-1, 0, 0], one_slot([1, 0, 1]))
    assert ways(found) == (0, 1, 1, 0)
    assert found.problems[0].startswith("Sample 2 needs value 0. Its slot 0 was given that, but the state is reset")


def test_a_framing_without_fault_says_so():
    said = str(inspecting.framing(samples=8, lag=1, steps=2, stateful=False, shuffle=True))
    assert "nothing is wrong here" in said
    assert "What would mend it" not in said


def test_the_grid_shows_where_values_go_and_where_state_is_reset():
    assert _grid(inspecting.framing(samples=4, batch_size=2, lag=2)) == [
        "         slot 0  slot 1",
        "         ×       ×",
        "batch 0  0       1",
        "         │       │",
        "batch 1  2←0 ~   3←1 ~",
        "",
        "2←0  a sample that holds 2, and whose target needs value 0",
        "×  the state of the slot is set to zero",
        "│  the state of the slot is carried to its next sample",
        "~  only carried state can hold the value, and no gradient trains it to",
    ]


def test_a_batch_that_carries_no_state_begins_from_zeros_in_the_grid():
    assert _grid(inspecting.judged([[0], [1]], [-1, 0], one_slot([1, 0], carries=False)))[3] == "         ×"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "8 samples of 1 time step, learnt in order in batches of 1. State is carried from batch to batch"),
        ({"batch_size": 2}, "in batches of 2, dealt to the slots in turn. State is carried"),
        ({"batch_size": 2, "slots": "runs"}, "in batches of 2, a run of them to each slot."),
        (
            {"shuffle": True, "stateful": False},
            "in a random order in batches of 1. State starts from zero in",
        ),
        (
            {"reset": "never"},
            "is never reset. Each sample has its target, which needs the value 1 step before. Judged",
        ),
        ({"steps": 3, "stride": 3}, "8 samples of 3 time steps, one every 3 steps, learnt"),
        ({"steps": 3, "each_step": True}, "There is a target at each step, which needs the value 1 step before."),
    ],
)
def test_the_report_says_what_was_judged(settings, says):
    found = inspecting.framing(**{"samples": 8, "lag": 1} | settings)
    assert says in found.setup
    assert str(found).replace("\n", " ").startswith(found.setup)


def test_targets_before_the_series_are_not_counted():
    assert "Not counted: 2 targets whose value comes before" in inspecting.framing(samples=6, lag=2).setup
    assert "Not counted" not in inspecting.framing(samples=6, steps=2, lag=1).setup


def test_the_grid_counts_the_targets_of_a_sample_that_has_several():
    grid = _grid(inspecting.framing(samples=2, steps=4, stride=4, lag=2, each_step=True, stateful=False))
    assert [line for line in grid if line.startswith("batch")] == ["batch 0  0…3 =2", "batch 1  4…7 !2"]
    assert grid[-1] == "the number behind a mark: so many of the sample's targets"


def test_the_grid_says_what_it_leaves_out():
    grid = _grid(inspecting.framing(samples=3000, batch_size=100, lag=1))
    assert "… not shown: 22 batches, 94 slots" in grid
    assert max(map(len, grid)) <= 80


def _grid(found: inspecting.Framing) -> list[str]:
    lines = str(found).splitlines()
    first = next(number for number, line in enumerate(lines) if line.lstrip().startswith("slot 0"))
    end = next((number for number, line in enumerate(lines) if line.startswith(("- ", "Every"))), len(lines))
    return lines[first : end - 1]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "lag is None and targets None: give one of the two"),
        ({"lag": 1, "targets": [0] * 8}, "give one of the two"),
        ({"lag": -1}, "lag is -1: need a whole number, 0 or more"),
        ({"lag": 1, "samples": 0}, "samples is 0: need a whole number, 1 or more"),
        (
            {"lag": 1, "batch_size": 9},
            "batch_size is 9, but there are 8 samples: no batch would be full, use 8",
        ),
        ({"lag": 1, "stateful": False, "reset": "epoch"}, "stateful is False and reset 'epoch'"),
        ({"lag": 1, "reset": "sequence"}, "reset is 'sequence': need batch, epoch or never"),
        ({"lag": 1, "k2": 2}, "k2 is 2: a sample has 1 time step, use"),
        ({"targets": [0, 1]}, r"targets of shape \(2,\): need \(8,\)"),
        ({"targets": [0.5] * 8}, "targets of type float64: need integers"),
        ({"targets": [-2] * 8}, "needed has values from -2"),
        ({"lag": 1, "samples": 10**12}, "this would take"),
        ({"lag": 1, "steps": 10**12}, "this would take"),
        ({"lag": 1, "stride": 10**12}, "stride is 1000000000000: the series has 7000000000001 values"),
        ({"lag": 1, "batch_size": 10**30, "stateful": False}, "this would take"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, says):
    with refused(says):
        inspecting.framing(**{"samples": 8} | settings)


@pytest.mark.parametrize(
    ("held", "needed", "says"),
    [
        ([0, 1], [0, 1], r"given of shape \(2,\): need \[samples, steps\]"),
        ([[0], [1]], [0, 1, 2], r"needed of shape \(3,\): need \(2,\) or \(2, 1\)"),
        ([[0.5], [1]], [0, 1], "given of type float64: need integers"),
        ([[-2], [1]], [0, 1], "given has values from -2 to 1"),
        ([[0]], [0], "the schedule has samples 0 to 1: given has 0 to 0"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(held, needed, says):
    with refused(says):
        inspecting.judged(held, needed, one_slot([1, 0]))


def test_the_command_prints_the_report(lab, folder):
    status, out, _ = lab("inspect", "framing", "--batch-size", "6", "--samples", "25", "--lag", "1")
    assert status == 0
    assert out == f"{inspecting.framing(batch_size=6, samples=25, lag=1)}\n"


def test_the_options_of_the_command_are_the_arguments(lab, folder):
    options = "--lag 3 --batch-size 2 --steps 3 --shuffle --reset never --slots runs --stride 2 --each-step --k2 2"
    settings = {"lag": 3, "batch_size": 2, "steps": 3, "shuffle": True, "reset": "never", "slots": "runs", "stride": 2}
    found = inspecting.framing(samples=6, each_step=True, k2=2, **settings)
    assert lab("inspect", "framing", "--samples", "6", *options.split())[1] == f"{found}\n"
    stateless = lab("inspect", "framing", "--samples", "6", "--lag", "1", "--stateless")[1]
    assert stateless == f"{inspecting.framing(samples=6, lag=1, stateful=False)}\n"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--samples 6", "Missing option '--lag'"),
        ("--samples 6 --lag 1 --slots x", "--slots is 'x': use dealt or runs"),
        ("--samples 6 --lag 1 --reset x", "--reset is 'x': use batch or epoch or never"),
        ("--samples 6 --lag 1 --batch-size 7", "batch_size is 7, but there are 6 samples"),
    ],
)
def test_the_command_refuses_in_one_line(lab, folder, options, says):
    status, out, err = lab("inspect", "framing", *options.split())
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert says in err
