"""How figures look: the same bytes from the same runs, whatever somebody's own settings of matplotlib are."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "lstm-lab",  # without it, ids in the file are drawn at random
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name with two dollars is no formula
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 110,
}


@contextlib.contextmanager
def alike() -> Iterator[None]:
    """Within it, matplotlib has its own settings and ours. Outside, those of somebody else stay as they are."""
    with _library().rc_context(_defaults() | _STYLE):
        yield


def _library() -> Any:
    """matplotlib. If nobody has imported it yet, it reads its own settings: a user's may be a pipe, or no text."""
    found = None if "matplotlib" in sys.modules else importlib.util.find_spec("matplotlib")
    own = Path(found.origin or "").parent / "mpl-data" if found else Path()
    if found and own.is_dir():
        backend = os.environ.pop("MPLBACKEND", None)  # we open no window, and a name that is none would stop us
        try:
            with contextlib.chdir(own):  # a file in the current folder comes before all others
                return importlib.import_module("matplotlib")
        finally:
            if backend is not None:
                os.environ["MPLBACKEND"] = backend
    return importlib.import_module("matplotlib")


@cache
def _defaults() -> dict[str, Any]:
    """The library's own settings; not its backend, which would choose a window."""
    return {name: value for name, value in _library().rcParamsDefault.items() if name != "backend"}
