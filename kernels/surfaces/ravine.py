"""Ravine, f = (x² + steepness y²) / 2: a quadratic whose condition number is the steepness.

Polyak 1964, the ill-conditioned quadratic.
"""

from typing import Any, NamedTuple

from kernels.surfaces import ascent, catalog, height


class Ravine(NamedTuple):
    """``steepness``: curvature across the valley; along it is 1."""

    steepness: float = 25.0


def _height(item: Any, x: Any, y: Any) -> Any:
    return 0.5 * (x * x + item.steepness * y * y)


def _ascent(item: Any, x: Any, y: Any) -> Any:
    return x, item.steepness * y


catalog.register(
    Ravine,
    "ravine",
    "a long narrow valley: the largest stable learning rate is 2 / steepness",
    hypers={
        "steepness": ("(0, inf)", "curvature across the valley; along it is 1"),
    },
    rules={height: _height, ascent: _ascent},
    formula="(x² + steepness y²) / 2",
    source="Polyak 1964, the ill-conditioned quadratic",
    domain=(-4.0, 4.0, -2.0, 2.0),
    minima=((0.0, 0.0, 0.0, True),),
)
