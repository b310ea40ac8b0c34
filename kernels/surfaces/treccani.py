"""Treccani's function, f = x⁴ + 4x³ + 4x² + y².

Treccani 1975, in Dixon & Szegö, Towards Global Optimisation; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Treccani(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x * (x + 2.0)
    return a * a + y * y


catalog.register(
    Treccani,
    "treccani",
    "two equal minima along x",
    rules={height: _height},
    formula="x⁴ + 4x³ + 4x² + y²",
    source="Treccani 1975, in Dixon & Szegö, Towards Global Optimisation; Jamil & Yang 2013,"
    " arXiv 1308.4008",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=(
        (-2.0, 0.0, 0.0, True),
        (0.0, 0.0, 0.0, True),
    ),
)
