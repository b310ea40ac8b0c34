"""Bohachevsky's function 1, f = x² + 2y² - 0.3 cos 3πx - 0.4 cos 4πy + 0.7.

Bohachevsky, Johnson & Stein 1986, Technometrics 28.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Bohachevsky1(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    waves = 0.3 * np.cos(3.0 * np.pi * x) + 0.4 * np.cos(4.0 * np.pi * y)
    return x * x + 2.0 * y * y - waves + 0.7


catalog.register(
    Bohachevsky1,
    "bohachevsky_1",
    "a bowl with shallow waves near its bottom",
    rules={height: _height},
    formula="x² + 2y² - 0.3 cos 3πx - 0.4 cos 4πy + 0.7",
    source="Bohachevsky, Johnson & Stein 1986, Technometrics 28",
    domain=(-100.0, 100.0, -100.0, 100.0),
    minima=(),
)
