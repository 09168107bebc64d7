"""What somebody's settings change, in words: "units = 8 (reference: 16)"."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

LONGEST = 60  # characters of a value


def changed(settings: Mapping[str, Any], reference: Mapping[str, Any], of: str = "reference") -> str:
    """The settings that differ, by name, with both values; "" if none does.

    >>> changed({"units": 8, "epochs": 3}, {"units": 16, "epochs": 3})
    'units = 8 (reference: 16)'
    """
    return ", ".join(
        f"{name} = {_short(value)} ({of}: {_short(reference.get(name))})"
        for name, value in _differ(settings, reference).items()
    )


def options(settings: Mapping[str, Any], reference: Mapping[str, Any]) -> str:
    """The same as a command line takes it.

    >>> options({"units": 8, "text": "A B"}, {"units": 16, "text": "AB"})
    "--set units=8 --set 'text=A B'"
    """
    differ = _differ(settings, reference)
    return " ".join(f"--set {shlex.quote(f'{name}={written(value)}')}" for name, value in differ.items())


def _differ(settings: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value != reference.get(name)}


def _short(value: Any) -> str:
    text = written(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def written(value: Any) -> str:
    """A setting's value as a command line and a page have it: true, 0.1, [1, 2], and a text without quotes.

    >>> written(True), written("AB"), written("")
    ('true', 'AB', '""')
    """
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
