"""Shubert's function, f = g(x) g(y), g(t) = Σ i cos((i + 1) t + i) over i = 1 … 5.

Shubert 1972, SIAM Journal on Numerical Analysis 9; Levy & Montalvo 1985.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Shubert(NamedTuple):
    """No hyper-parameters."""


def _wave(t: Any) -> Any:
    return (
        np.cos(2.0 * t + 1.0)
        + 2.0 * np.cos(3.0 * t + 2.0)
        + 3.0 * np.cos(4.0 * t + 3.0)
        + 4.0 * np.cos(5.0 * t + 4.0)
        + 5.0 * np.cos(6.0 * t + 5.0)
    )


def _height(item: Any, x: Any, y: Any) -> Any:
    return _wave(x) * _wave(y)


catalog.register(
    Shubert,
    "shubert",
    "760 minima, 18 of them global",
    rules={height: _height},
    formula="g(x) g(y), g(t) = Σ i cos((i + 1) t + i) over i = 1 … 5",
    source="Shubert 1972, SIAM Journal on Numerical Analysis 9; Levy & Montalvo 1985",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=(),
)
