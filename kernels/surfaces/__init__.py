"""Surfaces: scalar functions of two coordinates with their known minima, one a file.

Rules, scalar float64: ``height(item, x, y)`` and ``ascent(item, x, y) -> (df/dx, df/dy)``.
Facts: ``formula``, ``source``, ``domain`` (x_low, x_high, y_low, y_high) and ``minima``, a tuple of
(x, y, value, is_global).
"""

from typing import Any

from kernels.catalog import Catalog
from kernels.jit import kernel
from kernels.rules import rule

catalog = Catalog("surface", __name__)
height = rule("height")
ascent = rule("ascent")


@kernel
def heights(item: Any, x: Any, y: Any, out: Any) -> None:
    """Fill ``out`` (len(y), len(x)) with the surface over a grid; mutates ``out``."""
    for i in range(y.size):
        for j in range(x.size):
            out[i, j] = height(item, x[j], y[i])


@kernel
def point(item: Any, x: Any, y: Any) -> Any:
    """(value, df/dx, df/dy) at one point."""
    gx, gy = ascent(item, x, y)
    return height(item, x, y), gx, gy
