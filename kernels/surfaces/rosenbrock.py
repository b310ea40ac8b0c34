"""Rosenbrock's banana, f = (1 - x)² + 100 (y - x²)².

Rosenbrock 1960, The Computer Journal 3, eq. 10.
"""

from typing import Any, NamedTuple

from kernels.surfaces import ascent, catalog, height


class Rosenbrock(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x)


def _ascent(item: Any, x: Any, y: Any) -> Any:
    r = y - x * x
    return -2.0 * (1.0 - x) - 400.0 * x * r, 200.0 * r


catalog.register(
    Rosenbrock,
    "rosenbrock",
    "a curved valley: easy to enter, slow to follow",
    rules={height: _height, ascent: _ascent},
    formula="(1 - x)² + 100 (y - x²)²",
    source="Rosenbrock 1960, The Computer Journal 3, eq. 10",
    domain=(-2.0, 2.0, -1.0, 3.0),
    minima=((1.0, 1.0, 0.0, True),),
)
