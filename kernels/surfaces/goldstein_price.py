"""Goldstein & Price's function.

    f = [1 + (x + y + 1)² (19 - 14x + 3x² - 14y + 6xy + 3y²)] · [30 + (2x - 3y)² (18 - 32x +
    12x² + 48y - 36xy + 27y²)]

Goldstein & Price 1971, Mathematics of Computation 25; Dixon & Szegö 1978.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class GoldsteinPrice(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x + y + 1.0
    b = 2.0 * x - 3.0 * y
    first = 19.0 - 14.0 * x + 3.0 * x * x - 14.0 * y + 6.0 * x * y + 3.0 * y * y
    second = 18.0 - 32.0 * x + 12.0 * x * x + 48.0 * y - 36.0 * x * y + 27.0 * y * y
    return (1.0 + a * a * first) * (30.0 + b * b * second)


catalog.register(
    GoldsteinPrice,
    "goldstein_price",
    "four minima over five orders of magnitude",
    rules={height: _height},
    formula="[1 + (x + y + 1)² (19 - 14x + 3x² - 14y + 6xy + 3y²)] · [30 + (2x - 3y)² (18 - "
    "32x + 12x² + 48y - 36xy + 27y²)]",
    source="Goldstein & Price 1971, Mathematics of Computation 25; Dixon & Szegö 1978",
    domain=(-2.0, 2.0, -2.0, 2.0),
    minima=(
        (0.0, -1.0, 3.0, True),
        (-0.6, -0.4, 30.0, False),
        (1.8, 0.2, 84.0, False),
        (1.2, 0.8, 840.0, False),
    ),
)
