"""Parsopoulos' function, f = cos² x + sin² y.

Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, marked


class Parsopoulos(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.cos(x)
    b = np.sin(y)
    return a * a + b * b


catalog.register(
    Parsopoulos,
    "parsopoulos",
    "a lattice of equal minima",
    rules={height: _height},
    formula="cos² x + sin² y",
    source="Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-5.0, 5.0, -5.0, 5.0),
    minima=marked(
        (i * np.pi / 2.0, j * np.pi, 0.0) for i in (-3.0, -1.0, 1.0, 3.0) for j in (-1.0, 0.0, 1.0)
    ),
)
