"""Sombrero, f = (x² + y² - 1)².

The symmetric double well turned about its axis, a standard teaching example.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Sombrero(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = x * x + y * y - 1.0
    return r * r


catalog.register(
    Sombrero,
    "sombrero",
    "a circle of minima: which one is found depends on the start",
    rules={height: _height},
    formula="(x² + y² - 1)²",
    source="The symmetric double well turned about its axis, a standard teaching example",
    domain=(-1.8, 1.8, -1.8, 1.8),
    minima=((1.0, 0.0, 0.0, True),),
    connected="the one listed stands for the circle through it about the origin",
)
