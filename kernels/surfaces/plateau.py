"""Plateau with a hole, f = 1 - exp(-2 (x² + y²)).

A Gaussian well, a standard teaching example.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Plateau(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return 1.0 - np.exp(-2.0 * (x * x + y * y))


catalog.register(
    Plateau,
    "plateau",
    "a plain, nearly level, with one hole: far starts hardly move",
    rules={height: _height},
    formula="1 - exp(-2 (x² + y²))",
    source="A Gaussian well, a standard teaching example",
    domain=(-3.0, 3.0, -3.0, 3.0),
    minima=((0.0, 0.0, 0.0, True),),
)
