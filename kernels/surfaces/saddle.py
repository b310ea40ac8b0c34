"""Saddle, f = x² - y².

The hyperbolic paraboloid, the textbooks' saddle.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Saddle(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return x * x - y * y


catalog.register(
    Saddle,
    "saddle",
    "down along y, up along x: no minimum",
    rules={height: _height},
    formula="x² - y²",
    source="The hyperbolic paraboloid, the textbooks' saddle",
    domain=(-2.0, 2.0, -2.0, 2.0),
    minima=(),
)
