"""Why targets do not get their value, in sentences with an example from the batches themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lstm_lab.framing.schedule import EMPTY
from lstm_lab.inspecting.slots.reached import NONE, Reached, given_before

UNTAUGHT = "no gradient goes back to the step that must keep it, so training does not teach the state to keep it"


def problems(found: Reached) -> Iterator[str]:
    """A sentence for each reason for which targets of the last epoch are without their value, or without a gradient."""
    if not found.targets:
        yield "There is no target whose value is in the series."
    batches = last_epoch(found)
    order = np.zeros(len(found.given), int)  # the example is from the first slot that has one
    order[batches.T[batches.T != EMPTY]] = np.arange((batches != EMPTY).sum())
    rows, steps = np.nonzero(found.never)
    for why, missing in _reasons(found, batches):
        if missing.any():
            example = np.flatnonzero(missing)[order[rows[missing]].argmin()]
            sample, step = int(rows[example]), int(steps[example])
            of = f"{missing.sum()} of {found.targets} targets"
            yield f"{_sentence(why, found, batches, sample, step)} That is so for {of}."
    if found.by_state.any():
        of = f"{found.by_state.sum()} of {found.targets} targets"
        yield f"Carried state alone can hold the value that {of} need: {UNTAUGHT}."
    beyond = found.same_sample & ~found.by_gradient
    if beyond.any():
        of = f"{beyond.sum()} of {found.targets} targets"
        yield f"k2 is {found.schedule.k2}: the gradient does not reach the step with the value that {of} need."


def last_epoch(found: Reached) -> np.ndarray:
    """The batches that are judged: int [updates of an epoch, batch]."""
    return found.schedule.batches[found.schedule.epoch == found.schedule.epoch[-1]]


def values(given: np.ndarray) -> str:
    """The values of a sample: "6", "6 7 8", or "6…15" for many; empty steps are left out.

    >>> values(np.array([-1, 6, 7])), values(np.arange(6, 16))
    ('6 7', '6…15')
    """
    held = given[given != NONE]
    return " ".join(map(str, held)) if len(held) < 4 else f"{held[0]}…{held[-1]}"


def counted(number: int, what: str) -> str:
    """
    >>> counted(1, "step"), counted(2, "step")
    ('1 step', '2 steps')
    """
    return f"{number} {what}{'s' * (number != 1)}"


def _reasons(found: Reached, batches: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Each reason, and which of the targets without their value have it: bool [never]. Every one has one reason."""
    held = np.isin(found.needed[found.never], found.given[batches[batches != EMPTY]])
    yield "absent", ~held
    if not found.schedule.carries:
        yield "dropped", held
        return
    slots = np.broadcast_to(np.arange(found.schedule.batch_size), found.schedule.batches.shape)
    earlier = given_before(found.given, found.needed, found.never, found.schedule, slots)[found.never]
    yield "reset", held & earlier
    yield "elsewhere", held & ~earlier


def _sentence(why: str, found: Reached, batches: np.ndarray, sample: int, step: int) -> str:
    value, steps = int(found.needed[sample, step]), found.given.shape[1]
    needs = f"Sample {sample} needs value {value}"
    if why == "absent":
        return f"{needs}, which no sample holds."
    holds = f"sample {sample} has {counted(steps, 'time step')}, value{'s' * (steps > 1)} {values(found.given[sample])}"
    if why == "dropped":
        return f"State is not carried from batch to batch, and {holds}: its target needs value {value}."
    update, slot = np.argwhere(batches == sample)[0]
    if why == "reset":
        return f"{needs}. Its slot {slot} was given that, but the state is reset in between."
    sees = [values(found.given[each]) for each in batches[:, slot]]
    shown = sees if len(sees) < 6 else [*sees[:4], "…", sees[-1]]
    return (
        f"batch_size is {found.schedule.batch_size}: slot {slot} sees {'values ' if steps == 1 else ''}"
        f"{', '.join(shown)}. {needs}, {_whereabouts(found, batches, value, update, slot)}."
    )


def _whereabouts(found: Reached, batches: np.ndarray, value: int, update: int, slot: int) -> str:
    """Where the value is, if not where the target needs it: the last place before it, or else the first."""
    updates, slots = np.nonzero((found.given == value).any(axis=1)[batches] & (batches != EMPTY))
    before = np.flatnonzero(updates <= update)
    place = before[-1] if len(before) else 0
    if slots[place] != slot:
        return f"which is in slot {slots[place]}" + (" and comes later" if not len(before) else "")
    return "which comes later" if updates[place] > update else "which comes later in the sample"
