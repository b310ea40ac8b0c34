"""Alpine function 1, f = |x sin x + 0.1x| + |y sin y + 0.1y|.

Rahnamayan, Tizhoosh & Salama 2007; Jamil & Yang 2013, arXiv 1308.4008.

The minima are kinks.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Alpine(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return np.abs(x * (np.sin(x) + 0.1)) + np.abs(y * (np.sin(y) + 0.1))


catalog.register(
    Alpine,
    "alpine",
    "64 creased minima of the same value",
    rules={height: _height},
    formula="|x sin x + 0.1x| + |y sin y + 0.1y|",
    source="Rahnamayan, Tizhoosh & Salama 2007; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-10.0, 10.0, -10.0, 10.0),
    minima=(),
    note="The minima are kinks.",
)
