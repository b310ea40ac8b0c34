"""Four craters.

    f = -1.6 exp(-2a) - 1.2 exp(-b) - exp(-3c) - 0.8 exp(-2d), squared distances a from (1, 1),
    b from (-1.2, 0.8), c from (-0.8, -1.2), d from (1.2, -1)

A sum of Gaussian wells, a standard teaching example.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.surfaces import catalog, height


class Craters(NamedTuple):
    """No hyper-parameters."""


def _height(item: Any, x: Any, y: Any) -> Any:
    a = (x - 1.0) * (x - 1.0) + (y - 1.0) * (y - 1.0)
    b = (x + 1.2) * (x + 1.2) + (y - 0.8) * (y - 0.8)
    c = (x + 0.8) * (x + 0.8) + (y + 1.2) * (y + 1.2)
    d = (x - 1.2) * (x - 1.2) + (y + 1.0) * (y + 1.0)
    deep = -1.6 * np.exp(-2.0 * a) - 1.2 * np.exp(-b)
    return deep - np.exp(-3.0 * c) - 0.8 * np.exp(-2.0 * d)


catalog.register(
    Craters,
    "craters",
    "one global and three local minima of different depth and width",
    rules={height: _height},
    formula="-1.6 exp(-2a) - 1.2 exp(-b) - exp(-3c) - 0.8 exp(-2d), squared distances a from "
    "(1, 1), b from (-1.2, 0.8), c from (-0.8, -1.2), d from (1.2, -1)",
    source="A sum of Gaussian wells, a standard teaching example",
    domain=(-2.5, 2.5, -2.5, 2.5),
    minima=(
        (0.9936017139393217, 0.9991061792352653, -1.6094943420081955, True),
        (-1.1996565824451515, 0.8000118133219835, -1.2000962988033, False),
        (-0.8022941678307951, -1.1868673865707529, -1.0194848006947523, False),
        (1.1996307890227011, -0.9985821466032075, -0.8006524146070532, False),
    ),
)
