"""Himmelblau's function, f = (x² + y - 11)² + (x + y² - 7)².

Himmelblau 1972, Applied Nonlinear Programming, problem 29.
"""

from typing import Any, NamedTuple

from kernels.surfaces import ascent, catalog, height


class Himmelblau(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x * x + y - 11.0
    b = x + y * y - 7.0
    return a * a + b * b


def _ascent(item: Any, x: Any, y: Any) -> Any:
    a = x * x + y - 11.0
    b = x + y * y - 7.0
    return 4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b


catalog.register(
    Himmelblau,
    "himmelblau",
    "four minima of equal depth: the start decides which one is found",
    rules={height: _height, ascent: _ascent},
    formula="(x² + y - 11)² + (x + y² - 7)²",
    source="Himmelblau 1972, Applied Nonlinear Programming, problem 29",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=(
        (3.0, 2.0, 0.0, True),
        (-2.805118086952745, 3.131312518250573, 0.0, True),
        (-3.779310253377747, -3.28318599128617, 0.0, True),
        (3.584428340330492, -1.848126526964404, 0.0, True),
    ),
)
