"""Matyas' function, f = 0.26 (x² + y²) - 0.48 xy.

Matyas 1965, Automation and Remote Control 26; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Matyas(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return 0.26 * (x * x + y * y) - 0.48 * x * y


catalog.register(
    Matyas,
    "matyas",
    "a flat-bottomed trough along the diagonal",
    rules={height: _height},
    formula="0.26 (x² + y²) - 0.48 xy",
    source="Matyas 1965, Automation and Remote Control 26; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=((0.0, 0.0, 0.0, True),),
)
