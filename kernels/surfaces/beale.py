"""Beale's function, f = (1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)².

Beale 1958, On an iterative method for finding a local minimum.
"""

from typing import Any, NamedTuple

from kernels.surfaces import ascent, catalog, height


class Beale(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = 1.5 - x + x * y
    b = 2.25 - x + x * y * y
    c = 2.625 - x + x * y * y * y
    return a * a + b * b + c * c


def _ascent(item: Any, x: Any, y: Any) -> Any:
    yy = y * y
    a = 1.5 - x + x * y
    b = 2.25 - x + x * yy
    c = 2.625 - x + x * yy * y
    gx = 2.0 * (a * (y - 1.0) + b * (yy - 1.0) + c * (yy * y - 1.0))
    return gx, 2.0 * x * (a + 2.0 * b * y + 3.0 * c * yy)


catalog.register(
    Beale,
    "beale",
    "flat plains, sharp corners, one minimum",
    rules={height: _height, ascent: _ascent},
    formula="(1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²",
    source="Beale 1958, On an iterative method for finding a local minimum",
    domain=(-4.5, 4.5, -4.5, 4.5),
    minima=((3.0, 0.5, 0.0, True),),
)
