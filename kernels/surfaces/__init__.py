"""Surfaces: scalar functions of two coordinates with their known minima, one a file.

Rules, scalar float64: ``height(item, x, y)``, ``ascent(item, x, y) -> (df/dx, df/dy)`` and
``bend(item, x, y) -> (fxx, fxy, fyy)``.
An item may have ``row(item, x, y, out)``, which fills out[j] with the height at (x[j], y).
Facts: ``formula``, ``source``, ``domain`` (x_low, x_high, y_low, y_high) and ``minima``, a tuple of
(x, y, value, is_global).
"""

from typing import Any

from numba.extending import overload

from kernels.catalog import Catalog
from kernels.jit import OPTIONS, kernel
from kernels.rules import rule

catalog = Catalog("surface", __name__)
height = rule("height")
ascent = rule("ascent")
bend = rule("bend")
row = rule("row")


def _row(item: Any, x: Any, y: Any, out: Any) -> None:
    for j in range(x.size):
        out[j] = height(item, x[j], y)


def _heights_along(item: Any, x: Any, y: Any, out: Any) -> None:
    """Fill ``out`` (len(x),) with the heights at (x[j], y), by the item's own rule if it has one."""
    (row if type(item) in row.bodies else _row)(item, x, y, out)


@overload(_heights_along, jit_options=OPTIONS, strict=False)
def _compile_heights_along(item: Any, x: Any, y: Any, out: Any) -> Any:
    if item.instance_class not in row.bodies:
        return _row
    return lambda item, x, y, out: row(item, x, y, out)


@kernel
def heights(item: Any, x: Any, y: Any, out: Any) -> None:
    """Fill ``out`` (len(y), len(x)) with the surface over a grid; mutates ``out``."""
    for i in range(y.size):
        _heights_along(item, x, y[i], out[i])


@kernel
def point(item: Any, x: Any, y: Any) -> Any:
    """(value, df/dx, df/dy) at one point."""
    gx, gy = ascent(item, x, y)
    return height(item, x, y), gx, gy
