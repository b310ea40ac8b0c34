"""Jennrich & Sampson's function, f = Σ (2 + 2i - exp(ix) - exp(iy))² over i = 1 … 10.

Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 6.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class JennrichSampson(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.exp(x)
    b = np.exp(y)
    power_a, power_b = a, b
    rest = 4.0 - a - b
    total = rest * rest
    for i in range(2, 11):
        power_a = power_a * a
        power_b = power_b * b
        rest = (2.0 + 2.0 * i) - power_a - power_b
        total = total + rest * rest
    return total


catalog.register(
    JennrichSampson,
    "jennrich_sampson",
    "one minimum whose value is far from zero",
    rules={height: _height},
    formula="Σ (2 + 2i - exp(ix) - exp(iy))² over i = 1 … 10",
    source="Moré, Garbow & Hillstrom 1981, ACM Transactions on Mathematical Software 7, problem 6",
    domain=(-1.0, 1.0, -1.0, 1.0),
    minima=((0.2578252136703641, 0.2578252136703641, 124.36218235561485, True),),
)
