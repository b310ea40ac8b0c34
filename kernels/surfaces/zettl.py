"""Zettl's function, f = (x² - 2x + y²)² + x/4.

Zettl 1970, in Schwefel 1995, Evolution and Optimum Seeking; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

from kernels.surfaces import catalog, height


class Zettl(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = x * x - 2.0 * x + y * y
    return r * r + 0.25 * x


catalog.register(
    Zettl,
    "zettl",
    "a tilted ring",
    rules={height: _height},
    formula="(x² - 2x + y²)² + x/4",
    source="Zettl 1970, in Schwefel 1995, Evolution and Optimum Seeking; Jamil & Yang 2013, "
    "arXiv 1308.4008",
    domain=(-5.0, 10.0, -5.0, 10.0),
    minima=((-0.029895985050660382, 0.0, -0.003791237220468898, True),),
)
