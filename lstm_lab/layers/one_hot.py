"""One-hot rows kept as codes: a product with a kernel becomes a look-up of its rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np


class OneHot:
    """What a network takes in place of one-hot rows [steps, batch, n · classes].

    codes    integers [steps, batch, n]; −1: features that are all `blank`; −2: features that are all zero
    classes  features of one code
    """

    def __init__(self, xp: Any, codes, classes: int, blank: float = 0.0):
        self.xp, self.codes, self.classes, self.blank = xp, codes, classes, blank

    @property
    def shape(self) -> tuple[int, ...]:
        return (*self.codes.shape[:-1], self.codes.shape[-1] * self.classes)

    def __len__(self) -> int:
        return len(self.codes)

    def __matmul__(self, kernel):
        """Rows times a kernel [n · classes, width]: […, width]."""
        xp, codes = self.xp, self.codes
        n = codes.shape[-1]
        index = xp.where(codes < 0, -1, codes + xp.arange(n, dtype=codes.dtype) * self.classes)
        product = _rows(kernel, index) if xp is np else _differentiable_rows()(kernel, index)
        if self.blank:
            sums = kernel.reshape(n, self.classes, -1).sum(axis=1)
            product += self.blank * ((codes == -1).astype(kernel.dtype) @ sums)
        return product


def arranged(x, arrange: Callable[[Any], Any]):
    """Another arrangement of what a network takes, codes or features alike."""
    if isinstance(x, OneHot):
        return OneHot(x.xp, arrange(x.codes), x.classes, x.blank)
    return arrange(x)


def _rows(kernel, index):
    """The sum of the kernel's rows at […, n]; −1: no row."""
    return np.where(index[..., None] < 0, kernel.dtype.type(0), kernel[np.maximum(index, 0)]).sum(axis=-2)


@cache
def _differentiable_rows():
    """The same for JAX, with a gradient that adds up what each use of a row contributes."""
    import jax
    import jax.numpy as jnp

    @jax.custom_vjp
    def rows(kernel, index):
        found = kernel.at[jnp.maximum(index, 0)].get(mode="promise_in_bounds")
        return jnp.where(index[..., None] < 0, 0, found).sum(axis=-2)

    def forward(kernel, index):
        return rows(kernel, index), (index, kernel.shape[0])

    def backward(kept, gradient):
        index, size = kept
        spread = jnp.where(index[..., None] < 0, 0, gradient[..., None, :]).reshape(-1, gradient.shape[-1])
        zeros = jnp.zeros((size, gradient.shape[-1]), gradient.dtype)
        return zeros.at[jnp.maximum(index, 0).reshape(-1)].add(spread, mode="promise_in_bounds"), None

    rows.defvjp(forward, backward)
    return rows
