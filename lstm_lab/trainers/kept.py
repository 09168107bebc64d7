"""Compiled programs on disk, which the command line keeps so that a later run need not compile them again.

The library by itself keeps none: that would concern everything that a process compiles with JAX. JAX is not imported
here.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lstm_lab.common.checks import shown

_FOLDER, _OURS = "JAX_COMPILATION_CACHE_DIR", Path("lstm-lab", "jax")


def keep_programs() -> None:
    """Let JAX keep its programs on disk, unless the user has said where, or there is no place for them.

    It works for this process and those it starts, and has to be called before JAX is imported.
    """
    if _FOLDER in os.environ:
        return
    try:
        folder = (Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / _OURS).absolute()
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a container whose user has no home; one that is read-only
        return
    if os.access(folder, os.W_OK):
        os.environ[_FOLDER] = str(folder)
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


@contextmanager
def mended() -> Iterator[None]:
    """Empty our folder of programs if JAX cannot read one of them, for example one that a full disk has cut short.

    JAX would warn of it, compile it again in every later run, and never write it anew.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.filterwarnings("always", ".*persistent compilation cache entry")  # whatever the command line ignores
        yield
    for warning in caught:
        folder = Path(os.environ.get(_FOLDER, ""))
        if "persistent compilation cache entry" not in str(warning.message):
            warnings.showwarning(warning.message, warning.category, warning.filename, warning.lineno)
        elif not folder.match(f"*/{_OURS}"):
            warnings.warn(f"{_FOLDER} is {shown(os.environ.get(_FOLDER))}: {warning.message}", stacklevel=2)
        elif "Error reading" in str(warning.message):
            for entry in folder.glob("*-cache"):
                entry.unlink(missing_ok=True)
