"""A small grid: which sample stands in which slot of which batch, and where state is carried and where it is reset."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lstm_lab.framing.schedule import EMPTY
from lstm_lab.inspecting.slots.causes import last_epoch, values
from lstm_lab.inspecting.slots.reached import NONE, Reached

WIDTH = 80  # columns
BATCHES = 8
NEVER, STATE, BEYOND, SAMPLE = "!", "~", "<", "="
MEANT = {  # the worst first
    NEVER: "its target is never given that value",
    STATE: "only carried state can hold the value, and no gradient trains it to",
    BEYOND: "the value is in the sample, but no gradient goes back to it",
    SAMPLE: "the value is in the sample, and the gradient goes back to it",
}


def lines(found: Reached) -> Iterator[str]:
    """The first batches of the last epoch, and a legend: lines of 80 columns at most.

    A row is a batch and a column a slot. Between two rows stands what happens to the state of each slot.
    """
    batches = last_epoch(found)
    resets = found.schedule.reset_before[-len(batches) :]
    zero = resets if found.schedule.carries else np.ones_like(resets)
    label = len(f"batch {min(len(batches), BATCHES) - 1}")
    cells = [[_cell(found, sample) for sample in row[: WIDTH // 4]] for row in batches[:BATCHES]]
    width = max(len(f"slot {len(cells[0]) - 1}"), *(len(cell) for row in cells for cell in row))
    shown = min(len(cells[0]), max((WIDTH - label) // (width + 2), 1))

    def line(name: str, texts: list[str]) -> str:
        return (name.ljust(label) + "".join(f"  {text:<{width}}" for text in texts[:shown])).rstrip()

    yield line("", [f"slot {slot}" for slot in range(shown)])
    for number, row in enumerate(cells):
        yield line("", ["×" if reset else "│" for reset in zero[number]])
        yield line(f"batch {number}", row)
    left = {"batches": len(batches) - len(cells), "slots": batches.shape[1] - shown}
    if more := [f"{count} {what}" for what, count in left.items() if count]:
        yield f"… not shown: {', '.join(more)}"
    yield ""
    yield from _legend([cell for row in cells for cell in row[:shown]], zero[: len(cells), :shown])


def _cell(found: Reached, sample: int) -> str:
    """A sample's values, the value that its target needs, and the mark of its worst targets: "6←5 !".

    With targets at several steps their number instead: "5…9 ~2".
    """
    if sample == EMPTY:
        return ""
    held, needed = values(found.given[sample]), found.needed[sample]
    own, taught = found.same_sample[sample], found.by_gradient[sample]
    kinds = (found.never[sample], found.by_state[sample], own & ~taught, taught)
    mark, count = next(((m, of.sum()) for m, of in zip(MEANT, kinds, strict=True) if of.any()), ("", 0))
    if (needed != NONE).sum() == 1:
        return f"{held}←{needed.max()} {mark}"
    return f"{held} {mark}{count}" if mark else held


def _legend(cells: list[str], zero: np.ndarray) -> Iterator[str]:
    if example := next((cell for cell in cells if "←" in cell), None):
        held, _, needed = example[:-2].partition("←")
        yield f"{held}←{needed}  a sample that holds {held}, and whose target needs value {needed}"
    if zero.any():
        yield "×  the state of the slot is set to zero"
    if not zero.all():
        yield "│  the state of the slot is carried to its next sample"
    yield from (f"{mark}  {meant}" for mark, meant in MEANT.items() if any(mark in cell for cell in cells))
    if any(cell[-1:].isdigit() and mark in cell for cell in cells for mark in MEANT):
        yield "the number behind a mark: so many of the sample's targets"
