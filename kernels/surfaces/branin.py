"""Branin's function, f = (y - 5.1x²/(4π²) + 5x/π - 6)² + 10 (1 - 1/(8π)) cos x + 10.

Branin 1972, IBM Journal of Research and Development 16; Dixon & Szegö 1978.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Branin(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    r = y - 5.1 / (4.0 * np.pi * np.pi) * x * x + 5.0 / np.pi * x - 6.0
    return r * r + 10.0 * (1.0 - 1.0 / (8.0 * np.pi)) * np.cos(x) + 10.0


catalog.register(
    Branin,
    "branin",
    "three global minima in a curved valley",
    rules={height: _height},
    formula="(y - 5.1x²/(4π²) + 5x/π - 6)² + 10 (1 - 1/(8π)) cos x + 10",
    source="Branin 1972, IBM Journal of Research and Development 16; Dixon & Szegö 1978",
    domain=(-5.0, 10.0, 0.0, 15.0),
    minima=(
        (-3.141592653589793, 12.275, 0.3978873577297384, True),
        (3.141592653589793, 2.275, 0.3978873577297384, True),
        (9.42477796076938, 2.4749999999999996, 0.3978873577297384, True),
    ),
)
