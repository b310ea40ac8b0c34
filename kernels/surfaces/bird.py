"""Bird function, f = sin x exp((1 - cos y)²) + cos y exp((1 - sin x)²) + (x - y)².

Mishra 2006, MPRA 2718; Jamil & Yang 2013, arXiv 1308.4008.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Bird(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = np.sin(x)
    b = np.cos(y)
    d = x - y
    return a * np.exp((1.0 - b) * (1.0 - b)) + b * np.exp((1.0 - a) * (1.0 - a)) + d * d


catalog.register(
    Bird,
    "bird",
    "two global minima and many shallow ones",
    rules={height: _height},
    formula="sin x exp((1 - cos y)²) + cos y exp((1 - sin x)²) + (x - y)²",
    source="Mishra 2006, MPRA 2718; Jamil & Yang 2013, arXiv 1308.4008",
    domain=(-2.0 * np.pi, 2.0 * np.pi, -2.0 * np.pi, 2.0 * np.pi),
    minima=(
        (-1.5821421769300335, -3.1302468034546562, -106.76453674926468, True),
        (4.701043130249553, 3.15293850372493, -106.76453674926468, True),
        (-1.536662471846804, 3.1074587986417006, -87.31088273300352, False),
        (4.655171399427279, -3.084375072632382, -48.40602343067036, False),
        (-5.617907679231666, -5.37766660833261, 1.4870191265420762, False),
        (0.6652776279479201, 0.9055186988469766, 1.4870191265420762, False),
    ),
)
