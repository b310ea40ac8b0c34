"""Booth's function, f = (x + 2y - 7)² + (2x + y - 5)².

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Booth(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x + 2.0 * y - 7.0
    b = 2.0 * x + y - 5.0
    return a * a + b * b


catalog.register(
    Booth,
    "booth",
    "a skewed bowl",
    rules={height: _height},
    formula="(x + 2y - 7)² + (2x + y - 5)²",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=((1.0, 3.0, 0.0, True),),
)
