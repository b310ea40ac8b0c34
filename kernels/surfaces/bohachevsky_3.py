"""Bohachevsky's function 3, f = x² + 2y² - 0.3 cos(3πx + 4πy) + 0.3.

Bohachevsky, Johnson & Stein 1986, Technometrics 28.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Bohachevsky3(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    wave = np.cos(3.0 * np.pi * x + 4.0 * np.pi * y)
    return x * x + 2.0 * y * y - 0.3 * wave + 0.3


catalog.register(
    Bohachevsky3,
    "bohachevsky_3",
    "a bowl with slanting waves",
    rules={height: _height},
    formula="x² + 2y² - 0.3 cos(3πx + 4πy) + 0.3",
    source="Bohachevsky, Johnson & Stein 1986, Technometrics 28",
    domain=(-100.0, 100.0, -100.0, 100.0),
    minima=(
        (0.0, 0.0, 0.0, True),
        (-0.3393255483427433, -0.22621703222849554, 0.22626001250111955, False),
        (0.3393255483427433, 0.22621703222849554, 0.22626001250111955, False),
        (-0.6777951339903778, -0.45186342266025187, 0.904495275571369, False),
        (0.6777951339903778, 0.45186342266025187, 0.904495275571369, False),
        (-1.0138992912403446, -0.6759328608268964, 2.0326980189377992, False),
        (1.0138992912403446, 0.6759328608268964, 2.0326980189377992, False),
        (-1.34155444917081, -0.89436963278054, 3.604939562935891, False),
        (1.34155444917081, 0.89436963278054, 3.604939562935891, False),
    ),
)
