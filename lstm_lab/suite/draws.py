"""The random generators of a run."""

from __future__ import annotations

import zlib

import numpy as np

SOURCES_SEED = 7  # the seed of the published programs


def stream(seed: int, name: str) -> np.random.Generator:
    """The random generator of one purpose ("data", "weights", "order", "probe") of one seed.

    Each name has a stream of its own, so drawing more data changes neither the weights nor the order.
    """
    if seed < 0:
        raise ValueError(f"seed is {seed}: need 0 or more")
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))


class LegacyDraws:
    """NumPy's global generator, as the sources seed and use it, with the methods of a Generator."""

    def __init__(self, seed: int):
        np.random.seed(seed)

    def __getattr__(self, name: str):
        return getattr(np.random, "randint" if name == "integers" else name)
