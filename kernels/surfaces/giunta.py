"""Giunta's function, f = 0.6 + g(x) + g(y), g(t) = sin a + sin² a + sin(4a)/50, a = 16t/15 - 1.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.rules import shared
from kernels.surfaces import catalog, height


class Giunta(NamedTuple):
    """No hyper-parameters."""


@shared
def _wave(t: Any) -> Any:
    a = 16.0 / 15.0 * t - 1.0
    s = np.sin(a)
    return s + s * s + np.sin(4.0 * a) / 50.0


def _height(item: Any, x: Any, y: Any) -> Any:
    return 0.6 + _wave(x) + _wave(y)


catalog.register(
    Giunta,
    "giunta",
    "a trough with small waves",
    rules={height: _height},
    formula="0.6 + g(x) + g(y), g(t) = sin a + sin² a + sin(4a)/50, a = 16t/15 - 1",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-1.0, 1.0, -1.0, 1.0),
    minima=((0.4673200253979606, 0.4673200253979606, 0.06447042053690563, True),),
)
