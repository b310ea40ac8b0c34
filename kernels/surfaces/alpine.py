"""Alpine function 1, f = |x sin x + 0.1x| + |y sin y + 0.1y|.

Rahnamayan, Tizhoosh & Salama 2007; Jamil & Yang 2013, arXiv 1308.4008.

The minima are kinks.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height, summed

_LINE = (
    (-9.32461053960782, 0.0),
    (-6.38335272834115, 0.0),
    (-3.04142523242823, 0.0),
    (-0.10016742116156, 0.0),
    (0.0, 0.0),
    (3.24176007475135, 0.0),
    (6.18301788601803, 0.0),
    (9.52494538193094, 0.0),
)


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
    minima=summed(_LINE, _LINE),
    note="The minima are kinks.",
)
