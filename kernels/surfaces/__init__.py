"""Surfaces: scalar functions of two coordinates with their known minima, one a file.

Rules, for numbers and lanes: ``height(item, x, y)``, ``ascent(item, x, y) -> (df/dx, df/dy)`` and
``bend(item, x, y) -> (d²f/dx², d²f/dxdy, d²f/dy²)``. A surface gives its height; the derivatives
come from calling it with jets (kernels.jets), unless it gives faster ones of its own. So does
``row(item, x, y, out)``, which fills out[j] with the height at (x[j], y), float64.
Facts: ``formula``, ``source``, ``domain`` (x_low, x_high, y_low, y_high) and ``minima``, a tuple of
(x, y, value, is_global).
"""

from typing import Any

from kernels.catalog import Catalog
from kernels.jets import first_order, parts, second_order
from kernels.jit import kernel
from kernels.rules import rule

catalog = Catalog("surface", __name__)
height = rule("height")


def _slopes_of_height(item: Any, x: Any, y: Any) -> Any:
    x, y = first_order(x, y)
    return parts(height(item, x, y))[1:]


def _bends_of_height(item: Any, x: Any, y: Any) -> Any:
    x, y = second_order(x, y)
    return parts(height(item, x, y))[3:]


def _heights_one_by_one(item: Any, x: Any, y: Any, out: Any) -> None:
    for j in range(x.size):
        out[j] = height(item, x[j], y)


ascent = rule("ascent", _slopes_of_height)
bend = rule("bend", _bends_of_height)
row = rule("row", _heights_one_by_one)


@kernel
def heights(item: Any, x: Any, y: Any, out: Any) -> None:
    """Fill ``out`` (len(y), len(x)) with the surface over a grid; mutates ``out``."""
    for i in range(y.size):
        row(item, x, y[i], out[i])


@kernel
def point(item: Any, x: Any, y: Any) -> Any:
    """(value, df/dx, df/dy) at one point."""
    gx, gy = ascent(item, x, y)
    return height(item, x, y), gx, gy
