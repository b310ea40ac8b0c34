"""Adjiman's function, f = cos x sin y - x/(y² + 1).

Adjiman, Dallwig, Floudas & Neumaier 1998, Computers & Chemical Engineering 22.

The published optimum of the domain, -2.02181 at (2, 0.10578), is on its boundary.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Adjiman(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return np.cos(x) * np.sin(y) - x / (y * y + 1.0)


catalog.register(
    Adjiman,
    "adjiman",
    "no minimum in its domain: the lowest point is on the edge",
    rules={height: _height},
    formula="cos x sin y - x/(y² + 1)",
    source="Adjiman, Dallwig, Floudas & Neumaier 1998, Computers & Chemical Engineering 22",
    domain=(-1.0, 2.0, -1.0, 1.0),
    minima=(),
    note="The published optimum of the domain, -2.02181 at (2, 0.10578), is on its boundary.",
)
