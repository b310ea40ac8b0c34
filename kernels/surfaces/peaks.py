"""Peaks.

    f = 3 (1 - x)² exp(-x² - (y + 1)²) - 10 (x/5 - x³ - y⁵) exp(-x² - y²) - exp(-(x + 1)² -
    y²)/3

MathWorks, the function peaks of MATLAB.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Peaks(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    xx = x * x
    yy = y * y
    first = 3.0 * (1.0 - x) * (1.0 - x) * np.exp(-xx - (y + 1.0) * (y + 1.0))
    second = 10.0 * (0.2 * x - xx * x - yy * yy * y) * np.exp(-xx - yy)
    return first - second - np.exp(-(x + 1.0) * (x + 1.0) - yy) / 3.0


catalog.register(
    Peaks,
    "peaks",
    "three minima between three hills",
    rules={height: _height},
    formula="3 (1 - x)² exp(-x² - (y + 1)²) - 10 (x/5 - x³ - y⁵) exp(-x² - y²) - exp(-(x + "
    "1)² - y²)/3",
    source="MathWorks, the function peaks of MATLAB",
    domain=(-3.0, 3.0, -3.0, 3.0),
    minima=(
        (0.22827892055636909, -1.6255349574999964, -6.551133332835837, True),
        (-1.3473962443682108, 0.20451886609700518, -3.04984940280026, False),
        (0.2964455538468321, 0.32019624766683435, -0.06493586825552689, False),
    ),
)
