"""Griewank's function, f = 1 + (x² + y²)/4000 - cos x · cos(y/√2).

Griewank 1981, Journal of Optimization Theory and Applications 34.

The usual domain, ±600, holds some 50,000 minima of the same kind.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Griewank(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return 1.0 + (x * x + y * y) / 4000.0 - np.cos(x) * np.cos(y / np.sqrt(2.0))


catalog.register(
    Griewank,
    "griewank",
    "a wide bowl under waves of two lengths",
    rules={height: _height},
    formula="1 + (x² + y²)/4000 - cos x · cos(y/√2)",
    source="Griewank 1981, Journal of Optimization Theory and Applications 34",
    domain=(-30.0, 30.0, -30.0, 30.0),
    minima=(),
    note="The usual domain, ±600, holds some 50,000 minima of the same kind.",
)
