"""Imports without chatter: TensorFlow writes its start-up lines to the descriptor itself, whatever the log level."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder


@contextmanager
def silenced() -> Iterator[None]:
    """A block in which nothing reaches standard error, from whatever language."""
    try:
        kept = os.dup(2)
    except OSError:  # it is closed: there is nothing to silence
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class _Silent(MetaPathFinder):
    """Finds Keras and TensorFlow as Python does, and silences their imports, whichever script or part begins them."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in ("keras", "tensorflow"):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            begin = spec.loader.exec_module

            def quietly(module) -> None:
                with silenced():
                    begin(module)

            spec.loader.exec_module = quietly  # type: ignore[method-assign]
        return spec


_SILENT = _Silent()


def silence_imports() -> None:
    """Let Keras and TensorFlow be imported in silence from now on, wherever they are."""
    if _SILENT not in sys.meta_path:
        sys.meta_path.insert(0, _SILENT)
