"""What would mend a layout: changes of its settings that are tried, and judged anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lstm_lab.inspecting.slots.layout import Layout
from lstm_lab.inspecting.slots.reached import Reached


def cures(layout: Layout, found: Reached) -> Iterator[str]:
    """The smallest changes of settings after which no target is without its value; or, if none is, without a gradient.

    Each is judged anew, so none is named that does not mend it. Then those that leave half of it, or less.
    """
    wrong = "never" if found.counts["never"] else "untaught"
    done: list[dict[str, Any]] = []
    partly: list[str] = []
    for changed in _candidates(layout) if _left(found)[wrong] else ():
        if any(smaller.items() <= changed.items() for smaller in done):
            continue
        again = _judged_with(layout, changed)
        if again is None:
            continue
        if not _left(again)[wrong]:
            done.append(changed)
            yield f"{_words(changed)}: {_outcome(again)}"
        elif 2 * _left(again)[wrong] / again.targets <= _left(found)[wrong] / found.targets:
            partly.append(f"in part, {_words(changed)}: {_outcome(again)}")
    yield from partly


def _candidates(layout: Layout) -> Iterator[dict[str, Any]]:
    """Changes of settings that could mend something, smaller ones before larger ones that contain them."""
    longer = layout.lag is not None and layout.steps <= layout.lag < layout.length
    inside: list[dict[str, Any]] = [{"steps": layout.lag + 1}] if longer and layout.lag is not None else []
    if layout.k2 is not None:
        inside += [{"k2": None}, *(each | {"k2": None} for each in inside)]
    yield from inside
    carried: dict[str, Any] = {"shuffle": False} if layout.shuffle else {}
    if layout.reset == "batch":
        carried |= {"reset": "epoch"} if layout.stateful else {"stateful": True}
    slots: list[dict[str, Any]] = [{}]
    if layout.batch_size > 1:
        slots += [{"batch_size": 1}, *([{"slots": "runs"}] if layout.slots == "dealt" else [])]
    for stride in ({}, {"stride": layout.steps}) if layout.stride > layout.steps else ({},):
        yield from (changed for each in slots if (changed := stride | carried | each))


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
    return f"every target gets its value, but no gradient goes back to it for {untaught} of {found.targets}"


def _words(changed: dict[str, Any]) -> str:
    return " and ".join(f"{name}={value!r}" for name, value in changed.items())
