"""Levy's function 13, f = sin² 3πx + (x - 1)² (1 + sin² 3πy) + (y - 1)² (1 + sin² 2πy).

Levy & Montalvo 1985, SIAM Journal on Scientific and Statistical Computing 6; Surjanovic & Bingham
2013, Virtual Library of Simulation Experiments.

The usual domain is ±10.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Levy13(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.sin(3.0 * np.pi * x)
    b = np.sin(3.0 * np.pi * y)
    c = np.sin(2.0 * np.pi * y)
    u = x - 1.0
    v = y - 1.0
    return a * a + u * u * (1.0 + b * b) + v * v * (1.0 + c * c)


catalog.register(
    Levy13,
    "levy_13",
    "hundreds of local minima about one global minimum",
    rules={height: _height},
    formula="sin² 3πx + (x - 1)² (1 + sin² 3πy) + (y - 1)² (1 + sin² 2πy)",
    source="Levy & Montalvo 1985, SIAM Journal on Scientific and Statistical Computing 6; "
    "Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    domain=(-4.0, 6.0, -4.0, 6.0),
    minima=(),
    note="The usual domain is ±10.",
)
