"""Surfaces: scalar functions of two coordinates with their known minima, one a file.

Rules, for numbers and lanes: ``height(item, x, y)``, ``ascent(item, x, y) -> (df/dx, df/dy)`` and
``bend(item, x, y) -> (d²f/dx², d²f/dxdy, d²f/dy²)``. A surface gives its height; the derivatives
come from calling it with jets (kernels.jets), unless it gives faster ones of its own. So does
``row(item, x, y, out)``, which fills out[j] with the height at (x[j], y), float64.
Facts: ``formula``, ``source``, ``domain`` (x_low, x_high, y_low, y_high), ``minima``, a tuple of
(x, y, value, is_global), and where there is something to say ``note``, ``connected``, ``complete``.

``minima`` lists every local minimum of the function in the interior of its domain, kinks included;
``complete`` is False where only some are known. The lowest point of the domain is none of them
where it lies on the boundary and the function falls on beyond. Global are the lowest of the list.
Where minima are not points but curves, ``connected`` says which curve a listed point stands for.
The domain is the usual one, or smaller where that holds thousands of minima (see ``note``). The
numbers come from searches on dense grids and Newton's method in 50 digits.
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


def slopes_of_height(item: Any, x: Any, y: Any) -> Any:
    """``ascent`` by jets."""
    x, y = first_order(x, y)
    return parts(height(item, x, y))[1:]


def bends_of_height(item: Any, x: Any, y: Any) -> Any:
    """``bend`` by jets."""
    x, y = second_order(x, y)
    return parts(height(item, x, y))[3:]


def _heights_one_by_one(item: Any, x: Any, y: Any, out: Any) -> None:
    for j in range(x.size):
        out[j] = height(item, x[j], y)


ascent = rule("ascent", slopes_of_height)
bend = rule("bend", bends_of_height)
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


def minima(item: Any) -> tuple[Minimum, ...]:
    """The known minima of a surface with these hyper-parameters, as in the fact ``minima``, which
    is for the defaults."""
    facts = catalog.of(item).facts
    found: tuple[Minimum, ...] = (
        facts["minima_of"](item) if "minima_of" in facts else facts["minima"]
    )
    return found


def marked(points: Iterable[tuple[float, float, float]]) -> tuple[Minimum, ...]:
    """The minima (x, y, value) with the mark of the lowest, which are global, lowest first."""
    found = sorted(set(points), key=lambda point: point[::-1])
    lowest = found[0][2] if found else 0.0
    reach = 1e-9 * max(1.0, abs(lowest))
    return tuple((x, y, value, value <= lowest + reach) for x, y, value in found)


def listed(text: str) -> tuple[Minimum, ...]:
    """Minima from a table, ``x y value`` separated by semicolons and line ends."""
    rows = [row.split() for row in text.replace("\n", ";").split(";")]
    return marked((float(x), float(y), float(value)) for x, y, value in filter(None, rows))


def mirrored(
    minima: Iterable[Minimum], x: float = 0.0, y: float = 0.0, swapped: bool = False
) -> tuple[Minimum, ...]:
    """The minima and their mirror images about the lines through (x, y) that are parallel to the
    axes; where ``swapped``, also about the diagonal."""
    found = [(u, v, value) for u, v, value, _ in minima]
    if swapped:
        found += [(v, u, value) for u, v, value in found]
    found += [(2.0 * x - u, v, value) for u, v, value in found]
    found += [(u, 2.0 * y - v, value) for u, v, value in found]
    return marked((u + 0.0, v + 0.0, value) for u, v, value in found)


def summed(
    along_x: Iterable[tuple[float, float]], along_y: Iterable[tuple[float, float]]
) -> tuple[Minimum, ...]:
    """The minima of g(x) + h(y) from those of g and of h, each (coordinate, value)."""
    lines = list(along_y)
    return marked((x, y, g + h) for x, g in along_x for y, h in lines)
