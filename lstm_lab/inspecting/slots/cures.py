"""What would mend a layout: changes of its settings that are tried, and judged anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from lstm_lab.inspecting.slots.layout import Layout
from lstm_lab.inspecting.slots.reached import Reached


def cures(layout: Layout, found: Reached) -> Iterator[str]:
    """The smallest changes of settings after which no target is without its value; or, if none is, without a gradient.

    Each is judged anew, so none is named that does not mend it.
    """
    wrong = "never" if found.counts["never"] else "untaught"
    if not _left(found)[wrong]:
        return
    changes = list(_changes(layout))
    done: list[set[int]] = []
    partly: list[str] = []
    for size in range(1, min(len(changes), 3) + 1):
        for chosen in combinations(range(len(changes)), size):
            if any(smaller <= set(chosen) for smaller in done):
                continue
            changed: dict[str, Any] = {}
            for each in chosen:
                changed |= changes[each]
            again = _judged_with(layout, changed)
            if again is None:
                continue
            if not _left(again)[wrong]:
                done.append(set(chosen))
                yield f"{_words(changed)}: {_outcome(again)}"
            elif size == 1 and _left(again)[wrong] / again.targets <= 0.5 * _left(found)[wrong] / found.targets:
                partly.append(f"in part, {_words(changed)}: {_outcome(again)}")
    yield from partly


def _changes(layout: Layout) -> Iterator[dict[str, Any]]:
    """The changes of one setting each that could mend something."""
    if layout.lag is not None and layout.steps <= layout.lag < layout.length:
        yield {"steps": layout.lag + 1}
    if layout.stride > layout.steps:
        yield {"stride": layout.steps}
    if layout.shuffle:
        yield {"shuffle": False}
    if not layout.stateful:
        yield {"stateful": True}
    elif layout.reset == "batch":
        yield {"reset": "epoch"}
    if layout.batch_size > 1:
        yield {"batch_size": 1}
        if layout.slots == "dealt":
            yield {"slots": "runs"}
    if layout.k2 is not None:
        yield {"k2": None}


def _judged_with(layout: Layout, changed: dict[str, Any]) -> Reached | None:
    """The same series judged with other settings; None where they do not fit it, or leave no target."""
    if "stateful" in changed:
        changed = changed | {"reset": "epoch"}
    steps, stride = changed.get("steps", layout.steps), changed.get("stride", layout.stride)
    if (steps, stride) != (layout.steps, layout.stride):
        changed = changed | {"samples": (layout.length - steps) // stride + 1}
    try:
        found = replace(layout, **changed).reached()
    except ValueError:
        return None
    return found if found.targets else None


def _left(found: Reached) -> dict[str, int]:
    """How many targets never get their value, and how many no gradient leads to it."""
    return {"never": found.counts["never"], "untaught": found.targets - found.counts["by_gradient"]}


def _outcome(found: Reached) -> str:
    """What a change leads to."""
    never, untaught = _left(found).values()
    if not never and not untaught:
        return "every target gets its value, and the gradient goes back to it"
    if never:
        return f"{never} of {found.targets} targets are still without their value"
    return f"every target gets its value, but {untaught} of {found.targets} by carried state alone, without a gradient"


def _words(changed: dict[str, Any]) -> str:
    return " and ".join(f"{name}={value!r}" for name, value in changed.items())
