"""Zakharov's function, f = x² + y² + s² + s⁴, s = x/2 + y.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Zakharov(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    s = 0.5 * x + y
    ss = s * s
    return x * x + y * y + ss + ss * ss


catalog.register(
    Zakharov,
    "zakharov",
    "a long valley, steep on its sides",
    rules={height: _height},
    formula="x² + y² + s² + s⁴, s = x/2 + y",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-5.0, 10.0, -5.0, 10.0),
    minima=((0.0, 0.0, 0.0, True),),
)
