"""Surfaces: scalar functions of two coordinates with their known minima, one a file.

Rules, for numbers and lanes: ``height(item, x, y)``, ``ascent(item, x, y) -> (df/dx, df/dy)`` and
``bend(item, x, y) -> (d²f/dx², d²f/dxdy, d²f/dy²)``. A surface gives its height; the derivatives
come from calling it with jets (kernels.jets), unless it gives faster ones of its own.
Facts: ``formula``, ``source``, ``domain`` (x_low, x_high, y_low, y_high) and ``minima``, a tuple of
(x, y, value, is_global).
"""

from collections.abc import Iterable
from typing import Any

from kernels.catalog import Catalog
from kernels.jets import first_order, parts, second_order
from kernels.jit import kernel
from kernels.rules import rule

Minimum = tuple[float, float, float, bool]

catalog = Catalog("surface", __name__)
height = rule("height")


def _slopes_of_height(item: Any, x: Any, y: Any) -> Any:
    x, y = first_order(x, y)
    return parts(height(item, x, y))[1:]


def _bends_of_height(item: Any, x: Any, y: Any) -> Any:
    x, y = second_order(x, y)
    return parts(height(item, x, y))[3:]


ascent = rule("ascent", _slopes_of_height)
bend = rule("bend", _bends_of_height)


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


def marked(points: Iterable[tuple[float, float, float]]) -> tuple[Minimum, ...]:
    """The minima (x, y, value) with the mark of the lowest, which are global, lowest first."""
    found = sorted(points, key=lambda point: point[2])
    lowest = found[0][2] if found else 0.0
    reach = 1e-9 * max(1.0, abs(lowest))
    return tuple((x, y, value, value <= lowest + reach) for x, y, value in found)


def listed(text: str) -> tuple[Minimum, ...]:
    """Minima from a table, ``x y value`` separated by semicolons and line ends."""
    rows = [row.split() for row in text.replace("\n", ";").split(";")]
    return marked((float(x), float(y), float(value)) for x, y, value in filter(None, rows))
